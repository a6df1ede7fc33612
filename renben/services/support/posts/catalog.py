"""What public-benefit posts offer to the procedure engine: names only, resolved when first used."""

_STEPS = "renben.services.support.posts.steps"
_FACTS = "renben.services.support.posts.case_facts"

ACTIONS = {
    "public_post.determine": f"{_STEPS}:determine",
    "public_post.apply": f"{_STEPS}:apply",
    "public_post.pay": f"{_STEPS}:pay",
}

FIELD_SOURCES = {
    f"public_post.{name}": f"{_FACTS}:{name}"
    for name in (
        "staff",
        "plan_quarter_from",
        "planned_people",
        "planned_pay",
        "planned_insurance",
        "planned_welfare",
        "planned_total",
        "payments",
        "floating_percent",
        "minimum_wage",
        "approved_on",
        "signed_on",
        "paid_on",
        "fund_people",
        "fund_by_organization",
        "fund_by_staff",
        "heating_people",
        "heating_total",
        "cooling_people",
        "cooling_total",
    )
}
