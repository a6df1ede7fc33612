"""What support offers to the procedure engine: names only, resolved when first used."""

_STEPS = "renben.services.support.steps"
_FACTS = "renben.services.support.known_facts"
_GRANT = "renben.services.support.grants.steps"
_GUIDANCE = "renben.services.support.grants.guidance_steps"
_GRANT_FACTS = "renben.services.support.grants.known_facts"

ACTIONS = {
    "subsidy.apply": f"{_STEPS}:apply",
    "subsidy.verify": f"{_STEPS}:verify",
    "subsidy.submit": f"{_STEPS}:submit",
    "subsidy.agree": f"{_STEPS}:agree",
    "subsidy.follow": f"{_STEPS}:follow",
    "subsidy.review": f"{_STEPS}:review",
    "subsidy.check": f"{_STEPS}:check",
    "subsidy.report": f"{_STEPS}:report",
    "subsidy.approve": f"{_STEPS}:approve",
    "grant.first_review": f"{_GRANT}:first_review",
    "grant.second_review": f"{_GRANT}:second_review",
    "grant.final_review": f"{_GRANT}:final_review",
    "grant.publicise": f"{_GRANT}:publicise",
    "grant.submit": f"{_GRANT}:submit",
    "grant.pay": f"{_GRANT}:pay",
    "guidance.review": f"{_GUIDANCE}:review",
    "guidance.phone_check": f"{_GUIDANCE}:phone_check",
    "guidance.accounts": f"{_GUIDANCE}:accounts",
    "guidance.report": f"{_GUIDANCE}:report",
}

GUARDS = {"subsidy.approved": f"{_STEPS}:approved_guard"}

CHECKED_BY_ACTION = {"subsidy.agree": ["subsidy.approved"]}

FIELD_SOURCES = {
    "subsidy.kind": f"{_FACTS}:kind",
    "subsidy.category": f"{_FACTS}:category",
    "subsidy.started_on": f"{_FACTS}:started_on",
    "subsidy.disability": f"{_FACTS}:disability",
    "subsidy.is_registered": f"{_FACTS}:is_registered",
    "subsidy.is_archive_deposited": f"{_FACTS}:is_archive_deposited",
    "subsidy.insurances": f"{_FACTS}:insurances",
    "subsidy.retire_on": f"{_FACTS}:retire_on",
    "subsidy.months_before": f"{_FACTS}:months_before",
    "subsidy.unemployed_since": f"{_FACTS}:unemployed_since",
    "subsidy.first_month": f"{_FACTS}:first_month",
    "subsidy.work": f"{_FACTS}:work",
    "subsidy.place": f"{_FACTS}:place",
    "subsidy.batch_people": f"{_FACTS}:batch_people",
    "subsidy.bank": f"{_FACTS}:bank",
    "subsidy.person_name": f"{_FACTS}:person_name",
    "subsidy.checked_count": f"{_FACTS}:checked_count",
    "subsidy.right_count": f"{_FACTS}:right_count",
    "subsidy.wrong_debits": f"{_FACTS}:wrong_debits",
    "subsidy.drawing_count": f"{_FACTS}:drawing_count",
    "subsidy.stopped_count": f"{_FACTS}:stopped_count",
    "subsidy.follow_ups": f"{_FACTS}:follow_ups",
    "grant.people_count": f"{_GRANT_FACTS}:people_count",
    "grant.amount": f"{_GRANT_FACTS}:amount",
    "grant.notice_from": f"{_GRANT_FACTS}:notice_from",
    "grant.notice_to": f"{_GRANT_FACTS}:notice_to",
    "grant.notice_weeks": f"{_GRANT_FACTS}:notice_weeks",
    "grant.objections_received": f"{_GRANT_FACTS}:objections_received",
    "grant.payee": f"{_GRANT_FACTS}:payee",
    "guidance.institution": f"{_GUIDANCE}:institution",
    "guidance.reviewed_people": f"{_GUIDANCE}:reviewed_people",
    "guidance.sample_percent": f"{_GUIDANCE}:sample_percent",
    "guidance.calls": f"{_GUIDANCE}:calls",
    "guidance.account_list": f"{_GUIDANCE}:account_list",
    "guidance.total_units": f"{_GUIDANCE}:total_units",
    "guidance.total_people": f"{_GUIDANCE}:total_people",
    "guidance.total_amount": f"{_GUIDANCE}:total_amount",
}
