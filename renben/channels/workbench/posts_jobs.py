"""岗位: which posts a unit has, for how many people, and who is on them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.downloads import export
from renben.channels.workbench.posts import VIEW, WORK
from renben.channels.workbench.posts_acts import asked, day_field
from renben.engines.payments import accounts
from renben.kernel import clock
from renben.kernel.models import Employer
from renben.kernel.policy import Principal, page
from renben.services.support.posts import placing
from renben.services.support.posts.models import PublicPost


class JobFilter(forms.Form):
    q = forms.CharField(label="公益性就业组织、岗位", max_length=40, required=False)
    closed = forms.ChoiceField(
        label="岗位", required=False, choices=[("", "现有的"), ("yes", "已撤销的")], widget=forms.Select
    )


class JobForm(forms.Form):
    unit = forms.CharField(
        label="公益性就业组织", max_length=100, help_text="写统一社会信用代码或单位全称；先在“用人单位”里建好档案。"
    )
    name = forms.CharField(label="岗位名称（协管员类别）", max_length=60, help_text="例如：社区治安协管员。")
    headcount = forms.IntegerField(label="核定人数", min_value=1, max_value=9999)
    approved_from = day_field("从哪个季度起批准", "填季度里的任意一天。")
    approval = forms.CharField(label="批准依据", max_length=100, required=False)

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal

    def clean_unit(self) -> Employer:
        text = self.cleaned_data["unit"].strip()
        rows = self.principal.scoped("employer", WORK).filter(merged_into=None)
        exact = list(rows.filter(Q(uscc=text.upper()) | Q(name=text)).order_by("id")[:2])
        if len(exact) == 1:
            return exact[0]
        near = list(rows.filter(name__contains=text).order_by("name").values_list("name", flat=True)[:5])
        hint = f"名称相近的有：{'、'.join(near)}。" if near else "请先新建用人单位。"
        raise forms.ValidationError(f"没有找到这个单位。{hint}")


class EditForm(forms.Form):
    headcount = forms.IntegerField(label="核定人数", min_value=1, max_value=9999)
    approval = forms.CharField(label="批准依据", max_length=100, required=False)


class CloseForm(forms.Form):
    on = day_field("撤销日期")

    def clean_on(self) -> dt.date:
        if self.cleaned_data["on"] > clock.today():
            raise forms.ValidationError("撤销日期还没到，请核对。")
        return self.cleaned_data["on"]


class AccountForm(forms.Form):
    holder = forms.CharField(label="户名", max_length=100, help_text="必须是组织自己的全称。")
    bank = forms.CharField(label="开户银行", max_length=60)
    number = forms.CharField(label="账号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


def selected(principal: Principal, form: JobFilter) -> QuerySet[PublicPost]:
    """The posts a filter asks for, each with how many people are on it."""
    form.is_valid()
    given = form.cleaned_data
    rows = principal.scoped("public_post", VIEW).filter(closed_on__isnull=given.get("closed") != "yes")
    if text := given.get("q"):
        rows = rows.filter(Q(employer__name__contains=text) | Q(name__contains=text))
    rows = rows.annotate(taken=Count("placements", filter=Q(placements__left_on=None)))
    return rows.order_by("employer__name", "name", "id")


@page(action=VIEW)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """All posts with places taken and free."""
    form = JobFilter(request.GET)
    rows = selected(request.principal, form)
    context = {"form": form, "rows": paginate(request, rows), "is_filtered": any(form.cleaned_data.values())}
    return render(request, "posts/jobs.html", context)


@page(action=VIEW)
@require_POST
def jobs_export(request: HttpRequest) -> HttpResponse:
    """The filtered posts as a workbook."""
    columns = [
        ("公益性就业组织", 32),
        ("岗位", 20),
        ("核定人数", 10),
        ("在岗", 8),
        ("批准的季度", 14),
        ("批准依据", 30),
        ("撤销日期", 12),
    ]

    def line(row: PublicPost) -> list:
        return [
            row.employer.name,
            row.name,
            row.headcount,
            row.taken,
            quarter_text(row.approved_from),
            row.approval,
            row.closed_on,
        ]

    return export(request, "公益性岗位", columns, selected(request.principal, JobFilter(request.POST)), line)


def quarter_text(day: dt.date) -> str:
    """2026年第2季度."""
    return f"{day.year}年第{(day.month - 1) // 3 + 1}季度"


@page(action=WORK)
def new_job(request: HttpRequest) -> HttpResponse:
    """登记岗位."""
    form = JobForm(
        request.principal, request.POST if request.method == "POST" else None, initial={"approved_from": clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        given, made = form.cleaned_data, []

        def act() -> str:
            values = {name: given[name] for name in ("name", "headcount", "approved_from", "approval")}
            made.append(placing.open_post(employer=given["unit"], by=request.user, **values))
            return f"岗位“{made[0]}”已登记，核定{made[0].headcount}人。"

        if attempt(request, act):
            return redirect("posts:job", made[0].pk)
    return asked(request, form, reverse("posts:jobs"), title="登记公益性岗位", button="登记岗位")


@page(action=VIEW, subject="public_post")
@require_GET
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One post and the people on it, those who left included."""
    post: PublicPost = request.subject
    people = post.placements.select_related("person").order_by("left_on", "person__pinyin", "id")
    context = {
        "post": post,
        "quarter": quarter_text(post.approved_from),
        "rows": paginate(request, people),
        "taken": placing.running(post).count(),
        "account": accounts.current_of([post.employer]).get(post.employer_id),
    }
    return render(request, "posts/job.html", context)


@page(action=WORK, subject="public_post")
def edit_job(request: HttpRequest, pk: int) -> HttpResponse:
    """调整核定人数."""
    post: PublicPost = request.subject
    first = {"headcount": post.headcount, "approval": post.approval}
    form = EditForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            held = placing.change_post(post=post, by=request.user, **form.cleaned_data)
            return f"核定人数已改为{held.headcount}人。"

        if attempt(request, act):
            return redirect("posts:job", pk)
    return asked(request, form, reverse("posts:job", args=[pk]), title="调整核定人数", button="保存", about=str(post))


@page(action=WORK, subject="public_post")
def close_job(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销岗位, once nobody is on it."""
    post: PublicPost = request.subject
    form = CloseForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            held = placing.close_post(post=post, on=form.cleaned_data["on"], by=request.user)
            return f"岗位“{held.name}”已撤销。"

        if attempt(request, act):
            return redirect("posts:job", pk)
    return asked(
        request, form, reverse("posts:job", args=[pk]), title="撤销岗位", button="撤销", danger=True, about=str(post)
    )


@page(action=WORK, subject="employer")
def unit_account(request: HttpRequest, pk: int) -> HttpResponse:
    """登记组织的收款账户, checked against its name."""
    unit: Employer = request.subject
    form = AccountForm(request.POST if request.method == "POST" else None, initial={"holder": unit.name})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            made = accounts.set_payee_account(owner=unit, by=request.user, **form.cleaned_data)
            return f"收款账户已登记：{made.bank} {made.number_masked}。"

        if attempt(request, act):
            return redirect("posts:jobs")
    return asked(
        request,
        form,
        reverse("posts:jobs"),
        title="登记组织的收款账户",
        button="登记",
        about=unit.name,
        notes=["专项补贴只拨到组织自己的账户。已经签批的审批表仍按原来的账户。"],
    )
