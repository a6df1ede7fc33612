"""用人单位: the list of one's territory, the doubles in it, two files made one."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from renben.channels import export
from renben.channels.paging import COUNT_CAP, Page, paginate
from renben.channels.workbench.employers_forms import EmployerFilter, MergeForm
from renben.channels.workbench.merge_page import merge_page
from renben.kernel import clock
from renben.kernel.employer_merge import find_duplicates, find_pairs, merge_employers
from renben.kernel.employers import matching
from renben.kernel.models import Employer
from renben.kernel.policy import Principal, page
from renben.services.placement.firms import contacts

SORTED_UP_TO = 500
"""Up to so many hits are sorted by pinyin; longer lists show the newest file first, which costs no sorting."""


def selected(principal: Principal, form: EmployerFilter) -> QuerySet:
    """The employers a filled-in filter asks for, inside the reader's territory, merged files left out."""
    rows = principal.scoped("employer", "employer.view").filter(merged_into=None)
    asked = form.cleaned_data
    rows = matching(rows, asked.get("q", ""))
    if asked.get("industry"):
        rows = rows.filter(industry__startswith=asked["industry"])
    if asked.get("office"):
        rows = rows.filter(organization__path__startswith=asked["office"].path)
    return contacts.of_silence(rows, asked.get("silent", ""), clock.today())


def ids_in_order(rows: QuerySet, cap: int) -> list[int]:
    """Keys of at most `cap` employers in the order of the list; few hits are sorted by pinyin."""
    ids = list(rows.order_by("-id").values_list("pk", flat=True)[:cap])
    if len(ids) > SORTED_UP_TO:
        return ids
    return list(Employer.objects.filter(pk__in=ids).order_by("pinyin", "id").values_list("pk", flat=True))


def loaded(ids: list[int]) -> list[Employer]:
    """The employers of these keys, in this order."""
    found = Employer.objects.select_related("organization").in_bulk(ids)
    return [found[key] for key in ids if key in found]


def shown(request: HttpRequest, rows: QuerySet) -> Page:
    """One page of the list; the number of hits is counted up to the cap."""
    ids = paginate(request, ids_in_order(rows, COUNT_CAP + 1))
    return replace(ids, rows=loaded(ids.rows))


@page(action="employer.view")
@require_GET
def employer_list(request: HttpRequest) -> HttpResponse:
    """The list of one's territory."""
    form = EmployerFilter(request.principal, request.GET)
    form.is_valid()
    rows = shown(request, selected(request.principal, form))
    last = contacts.last_contacts() if form.cleaned_data.get("silent") else {}
    for employer in rows:
        employer.last_contact = last.get(employer.pk)
    context = {"form": form, "text": form.cleaned_data.get("q", "").strip(), "rows": rows}
    template = "employers/rows.html" if request.htmx and not request.htmx.boosted else "employers/list.html"
    return render(request, template, context)


@page(action="employer.export")
@require_GET
def employer_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, at most `export.CAP` rows."""
    form = EmployerFilter(request.principal, request.GET)
    form.is_valid()
    last = contacts.last_contacts()
    rows = (
        [
            one.name,
            one.uscc,
            one.legal_person,
            one.kind,
            one.industry_name,
            one.phone,
            one.address,
            one.organization.name,
            last.get(one.pk),
        ]
        for one in loaded(ids_in_order(selected(request.principal, form), export.CAP))
    )
    headings = [
        "单位名称",
        "统一社会信用代码",
        "法定代表人",
        "单位类型",
        "行业",
        "电话",
        "地址",
        "归属机构",
        "上次联系",
    ]
    return export.xlsx(request, name="用人单位名单", headings=headings, rows=rows, action="employer")


@page(action="employer.merge")
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs in one's territory that may be one employer, likeliest first, each with the reasons."""
    pairs = paginate(request, find_pairs(request.principal.scoped("employer", "employer.merge")))
    return render(request, "employers/duplicates.html", {"pairs": pairs})


@page(action="employer.merge")
@require_GET
def duplicates_export(request: HttpRequest) -> HttpResponse:
    """The pairs as a workbook, to be cleared up at the employers' counters."""
    pairs = find_pairs(request.principal.scoped("employer", "employer.merge"))
    rows = (
        [
            pair.one.name,
            pair.one.uscc,
            pair.one.organization.short_name,
            pair.other.name,
            pair.other.uscc,
            pair.other.organization.short_name,
            "、".join(pair.why),
        ]
        for pair in pairs
    )
    headings = ["单位甲", "信用代码", "归属", "单位乙", "信用代码", "归属", "疑点"]
    return export.xlsx(request, name="疑似重复单位", headings=headings, rows=rows, action="employer")


@page(action="employer.merge", subject="employer")
@require_GET
def find_double(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the second file: the likely ones with reasons first, others by the search box."""
    employer = request.subject
    rows = request.principal.scoped("employer", "employer.merge").filter(merged_into=None).exclude(pk=employer.pk)
    text = request.GET.get("q", "").strip()[:60]
    if text:
        found = shown(request, matching(rows, text))
        reasons = {}
    else:
        likely = find_duplicates(employer, rows)
        found = paginate(request, [one.employer for one in likely])
        reasons = {one.employer.pk: "、".join(one.why) for one in likely}
    context = {"employer": employer, "rows": found, "text": text, "reasons": reasons}
    return render(request, "employers/merge_find.html", context)


@page(action="employer.merge", subject="employer")
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Both files side by side; the one in the address first is kept."""
    kept = request.subject
    merged = get_object_or_404(request.principal.scoped("employer", "employer.merge"), pk=other)
    return merge_page(
        request,
        MergeForm(request.POST or None),
        kept=kept,
        merged=merged,
        merge=merge_employers,
        numbers=_numbers,
        template="employers/merge.html",
        done="两份单位档案已合并，原来的经过在“经过”一页可以查到。",
        back="employers:file",
    )


def _numbers(employer: Employer) -> dict[str, int]:
    return {
        "用工经历": employer.spells.count(),
        "办件": employer.cases.count(),
        "证照": employer.licences.count(),
        "联系人": employer.contacts.filter(left_on=None).count(),
    }
