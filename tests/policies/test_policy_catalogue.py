"""The parameters on file: every one is used or says why not, equals the fact it came from, and passes the worked cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml

from renben.engines.rules import registry
from renben.engines.rules.commands import check_case
from renben.engines.rules.errors import NoStandardOnFile
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.parameters import CATALOG_POLICIES, Scale, load_parameters
from renben.services import offers
from renben.services.registration.rules import benefit_decision
from tests.shared import SHARED, needs_shared

offers.load_domains()

OWNED = ("ui.", "unemp_reg.", "deadline.")
FOLDERS = {"ui", "wage", "unemp_reg", "emp_reg"}

ASKED = [
    ("ui.duration", {"contribution_months": 300}),
    ("ui.duration_merge", {"first_entitled": 12, "first_received": 5, "new_contribution_months": 8}),
    ("ui.total", {"contribution_months": 300, "first_paid_month": "2011-05"}),
    ("ui.farm_lump_sum", {"continuous_contribution_months": 43}),
    ("ui.medical", {"contribution_months": 70}),
    ("ui.dependants_grant", {"contribution_months": 80, "benefit_month_index": 2, "dependants": 2}),
    ("ui.stop", {"event": "reemployed"}),
    ("unemp_reg.deregister", {"no_contact_months": 6, "stable_income": 1160}),
]


def test_every_parameter_is_read_by_a_rule_or_says_why_not():
    read = set()
    for as_of in (date(2011, 5, 1), date(2011, 8, 1)):
        for domain, inputs in ASKED:
            read |= {version.name for version in evaluate(domain, as_of, inputs).parameters}
        decision = benefit_decision(
            contribution_months=66, registered_on=as_of, separation_reason="resigned", registered=True, seeks_work=True,
            first_paid_month="2011-08", as_of=as_of,
        )  # fmt: skip
        granted = benefit_decision(
            contribution_months=66, registered_on=as_of, separation_reason="contract_expired", registered=True,
            seeks_work=True, first_paid_month="2011-08", as_of=as_of,
        )  # fmt: skip
        read |= {version.name for version in (*decision.parameters, *granted.parameters)}
    read |= {
        version.name
        for version in evaluate("subsidy.self_flexible_monthly", "2007-05-01", {"wage_year": 2006}).parameters
    }
    parameters = {name: p for name, p in load_parameters().items() if name.split(".")[0] in FOLDERS}
    informational = {name for name, p in parameters.items() if p.informational}
    assert set(parameters) - read == informational, "每个参数要么被规则取用，要么写明 informational 的理由"


def test_every_value_is_cited_and_every_gap_has_a_reason():
    for parameter in load_parameters().values():
        for version in parameter.versions:
            if version.value is None:
                assert version.reason, parameter.name
            else:
                assert version.document and version.confidence, parameter.name


def test_a_parameter_file_sits_in_the_folder_of_its_policy():
    assert {path.parent.name for path in CATALOG_POLICIES.glob("*/*.yaml")} >= FOLDERS
    assert not list(CATALOG_POLICIES.glob("*.yaml")) and not list(CATALOG_POLICIES.glob("*/*/*.yaml"))


def facts():
    return yaml.load((SHARED / "facts" / "policy_facts.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[
        "facts"
    ]


def _expected(fact):
    """Yields (our parameter name, value) for one fact: split where a fact bundles several figures."""
    name, value = fact["parameter"], fact["value"]
    if name == "ui.duration.table":
        yield name, [row["months"] for row in value if "months" in row]
    elif name == "ui.death.dependant_multiples":
        yield name, list(value.values())
    elif name in {"ui.benefit.monthly", "ui.medical_subsidy_ratio"}:
        yield name, value.get("amounts") or value["ratio"]
    elif name == "ui.duration.national_caps":
        yield name, [row["cap"] for row in value]
    elif name == "wage.average.legacy":
        yield "wage.average.annual", value["annual"]
    elif name == "wage.average.full_caliber":
        yield "wage.average.full_caliber_annual", value["annual"]
    elif name in {"wage.minimum", "ui.contribution_rate"}:
        for part, figure in value.items():
            yield f"{name}.{part}", figure
    elif name == "emp_reg.urge_letter":
        yield f"{name}.check_by_day", value["check_by_day"]
        yield f"{name}.letter_by_day", value["letter_by_day"]
    elif name == "ui.fraud_fine_multiple":
        yield f"{name}.min", value[0]
        yield f"{name}.max", value[1]
    elif isinstance(value, (int, float, bool)) or name in {
        "ui.involuntary_reasons",
        "ui.payment_start",
        "unemp_reg.who",
    }:
        yield name, value


@needs_shared
def test_parameters_equal_the_facts_on_the_first_and_last_day_of_each_period():
    compared = 0
    for fact in facts():
        if fact["parameter"].split(".")[0] not in FOLDERS:
            continue
        first = fact["valid_from"] and date.fromisoformat(fact["valid_from"])
        last = fact["valid_to"] if fact["valid_to"] not in (None, "unknown") else fact["valid_from"]
        if first is None:
            continue
        for name, value in _expected(fact):
            for on in {first, date.fromisoformat(last)}:
                if value is None:
                    with pytest.raises(NoStandardOnFile):
                        load_parameters()[name].at(on)
                    continue
                version = load_parameters()[name].at(on)
                got = list(version.value.amounts) if isinstance(version.value, Scale) else version.value
                assert (list(got) if isinstance(got, tuple) else got) == value, (name, on)
                compared += 1
            if fact["valid_to"] not in (None, "unknown") and value is not None:
                last_day = date.fromisoformat(fact["valid_to"])
                assert load_parameters()[name].at(last_day).valid_to == last_day + timedelta(days=1), name
    assert compared > 150


@needs_shared
def test_worked_cases_of_these_domains_pass():
    raw = yaml.load((SHARED / "facts" / "rule_cases.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    rows = [check_case(case) for case in raw["cases"] if case["domain"].startswith(OWNED)]
    assert [row for row in rows if row["status"] != "passed"] == []
    assert {row["domain"] for row in rows} == {name for name in registry.names() if name.startswith(OWNED)}
