"""个人档案: the list, one archive with its review, the notice of what is missing (Q-1.2.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench import archives_steps
from renben.channels.workbench.attempts import Refused, attempt, of_people, offices_under
from renben.channels.workbench.downloads import export
from renben.engines.procedures import deadlines
from renben.kernel import calendar_table, clock, duedates, settings_store
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration import archives, limits
from renben.services.registration.codes import SeparationReason
from renben.services.registration.models import PersonnelArchive

State = PersonnelArchive.State
ACTION = "archive.manage"
GROUPS = {
    "review": ("待审核", [State.RECEIVED]),
    "incomplete": ("材料不齐", [State.INCOMPLETE]),
    "transfer": ("已审待转", [State.REVIEWED]),
    "way": ("转移途中", [State.IN_TRANSFER]),
    "collected": ("街镇已接收", [State.COLLECTED]),
    "ended": ("已转出、已撤销", [State.RETURNED, State.CANCELLED]),
}


class ArchiveFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号、档案编号", max_length=40, required=False)
    group = forms.ChoiceField(required=False, choices=[("", "全部"), *((k, v[0]) for k, v in GROUPS.items())])
    kind = forms.ChoiceField(label="档案类别", required=False, choices=[("", "全部"), *PersonnelArchive.Kind.choices])
    street = forms.ModelChoiceField(
        label="应转往街镇", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, ACTION)
        self.fields["street"].label_from_instance = lambda office: office.short_name
        for name in ("kind", "street"):
            self.fields[name].widget.attrs["class"] = "form-select"


def selected(principal: Principal, form: ArchiveFilter, *, group: bool = True) -> QuerySet[PersonnelArchive]:
    """The archives a filled-in filter asks for, inside the reader's territory."""
    form.is_valid()
    asked = form.cleaned_data
    rows = principal.scoped("archive", ACTION)
    text = asked.get("q", "").strip()
    if text:
        rows = (
            of_people(rows, text) if not rows.filter(archive_number=text).exists() else rows.filter(archive_number=text)
        )
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("street"):
        rows = rows.filter(target_organization=asked["street"])
    if group and asked.get("group"):
        rows = rows.filter(state__in=GROUPS[asked["group"]][1])
    return rows


def with_signals(rows: list[PersonnelArchive]) -> list[PersonnelArchive]:
    """Give each archive that waits for its transfer `.signal` and `.due_note`; the calendar is read once."""
    waiting = [row for row in rows if row.state == State.REVIEWED and row.transfer_due_on and row.reviewed_on]
    calendar = calendar_table.current() if waiting else None
    thresholds = deadlines.thresholds() if waiting else None
    now = clock.now()
    for row in rows:
        row.signal, row.due_note = "", ""
    for row in waiting:
        due_on = row.transfer_due_on
        due = duedates.Due(due_on, due_on, duedates.closing(due_on), row.reviewed_on)
        row.signal = duedates.signal(due, now, calendar, thresholds)
        row.due_note = f"{due_on.month}月{due_on.day}日前转出"
    return rows


@page(action=ACTION)
@require_GET
def archive_list(request: HttpRequest) -> HttpResponse:
    """All archives of the territory, by state; the numbers above are the filter."""
    form = ArchiveFilter(request.principal, request.GET)
    rows = selected(request.principal, form)
    found = dict(selected(request.principal, form, group=False).order_by().values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("group", "")
    tabs = [
        {"code": code, "label": label, "count": sum(found.get(state, 0) for state in states), "here": code == current}
        for code, (label, states) in GROUPS.items()
    ]
    listed = paginate(request, rows.order_by("-received_on", "-id"))
    with_signals(listed.rows)
    context = {
        "form": form,
        "rows": listed,
        "tabs": tabs,
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
        "may_transfer": any(post.organization.tier != "street" for post in request.principal.posts),
    }
    return render(request, "archives/list.html", context)


@page(action=ACTION)
@require_POST
def archive_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked."""
    rows = selected(request.principal, ArchiveFilter(request.principal, request.POST)).order_by("-received_on", "-id")
    columns = [
        ("姓名", 10), ("证件号码", 22), ("档案类别", 14), ("档案编号", 16), ("原工作单位", 28), ("接收日期", 12),
        ("状态", 12), ("所在机构", 16), ("应转往街镇", 14), ("应转移日期", 12),
    ]  # fmt: skip

    def line(row: PersonnelArchive) -> list:
        return [
            row.person.name, row.person.id_masked, row.get_kind_display(), row.archive_number, row.employer_name,
            row.received_on, row.get_state_display(), row.organization.short_name, row.target_organization.short_name,
            row.transfer_due_on,
        ]  # fmt: skip

    return export(request, "个人档案清单", columns, rows, line)


class ReviewForm(forms.Form):
    """What the reviewer found: nothing missing and the facts of the papers, or everything that is missing."""

    source = forms.ChoiceField(label="档案来源", required=False)
    archive_number = forms.CharField(label="档案编号", max_length=40, required=False)
    employer_name = forms.CharField(label="原工作单位", max_length=100, required=False)
    separated_on = forms.DateField(
        label="解除或终止日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    separation_reason = forms.ChoiceField(
        label="离职原因", required=False, choices=[("", "没有写"), *SeparationReason.choices]
    )
    contribution_months = forms.IntegerField(
        label="失业保险累计缴费月数",
        required=False,
        min_value=0,
        max_value=720,
        help_text="按月填写，例如 3 年 2 个月填 38。",
    )
    missing = forms.MultipleChoiceField(
        label="缺少的材料", required=False, choices=[], widget=forms.CheckboxSelectMultiple
    )
    missing_other = forms.CharField(
        label="其他缺少的材料或问题",
        required=False,
        max_length=300,
        help_text="每行写一件，请一次写全。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, archive: PersonnelArchive, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "archive_number": archive.archive_number,
                "employer_name": archive.employer_name,
                "separated_on": archive.separated_on,
                "separation_reason": archive.separation_reason,
                "contribution_months": archive.contribution_months,
                "source": "employer" if archive.kind == PersonnelArchive.Kind.UNEMPLOYED else "",
            },
        )
        super().__init__(*args, **kwargs)
        sources, papers = archives_steps.choices_of_source(archive), archives_steps.papers_of(archive)
        if sources:
            self.fields["source"].choices = [("", "请选择"), *sources]
        else:
            del self.fields["source"]
        if papers:
            self.fields["missing"].choices = [(name, name) for name in papers]
        else:
            del self.fields["missing"]

    def clean_separated_on(self) -> dt.date | None:
        day = self.cleaned_data["separated_on"]
        if day and day > clock.today():
            raise forms.ValidationError("解除或终止日期还没到，请核对年份。")
        return day

    def said_missing(self) -> list[str]:
        """Everything named as missing, ticked or written."""
        written = [line.strip() for line in self.cleaned_data["missing_other"].splitlines()]
        return list(dict.fromkeys([*self.cleaned_data.get("missing", []), *(line for line in written if line)]))

    def facts(self) -> dict[str, Any]:
        names = ("archive_number", "employer_name", "separated_on", "separation_reason", "contribution_months")
        return {name: self.cleaned_data[name] for name in names}


def may_review(principal: Principal, archive: PersonnelArchive) -> bool:
    """Reviewing is for the office that holds the archive; a street sees what is coming, it does not review it."""
    return archive.state in (State.RECEIVED, State.INCOMPLETE) and holds(principal, archive)


def holds(principal: Principal, archive: PersonnelArchive) -> bool:
    """Whether the archive lies at an office of the reader; a street that only expects it cannot send it away."""
    return any(archive.organization.path.startswith(path) for path in principal.paths(ACTION))


def may_redirect(principal: Principal, archive: PersonnelArchive) -> bool:
    return archive.state in PersonnelArchive.HELD and holds(principal, archive)


def may_hand_out(principal: Principal, archive: PersonnelArchive) -> bool:
    return archive.state in (State.COLLECTED, State.REVIEWED) and holds(principal, archive)


def _page(request: HttpRequest, archive: PersonnelArchive, form: ReviewForm | None) -> HttpResponse:
    with_signals([archive])
    movements = archive.movements.select_related("from_organization", "to_organization", "by", "handover")
    context = {
        "archive": archive,
        "person": archive.person,
        "form": form,
        "may_redirect": may_redirect(request.principal, archive),
        "may_hand_out": may_hand_out(request.principal, archive),
        "has_left": archive.movements.filter(kind__in=("redirected", "returned")).exists(),
        "movements": list(movements.order_by("-id")),
        "facts_missing": archives.facts_missing(archive),
    }
    return render(request, "archives/archive.html", context, status=422 if form is not None and form.is_bound else 200)


@page(action=ACTION, subject="archive")
@require_GET
def archive_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One archive: where it is, what it says, what happened to it, and the review."""
    archive: PersonnelArchive = request.subject
    form = ReviewForm(archive=archive) if may_review(request.principal, archive) else None
    return _page(request, archive, form)


@page(action=ACTION, subject="archive")
@require_POST
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """审核通过, or 材料不齐 with everything that is missing. Through the case where one runs."""
    archive: PersonnelArchive = request.subject
    if not may_review(request.principal, archive):
        messages.error(request, f"这份档案现在是“{archive.get_state_display()}”，不在您这里审核。")
        return redirect("archives:archive", pk)
    form = ReviewForm(request.POST, archive=archive)
    if not form.is_valid():
        return _page(request, archive, form)
    missing = form.said_missing()
    if request.POST.get("outcome") == "incomplete" and not missing:
        form.add_error("missing_other", "请写明缺少哪些材料，一次写全。")
        return _page(request, archive, form)
    if request.POST.get("outcome") == "incomplete":
        done = attempt(request, lambda: _incomplete(request, archive, missing))
        return redirect("archives:notice", pk) if done else redirect("archives:archive", pk)
    if "source" in form.fields and not form.cleaned_data["source"]:
        form.add_error("source", "请选择档案来源。")
        return _page(request, archive, form)

    def approve() -> str:
        if missing:
            raise Refused("写了缺少的材料，就不能审核通过。材料已齐的，请把那几项去掉。")
        archives_steps.approve(
            archive=archive, source=form.cleaned_data.get("source", ""), by=request.user, facts=form.facts()
        )
        return f"{archive.person.name}的档案审核通过，请在{limits.transfer_working_days()}个工作日内转往{archive.target_organization.short_name}。"

    attempt(request, approve)
    return redirect("archives:archive", pk)


def _incomplete(request: HttpRequest, archive: PersonnelArchive, missing: list[str]) -> str:
    archives_steps.say_what_is_missing(archive=archive, missing=missing, by=request.user)
    return "已登记缺少的材料。请打印《补交材料清单》交给本人或移交单位。"


@page(action=ACTION, subject="archive")
@require_GET
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """补交材料清单（一次性告知）for print."""
    archive: PersonnelArchive = request.subject
    context = {
        "archive": archive,
        "person": archive.person,
        "office_name": settings_store.get("office.name"),
        "today": clock.today(),
    }
    return render(request, "archives/notice.html", context)
