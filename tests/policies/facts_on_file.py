"""Which of our parameters holds which figure of a fact: a fact may bundle several, and names money in other units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

WAN = 10_000

NOT_A_PARAMETER = {
    "hardship.followup_frequency": "D-24: frequencies stand in the procedures",
    "zero_family.urban": "a definition in words; its codes are zero_family.urban_jobless and not_counted",
    "zero_family.rural": "a definition in words; its codes are zero_family.rural_jobless and not_counted",
    "market_report.sections": "the layout of a report",
    "stat.registered_unemployment_rate": "a formula: the rule itself",
    "ad.banned_female_practices": "words: ad.words.sex and ad.words.marital_birth",
    "ad.sex_exemption": "bundled figures and words: ad.exempt.*, tested in adverts.yaml",
    "ad.lexicon": "checked word by word",
    "public_post.benefits": "months and dates in words: public_post.heating_months, cooling_months",
}
OTHER_SUBJECTS = ("pipl.", "service.", "accessibility.", "mlps.", "calendar.")
"""Privacy, service standards, the work calendar: no policy parameters."""

BUNDLES: dict[str, dict[str, str]] = {
    "subsidy.self_employed.eligibility": {
        "female_min": "subsidy.self_employed.female_min_age", "male_min": "subsidy.self_employed.male_min_age",
        "or_disability": "subsidy.self_employed.disability", "business_months_min": "subsidy.self_employed.min_business_months",
    },
    "subsidy.self_employed.duration_months": {
        "f40_m50": "subsidy.self_employed.months", "moderate_disabled": "subsidy.self_employed.months",
        "f45_m55": "subsidy.self_employed.long_months", "severe_disabled": "subsidy.self_employed.long_months",
        "extra_if_absorbs_5_unemployed": "subsidy.self_employed.extension_months",
    },
    "subsidy.flexible.eligibility": {
        "female_min": "subsidy.flexible.female_min_age", "male_min": "subsidy.flexible.male_min_age",
        "or_disability": "subsidy.flexible.disability", "flexible_days_first": "subsidy.flexible.min_days_first",
    },
    "subsidy.flexible.duration_months": {
        "f40_m45": "subsidy.flexible.months", "moderate_disabled": "subsidy.flexible.months",
        "within_60_months_of_retirement": "subsidy.flexible.long_months", "severe_disabled": "subsidy.flexible.long_months",
    },
    "subsidy.employer.si": {
        "base": "subsidy.employer_si.base_share", "base_max": "subsidy.employer_si.base_share",
        "pension": "subsidy.employer_si.pension_rate", "unemployment": "subsidy.employer_si.unemployment_rate",
        "medical": "subsidy.employer_si.medical_rate", "non_hardship_base": "subsidy.employer_si.other_base",
    },
    "subsidy.employer.si_rural": {
        "base": "subsidy.employer_si_rural.base_share", "pension": "subsidy.employer_si_rural.pension_rate",
        "unemployment": "subsidy.employer_si_rural.unemployment_rate", "medical": "subsidy.employer_si_rural.medical_rate",
    },
    "subsidy.employer.post": {
        "contract_months_min": "subsidy.employer_post.min_contract_months", "total": "subsidy.employer_post.total",
        "per_year": "subsidy.employer_post.per_year", "wage_multiple_of_min_wage": "subsidy.employer_post.wage_multiple",
    },
    "subsidy.employer.post_rural": {
        "contract_months_min": "subsidy.employer_post_rural.min_contract_months",
        "per_year": "subsidy.employer_post_rural.per_year", "max_years": "subsidy.employer_post_rural.max_years",
        "advance": "subsidy.employer_post_rural.advance",
    },
    "subsidy.employer.si_duration_2006": {
        "trade_service_f35_m40_years": "subsidy.employer_si.other_years", "f40_m50_years": "subsidy.employer_si.listed_years",
    },
    "subsidy.employer.duration_years": {
        "hardship_and_listed": "subsidy.employer_si.listed_years", "others": "subsidy.employer_si.other_years",
    },
    "subsidy.crisis2009.stable_post": {
        "post_per_month": "subsidy.crisis2009.post_per_month", "max_months": "subsidy.crisis2009.max_months",
        "si_base": "subsidy.crisis2009.base_share", "pension": "subsidy.crisis2009.pension_rate",
        "medical": "subsidy.crisis2009.medical_rate", "unemployment": "subsidy.crisis2009.unemployment_rate",
    },
    "public_post.wage": {"base_min": "public_post.base_floor", "float_max_ratio": "public_post.float_max_share"},
    "public_post.application_day": {"day": "public_post.application_day"},
    "loan.process": {
        key: f"loan.process.{key}"
        for key in ("material_review_working_days", "post_loan_check_working_days", "file_setup_working_days")
    },
    "loan.labour_intensive.hire_share": {
        "default": "loan.labour_intensive.hire_share", "over_100_staff": "loan.labour_intensive.large_hire_share",
        "contract_months_min": "loan.labour_intensive.min_contract_months",
    },
    "loan.cn.small.hire_share": {
        "default": "loan.cn_small.hire_share", "over_100_staff": "loan.cn_small.large_hire_share",
        "contract_months_min": "loan.cn_small.min_contract_months",
    },
    "loan.cn.individual.term_years": {"max": "loan.cn_individual.max_years", "extension": "loan.cn_individual.extensions"},
    "stable_refund.2024": {
        "layoff_rate_max": "stable_refund.layoff_rate_max", "small_firm_staff": "stable_refund.small_firm_staff",
        "small_firm_layoff_max": "stable_refund.small_firm_layoff_max", "large": "stable_refund.large_ratio",
        "sme": "stable_refund.sme_ratio", "contribution_months_min": "stable_refund.min_contribution_months",
    },
    "stable_refund.2022": {
        "large": "stable_refund.large_ratio", "sme_max": "stable_refund.sme_ratio",
        "small_firm_staff": "stable_refund.small_firm_staff",
        "small_firm_layoff_max": "stable_refund.small_firm_layoff_max",
    },
    "full_employment.community": {
        f"{key}_min": f"full_employment.community.{name}_share"
        for key, name in (("willing_employed", "employment"), ("hardship_employed", "hardship"), ("satisfaction", "satisfaction"))
    },
    "full_employment.town": {
        "willing_employed_min": "full_employment.town.employment_share",
        "hardship_employed_min": "full_employment.town.hardship_share",
        "satisfaction_min": "full_employment.town.satisfaction_share",
        "existing_communities_kept": "full_employment.town.kept_share",
    },
    "emp_reg.urge_letter": {
        "check_by_day": "emp_reg.urge_letter.check_by_day", "letter_by_day": "emp_reg.urge_letter.letter_by_day",
    },
    "si.base.bounds": {
        "upper": "si.base.upper", "lower_pension_unemployment": "si.base.lower_pension_unemployment",
        "lower_medical": "si.base.lower_medical", "lower": "si.base.lower_medical",
    },
    "wage.average.legacy": {"annual": "wage.average.annual"},
    "wage.average.full_caliber": {"annual": "wage.average.full_caliber_annual"},
    "wage.minimum": {
        key: f"wage.minimum.{key}" for key in ("monthly", "hourly", "part_time_hourly", "part_time_holiday_hourly")
    },
    "ui.contribution_rate": {
        key: f"ui.contribution_rate.{key}" for key in ("employer", "employee", "farm_contract_employee")
    },
}  # fmt: skip

IN_WAN = {
    "loan.own_company.cap_with_hires": "loan.own_company.cap",
    "loan.labour_intensive.cap": "loan.labour_intensive.cap",
    "loan.cn.individual.cap": "loan.cn_individual.cap",
    "loan.cn.small.cap": "loan.cn_small.cap",
}
LOWER_AND_UPPER = {
    "ui.fraud_fine_multiple": "ui.fraud_fine_multiple.{}",
    "hardship.org_fraud_fine": "hardship.org_fraud_fine_{}",
    "hardship.person_fraud_fine_multiple": "hardship.person_fraud_multiple_{}",
    "ad.fine.sex_discrimination": "ad.fine.sex_discrimination_{}",
    "ad.fine.market_rules": "ad.fine.market_rules_{}",
    "agency.fine.no_license": "ad.fine.no_license_{}",
    "agency.fine.deposit_per_person": "ad.fine.deposit_per_person_{}",
}
RENAMED = {
    "loan.own_company.contract_months_min": "loan.own_company.min_contract_months",
    "loan.cn.partner_multiple": "loan.cn_partner.multiple",
    "review.named_callback_rate": "review.named_callback_share",
    "skill_appraisal_subsidy.bj": "subsidy.skill_appraisal",
    "internship_subsidy.bj": "subsidy.internship",
    "startup_lump_sum.bj": "subsidy.startup_lump_sum",
    "graduate_job_search_subsidy.bj": "subsidy.graduate_job_search",
    "shunyi.42.amounts": "subsidy.district_preferences",
    "ui.benefit.gap": "ui.benefit.monthly",
}
SAME_IN_OTHER_WORDS = {
    "ui.eligibility.conditions": 4,
    "ui.stop_events": None,
    "ui.duration.over5_basis": None,
    "ui.duration.merge": None,
    "ui.farm_contract_worker.lump_sum": None,
    "unemp_reg.dereg_reasons": None,
    "unemp_reg.upper_limit": None,
    "hardship.preconditions": 6,
}
"""Facts told in words or other codes than ours; the number of items is compared where it is the same."""

OWN_CODES = {
    "zero_employment_family": "zero_family", "dibao": "dibao", "female40_or_male50": "age_40_50",
    "certified_disabled": "disabled", "disabled_able": "disabled", "continuous_unemployment_12_months": "long_term",
    "greenbelt_mine_resource_restricted_rural_after_transfer_registration": "special_area", "greenbelt": "special_area",
    "resource_exhausted": "special_area", "mine_closed_or_restricted": "special_area",
    "other_by_city": None, "approved_by_city_group": None, "minimum_base": "minimum_base",
}  # fmt: skip


def figures(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """(our parameter, value) for every figure of a fact; nothing for what is told in words."""
    if name in BUNDLES:
        for key, ours in BUNDLES[name].items():
            if key in value:
                yield ours, value[key]
    elif name in IN_WAN:
        yield IN_WAN[name], value * WAN
    elif name in LOWER_AND_UPPER:
        yield LOWER_AND_UPPER[name].format("min"), value[0]
        yield LOWER_AND_UPPER[name].format("max"), value[1]
    elif name == "loan.individual.cap":
        yield "loan.individual.cap_first", value["first"] * WAN
        yield "loan.individual.cap_again", value["again"] * WAN
    elif name == "loan.own_funds_ratio_min":
        yield "loan.own_company.own_funds_share", float(value["company"].strip(">="))
        yield "loan.individual.own_funds_share", float(value["individual"].strip(">="))
    elif name == "hardship.aid_timeline":
        yield from ((f"hardship.aid.{key}", figure) for key, figure in value.items())
    elif name in ("hardship.categories", "hardship.rural_categories_for_employer_subsidy"):
        yield "hardship.categories_rural", {OWN_CODES[code] for code in value} - {None}
    elif name == "ui.duration.table":
        yield name, [row["months"] for row in value if "months" in row]
    elif name == "ui.duration.national_caps":
        yield name, [row["cap"] for row in value]
    elif name == "ui.death.dependant_multiples":
        yield name, list(value.values())
    elif name in {"ui.benefit.monthly", "ui.medical_subsidy_ratio"}:
        yield name, value.get("amounts") or value["ratio"]
    elif name == "subsidy.self_employed.once_only":
        yield "subsidy.self_employed.conditions", {"once_only"}
    elif name == "subsidy.self_flexible.pension_base_steps":
        yield "subsidy.self_flexible.pension_base_plan", value["2007"]
    elif name == "subsidy.self_flexible.amount":
        yield from _subsidy_rates(value)
    elif name == "si.rate.public_welfare_post_2011":
        yield from _post_rates(value)
    elif name == "ad.banned_grounds":
        yield "ad.grounds", set(value)
    elif name == "pure_farm_family":
        yield "pure_farm_family.nonfarm_months", 3
    elif name == "stat.job_ratio":
        yield "stat.job_ratio.decimals", 2
    else:
        yield RENAMED.get(name, name), value


def _subsidy_rates(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for insurance in ("pension", "unemployment", "medical"):
        if insurance not in value:
            yield f"subsidy.self_flexible.{insurance}_rate", None
            continue
        yield f"subsidy.self_flexible.{insurance}_rate", value[insurance]["subsidy"]
        if "own" in value[insurance]:
            yield f"subsidy.self_flexible.{insurance}_own_rate", value[insurance]["own"]


def _post_rates(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for insurance in ("pension", "medical", "unemployment", "maternity"):
        bundle = value[insurance]
        yield f"public_post.{insurance}_base_share", bundle["base"]
        yield f"public_post.{insurance}_employer_rate", bundle["employer"]
        if "employee" in bundle:
            yield f"public_post.{insurance}_employee_rate", bundle["employee"]
    yield "public_post.medical_employee_fixed", value["medical"]["employee_fixed"]
    yield "public_post.housing_fund_rate", value["housing_fund"]["employer"]
    yield "public_post.housing_fund_each", value["housing_fund"]["amount_2011_each"]
