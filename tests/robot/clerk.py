"""A robot clerk: works a case through the pages a person uses, filling each step's form from the catalogue's fields."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from renben.engines.procedures import definitions, queries
from renben.engines.procedures.models import Case, CaseStep
from renben.engines.procedures.schema import CaseField, FieldColumn, Outcome, Procedure, Step, Threshold
from renben.kernel import clock
from renben.kernel.models import Organization, Post, StaffMember, User
from renben.kernel.roles import BUSINESS

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MAX_ACTS = 60


class Stuck(AssertionError):
    """The robot could not go on; the text says where and what the page answered."""


@dataclass
class Walk:
    """What a walk left behind."""

    case: Case
    acts: list[tuple[str, str]] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)
    unprinted: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the page said instead of printing a form, by step and form."""


def _fitting(standard: Threshold) -> int | float:
    """A figure that meets a standard."""
    if standard.op in ("between", "range"):
        return int(standard.bounds[0])
    if isinstance(standard.value, str):
        return 1
    shift = {">": 1, "<": -1}.get(standard.op, 0)
    return standard.value + shift


def _plain(kind: str, label: str, choices: list, today: dt.date) -> str:
    if kind == "bool":
        return "true"
    if kind == "date":
        return today.isoformat()
    if kind == "time":
        return "09:30"
    if kind == "int":
        return "3"
    if kind == "number":
        return "2.5"
    if kind == "money_fen":
        return "1200.50"
    if kind == "choice":
        return str(choices[0].value)
    return f"{label}：已如实填写"[:60]


def _cell(column: FieldColumn, number: int, today: dt.date) -> str:
    return _plain(column.type, f"{column.label}{number + 1}", column.choices, today)


def _typed(name: str, value: Any) -> dict[str, Any]:
    """A value given in the test, as the form names it: a table's lines are mappings of column and value."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        lines = (
            _typed(f"{name}-{number}-{column}", one) for number, row in enumerate(value) for column, one in row.items()
        )
        return {key: text for line in lines for key, text in line.items()}
    if isinstance(value, list):
        return {name: [str(one) for one in value]}
    return {name: ("true" if value else "false") if isinstance(value, bool) else str(value)}


def entries(spec: Step, item: CaseField, today: dt.date, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the robot types into one field, as the form names it."""
    if item.name in wanted:
        return _typed(item.name, wanted[item.name])
    if item.type == "rows":
        return {
            f"{item.name}-{number}-{column.name}": _cell(column, number, today)
            for number in range(2)
            for column in item.columns
        }
    if item.type == "files":
        return {f"{item.name}__new": SimpleUploadedFile("现场照片.pdf", SCAN, content_type="application/pdf")}
    standard = next((t for t in spec.thresholds if t.field == item.name), None)
    if standard is not None and item.type != "bool":
        figure = _fitting(standard)
        return {item.name: f"{figure / 100:.2f}" if item.type == "money_fen" else str(figure)}
    if standard is not None:
        return {item.name: "true" if standard.value else "false"}
    if item.type == "choices":
        return {item.name: [str(choice.value) for choice in item.choices[:2]]}
    return {item.name: _plain(item.type, item.label, item.choices, today)}


class Clerk:
    """Works with the pages alone. `wanted` overrides field values by name; `outcomes` chooses results by step key."""

    def __init__(self, *, wanted: dict[str, Any] | None = None, outcomes: dict[str, str] | None = None) -> None:
        self.wanted, self.outcomes = wanted or {}, outcomes or {}
        self._clients: dict[int, Client] = {}

    def client_at(self, office: Organization) -> Client:
        """Somebody of this office who holds every post of business, signed in."""
        if office.pk not in self._clients:
            name = f"robot{office.pk}"
            user = User.objects.filter(username=name).first() or User.objects.create_user(
                name, "x", display_name="机器人"
            )
            member, _ = StaffMember.objects.get_or_create(user=user, defaults={"name": "机器人"})
            for role in sorted(BUSINESS):
                Post.objects.get_or_create(
                    staff=member, role=role, organization=office, defaults={"start_on": dt.date(2020, 1, 1)}
                )
            client = Client()
            client.force_login(user)
            self._clients[office.pk] = client
        return self._clients[office.pk]

    def start(self, procedure: Procedure, office: Organization, *, person: Any = None, employer: Any = None) -> Case:
        """Open a case on the page 新建办件."""
        if person is not None:
            address = reverse("cases:start", kwargs={"person_id": person.pk})
        elif employer is not None:
            address = reverse("cases:start_employer", kwargs={"employer_id": employer.pk})
        else:
            address = reverse("cases:start_office")
        client = self.client_at(office)
        page = client.get(address, {"office": office.pk})
        if procedure.id not in page.content.decode():
            raise Stuck(f"{procedure.id} 不在新建办件的清单里（{office.short_name}）")
        answer = client.post(
            address, {"procedure": procedure.id, "office": office.pk, "_once": f"start-{procedure.id}"}
        )
        if answer.status_code != 302:
            raise Stuck(f"{procedure.id} 新建不了：{said(answer)}")
        return Case.objects.get(pk=int(answer.url.rstrip("/").split("/")[-1]))

    def finish(self, case: Case, *, journey: bool = False) -> Walk:
        """Do every open step of the case (with `journey`, of all its cases) until nothing is open."""
        walk = Walk(case)
        for number in range(MAX_ACTS):
            step = self._next(case, journey)
            if step is None:
                case.refresh_from_db()
                return walk
            self.act(step, walk, number)
        raise Stuck(f"{case.procedure_id} 办了 {MAX_ACTS} 次还没有办完，停在 {step.case.procedure_id}/{step.key}")

    def _next(self, case: Case, journey: bool) -> CaseStep | None:
        rows = CaseStep.objects.filter(state="ready", case__state="open").select_related(
            "case__organization", "case__person", "case__definition", "organization"
        )
        rows = rows.filter(case__journey_id=case.journey_id) if journey else rows.filter(case=case)
        return rows.order_by("case_id", "position", "id").first()

    def act(self, step: CaseStep, walk: Walk, number: int) -> None:
        """Fill the step's form as the page shows it, tick its papers, press the button; then print its forms."""
        procedure = queries.procedure_of(step.case)
        spec = procedure.step(step.key).as_of(step.nth)
        client, where = self.client_at(step.organization), f"{procedure.id}/{step.key}"
        page = client.get(reverse("cases:case", kwargs={"pk": step.case_id}), {"step": step.key})
        if page.status_code != 200 or f"/steps/{step.pk}/act/" not in page.content.decode():
            raise Stuck(f"{where} 的页面上没有办理按钮（{page.status_code}）：{said(page)}")
        outcome = self._outcome(procedure, spec)
        data: dict[str, Any] = {"outcome": outcome.code, "_once": f"act-{step.pk}-{number}"}
        for item in spec.fields:
            data |= entries(spec, item, clock.today(), self.wanted)
        data["received"] = [piece.name for piece in spec.evidence]
        if 'name="reason"' in page.content.decode():
            data["reason"] = "机器人说明"
        answer = client.post(reverse("cases:act", kwargs={"pk": step.case_id, "step_id": step.pk}), data)
        if answer.status_code != 302:
            raise Stuck(f"{where} 办不了：{said(answer)}")
        walk.acts.append((procedure.id, step.key))
        self._print(client, step, spec, walk, number)

    def _outcome(self, procedure: Procedure, spec: Step) -> Outcome:
        chosen = self.outcomes.get(f"{procedure.id}/{spec.key}") or self.outcomes.get(spec.key)
        onward = sorted((o for o in spec.outcomes if o.goes_on), key=lambda o: o.kind == "again")
        found = spec.outcome(chosen) if chosen else next(iter(onward), None)
        if found is None:
            raise Stuck(f"{procedure.id}/{spec.key} 没有往下走的结果")
        return found

    def _print(self, client: Client, step: CaseStep, spec: Step, walk: Walk, number: int) -> None:
        page = client.get(reverse("cases:case", kwargs={"pk": step.case_id}), {"step": step.key}).content.decode()
        offered = re.findall(r'name="form" value="([^"]+)"', page)
        for name in map(html.unescape, offered):
            answer = client.post(
                reverse("cases:paper", kwargs={"pk": step.case_id}),
                {"form": name, "_once": f"print-{step.pk}-{number}-{name}"},
            )
            if answer.status_code == 302 and "/documents/" in answer.url:
                walk.forms.append((step.case.procedure_id, name))
            else:
                walk.unprinted[(f"{step.case.procedure_id}/{step.key}", name)] = said(client.get(answer.url))


def said(answer: Any) -> str:
    """What a page says is wrong, without its markup."""
    text = answer.content.decode(errors="replace")
    found = re.findall(r'class="(?:error|alert|notice|message)[^"]*"[^>]*>(.*?)</(?:p|div|li|ul)>', text, re.S)
    found += re.findall(r'<a href="#[^"]*">([^<]+)</a>', text)
    return " / ".join(re.sub(r"<[^>]+>|\s+", " ", one).strip() for one in found)[:600]


def current(procedure_id: str) -> Procedure:
    return definitions.current(procedure_id)[1]
