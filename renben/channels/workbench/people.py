"""人员档案: one search for everything, and the list of files in one's territory."""

from __future__ import annotations

from functools import cached_property

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.channels import export
from renben.channels.paging import COUNT_CAP, Page, paginate_keys
from renben.kernel import masking
from renben.kernel.models import LabourSpell, Organization, Person
from renben.kernel.models.people import HukouKind
from renben.kernel.people import keys_of_query
from renben.kernel.policy import Principal, page

SORTED_UP_TO = 500
"""Up to so many hits are sorted by pinyin; longer lists show the newest file first, which costs no sorting."""


class PeopleFilter(forms.Form):
    """The filter above the list. `office` is one of the offices offered; cleaned it is the path of that office."""

    q = forms.CharField(label="查找", max_length=40, required=False)
    status = forms.ChoiceField(label="就业状态", required=False, choices=[("", "全部"), *LabourSpell.Status.choices])
    office = forms.ChoiceField(label="机构", required=False)
    hukou = forms.ChoiceField(label="户口", required=False, choices=[("", "全部"), *HukouKind.choices])

    def __init__(self, principal: Principal, data: dict) -> None:
        super().__init__(data)
        self.principal = principal
        self.fields["office"].choices = self._choices

    @cached_property
    def offices(self) -> dict[str, tuple[str, str]]:
        """(short name, path) of the offices to choose from, by key; read when the page shows them or one is asked for."""
        rows = offices_of(self.principal).values_list("pk", "short_name", "path")
        return {str(pk): (name, path) for pk, name, path in rows}

    def _choices(self) -> list[tuple[str, str]]:
        return [("", "全部"), *((key, name) for key, (name, _) in self.offices.items())]

    def clean_office(self) -> str:
        key = self.cleaned_data.get("office", "")
        return self.offices[key][1] if key else ""


def offices_of(principal: Principal) -> QuerySet:
    """The offices a reader may choose from: the posts' own and the tier below them."""
    condition = Q(pk__in=[])
    for path in principal.paths("person.view"):
        condition |= Q(path=path) | Q(parent__path=path)
    return Organization.objects.filter(condition, is_active=True).order_by("path")


NEWEST_FOUND = (F("pk") + 0).desc()
"""Newest first for what a search finds. The sum keeps the planner from walking all files backwards by their key in the
hope of meeting the few that fit: it has to take them from the search index, and sorts them."""


def matching(rows: QuerySet, text: str) -> QuerySet:
    """People found by name, pinyin initials, identity number, last four or phone tail; the newest file first."""
    alternatives = keys_of_query(text)
    if not alternatives:
        return rows
    condition = Q()
    for keys in alternatives:
        condition |= Q(search_keys__contains=keys)
    return rows.filter(condition).order_by(NEWEST_FOUND)


def selected(principal: Principal, form: PeopleFilter) -> QuerySet:
    """The people a filled-in filter asks for, inside the reader's territory, merged files left out."""
    rows = principal.scoped("person", "person.view").filter(merged_into=None)
    asked = form.cleaned_data
    rows = matching(rows, asked.get("q", ""))
    if asked.get("status"):
        rows = rows.filter(labour_status=asked["status"])
    if asked.get("hukou"):
        rows = rows.filter(hukou_kind=asked["hukou"])
    if asked.get("office"):
        rows = rows.filter(organization__path__startswith=asked["office"])
    return rows


def ids_in_order(rows: QuerySet, cap: int) -> list[int]:
    """Keys of at most `cap` people in the order of the list, found in one statement; few hits are sorted by pinyin."""
    rows = rows if rows.query.order_by else rows.order_by("-id")
    ids = list(rows.values_list("pk", flat=True)[:cap])
    if len(ids) > SORTED_UP_TO:
        return ids
    return list(Person.objects.filter(pk__in=ids).order_by("pinyin", "id").values_list("pk", flat=True))


LISTED = (
    "name",
    "id_masked",
    "sex",
    "birth_on",
    "labour_status",
    "hukou_kind",
    "organization__name",
    "organization__short_name",
)
"""What lists show of a person; the rest of the row stays where it is."""


def loaded(ids: list[int]) -> dict[int, Person]:
    """The people of these keys, with what lists show of them."""
    return Person.objects.select_related("organization").only(*LISTED).in_bulk(ids)


def shown(request: HttpRequest, rows: QuerySet) -> Page:
    """One page of the list; the number of hits is counted up to the cap."""
    return paginate_keys(request, ids_in_order(rows, COUNT_CAP + 1), loaded)


@page(action="person.view")
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """The list. A case number in the search box leads straight to the case."""
    form = PeopleFilter(request.principal, request.GET)
    form.is_valid()
    text = form.cleaned_data.get("q", "").strip()
    if len(text) >= 12 and request.principal.may("case.view"):
        case = request.principal.scoped("case", "case.view").filter(number=text.upper()).first()
        if case is not None:
            return redirect("cases:case", pk=case.pk)
    rows = shown(request, selected(request.principal, form))
    context = {
        "form": form,
        "rows": rows,
        "text": text,
        "statuses": dict(LabourSpell.Status.choices),
        "may_open": request.principal.may("person.open"),
        "may_export": request.principal.may("person.export"),
    }
    template = "people/rows.html" if request.htmx and not request.htmx.boosted else "people/list.html"
    return render(request, template, context)


@page(action="person.export")
@require_GET
def people_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, masked as on the screen, at most `export.CAP` rows."""
    form = PeopleFilter(request.principal, request.GET)
    form.is_valid()
    statuses = dict(LabourSpell.Status.choices)
    ids = ids_in_order(selected(request.principal, form), export.CAP)
    people = loaded(ids)
    rows = (
        [
            masking.mask_name(person.name, "list"),
            person.id_masked,
            person.get_sex_display(),
            f"{person.birth_on:%Y-%m}",
            statuses.get(person.labour_status, ""),
            person.get_hukou_kind_display(),
            person.organization.name,
        ]
        for person in (people[key] for key in ids if key in people)
    )
    headings = ["姓名", "证件号码", "性别", "出生年月", "就业状态", "户口性质", "归属机构"]
    return export.xlsx(request, name="人员名单", headings=headings, rows=rows, action="person")
