"""Working a case step by step, and looking at what one office hands to the next."""

from __future__ import annotations

import datetime as dt
import html

from django.urls import reverse

from renben.engines.procedures import queries
from renben.engines.procedures.models import Case
from renben.kernel import identity
from tests.robot.clerk import Clerk, Walk, current

SUBSIDY = {
    "started_on": "2026-06-01",
    "retire_on": "2035-03-02",
    "account_holder": "李建国",
    "account_number": "6222020200112233",
}
"""Facts the rule of the insurance subsidy accepts: in business for half a year, retiring in 2035, an account of one's own."""

SHOP_LOAN = {"loan_due_on": "2028-11-22", "own_share": "40"}
FIRM_LOAN = SHOP_LOAN | {"trade": "other", "loan_amount": "500000", "guarantee_value": "100000"}
"""A loan ends after it began, own money is enough; a firm of a trade that is supported asks for the top product with enough behind it."""

OUTSIDER = {"name": "外区人", "id_number": identity.make_resident_id("110105", dt.date(1988, 5, 6), 17)}
FIRM_HIRES = {
    "trade": "other",
    "staff_before": "10",
    "hired_proofs": ["graduate"],
    "hired_people": [OUTSIDER | {"proof": "graduate", "hired_on": "2026-11-23", "contract_months": "24"}],
}
"""A firm of ten that hired one more, known by the paper alone, is labour-intensive by the rule of the day."""


def act(clerk: Clerk, case: Case, *keys: str) -> Case:
    """Do these steps of the case, each of which has to be open."""
    walk = Walk(case)
    for key in keys:
        row = case.steps.filter(key=key, state="ready").select_related("organization").first()
        assert row is not None, f"{case.procedure_id}/{key} 不在办：{states(case)}"
        case.refresh_from_db()
        row.case = case
        clerk.act(row, walk, row.round * 100 + row.pk)
    case.refresh_from_db()
    return case


def refuse(clerk: Clerk, case: Case, key: str) -> Case:
    """不予办理, with its reason, article and how to appeal."""
    row = case.steps.get(key=key, state="ready")
    answer = clerk.client_at(row.organization).post(
        reverse("cases:refuse", kwargs={"pk": case.pk, "step_id": row.pk}),
        {"reason": "核实没有实际经营", "article": "第五条", "appeal": "可申请行政复议", "_once": f"refuse-{row.pk}"},
    )
    assert answer.status_code == 302
    case.refresh_from_db()
    return case


def states(case: Case) -> dict[str, str]:
    return dict(case.steps.order_by("round", "id").values_list("key", "state"))


def page_of(clerk: Clerk, case: Case, key: str = "", office=None) -> str:
    """What somebody at the office reads on the case's page."""
    client = clerk.client_at(office or case.organization)
    answer = client.get(reverse("cases:case", kwargs={"pk": case.pk}), {"step": key} if key else {})
    assert answer.status_code == 200, (case.procedure_id, answer.status_code)
    return html.unescape(answer.content.decode())


def follows(parent: Case, procedure_id: str, office) -> Case:
    """The one case that took the journey on, at the right office."""
    case = Case.objects.get(parent=parent, procedure_id=procedure_id)
    assert case.organization == office
    assert case.journey_id == parent.journey_id
    assert case.state == Case.State.OPEN
    assert (case.person_id, case.employer_id) == (parent.person_id, parent.employer_id)
    return case


def assert_carried(clerk: Clerk, parent: Case, case: Case, *names: str) -> None:
    """These facts came along and stand in the next office's form already."""
    parent.refresh_from_db()
    shown = page_of(clerk, case)
    for name in names:
        assert case.data[name] == parent.data[name], name
        field = current(case.procedure_id).any_field(name)
        assert field is not None, f"{case.procedure_id} 没有 {name}"
        value = case.data[name]
        if field.type in ("text", "long_text", "date", "int"):
            assert str(value) in shown, f"{field.label} 没有带出来"


def one_timeline(clerk: Clerk, *cases: Case) -> None:
    """Every case's page shows what happened in all of them, and leads to each that its reader may open."""
    assert len({case.journey_id for case in cases}) == 1
    assert [one.pk for one in queries.journey(cases[0])] == sorted(one.pk for one in cases)
    for reader in cases:
        shown = page_of(clerk, reader)
        for other in cases:
            assert f"{other.title}（{other.organization.short_name}）" in shown
            done = other.steps.filter(state="done").order_by("id").first()
            if done is not None:
                assert f"{other.organization.short_name} · {done.title}：" in shown
