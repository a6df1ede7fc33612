"""找人: the same box as the list of registrations, looking by meaning among who looks for work now (issue 5.7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from renben.channels.codes import code_choices
from renben.channels.paging import SIZE, Page
from renben.channels.workbench.seekers_forms import SeekerFilter
from renben.engines.coding import occupations
from renben.engines.search.searching import FURTHEST
from renben.kernel import clock
from renben.kernel.models import Region
from renben.kernel.policy import Principal
from renben.services.placement import finding_seekers, seekers_rules
from renben.services.placement.codes import WorkKind
from renben.services.placement.finding_seekers import SORTS, Found, Wanted
from renben.services.placement.models import Seeker

WAGES = (2500, 3000, 3500, 4000, 5000, 6000, 8000)
SELECT = {"class": "form-select"}
_PARAMETERS = {
    "class": "seeker_class", "can": "nights", "kind": "kind", "degree": "education", "wage": "wage", "region": "region",
    "occupation": "occupation", "desk": "office", "until": "ends",
}  # fmt: skip
"""Field of the search → name in the address."""
_MORE = ("region", "wage", "education", "kind", "nights", "occupation", "sort")
AT_A_TIME = 500
"""Rows read at once for a workbook."""


def _select(label: str, choices: list[tuple[str, str]] = ()) -> forms.ChoiceField:  # type: ignore[assignment]
    return forms.ChoiceField(
        label=label, choices=[("", "不限"), *choices], required=False, widget=forms.Select(attrs=SELECT)
    )


class FindForm(SeekerFilter):
    """The filter of the list and what one looks for in people. `by`: words, although somebody is called so."""

    region = _select("愿意在哪里上班")
    wage = _select("给得出的月工资", [(str(yuan), f"{yuan}元") for yuan in WAGES])
    education = _select("学历不低于")
    kind = _select("用工形式", list(WorkKind.choices))
    nights = forms.BooleanField(label="能上夜班", required=False)
    occupation = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label="排序", choices=list(SORTS.items()), required=False, widget=forms.Select(attrs=SELECT)
    )
    by = forms.CharField(max_length=5, required=False, widget=forms.HiddenInput)

    def __init__(self, principal: Principal, action: str, data: Any) -> None:
        super().__init__(principal, action, data)
        self.fields["q"].label = "姓名、证件号、想干的工作、技能、证书"
        streets = Region.objects.filter(level="street").order_by("code").values_list("code", "name")
        self.fields["region"].choices = [("", "不限"), *streets]
        whole = [(code, name) for code, name in code_choices("education") if code.endswith("0")]
        self.fields["education"].choices = [("", "不限"), *whole]

    def given(self) -> dict[str, Any]:
        """What was filled in and makes sense."""
        self.is_valid()
        return self.cleaned_data

    @property
    def is_more(self) -> bool:
        """Anything of the folded part is filled in."""
        return any(self.given().get(name) for name in _MORE)

    @property
    def is_demanding(self) -> bool:
        """Anything that is looked for in people beside the words."""
        return any(self.given().get(name) for name in _MORE)

    def wanted(self, number: int = 1) -> Wanted:
        asked = self.given()
        ends, soon = asked.get("ends"), seekers_rules.remind_until(clock.today())
        return Wanted(
            text=asked.get("q", "").strip(),
            occupation=asked.get("occupation", ""),
            region=asked.get("region", ""),
            wage_fen=int(asked.get("wage") or 0) * 100,
            education=asked.get("education", ""),
            nights=bool(asked.get("nights")),
            kind=asked.get("kind", ""),
            seeker_class=asked.get("seeker_class", ""),
            desk=asked["office"].path if asked.get("office") else "",
            ends_from=soon + dt.timedelta(days=1) if ends == "later" else None,
            ends_to=soon if ends == "soon" else None,
            sort=asked.get("sort", ""),
            page=number,
        )


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 6 else 1


def find(principal: Principal, form: FindForm, action: str, number: int = 1, size: int = SIZE) -> Found:
    """People inside the reader's territory."""
    scope = principal.scoped("seeker", action)
    return finding_seekers.find(form.wanted(number), scope=scope, paths=principal.paths(action), size=size)


def context(request: HttpRequest, form: FindForm, action: str) -> dict[str, Any]:
    """What the page of results needs: rows in pages, what was widened, what leaving something out would bring, trades to choose."""
    found = find(request.principal, form, action, _number(request.GET.get("page", "")))
    asked = form.given()
    code = asked.get("occupation", "")
    total = min(found.total, FURTHEST)
    return {
        "found": found,
        "rows": Page(found.rows, found.page, total, found.total > FURTHEST, has_next=found.page < found.pages),
        "offers": [(offer, _with(request, _PARAMETERS[offer.field], "")) for offer in found.offers],
        "trades": [(one, _with(request, "occupation", one.code)) for one in found.meanings if one.code != code],
        "trade": occupations.tree().name(code) if code in occupations.tree() else "",
        "without_trade": _with(request, "occupation", ""),
    }


def _with(request: HttpRequest, name: str, value: str) -> str:
    """The same question with one demand changed or given up."""
    asked = request.GET.copy()
    for gone in ("page", name):
        asked.pop(gone, None)
    if value:
        asked[name] = value
    return f"?{asked.urlencode()}"


def keys(principal: Principal, form: FindForm, action: str) -> QuerySet[Seeker]:
    """Everybody found, for a workbook; as far as anybody reads on."""
    found: list[int] = []
    for number in range(1, FURTHEST // AT_A_TIME + 1):
        page = find(principal, form, action, number, AT_A_TIME)
        found += [row.pk for row in page.rows]
        if number >= page.pages:
            break
    return principal.scoped("seeker", action).filter(pk__in=found)
