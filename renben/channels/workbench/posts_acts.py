"""Acts on a person's place: put on a post, agreement renewed, left, money that came back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.posts import WORK
from renben.kernel import clock
from renben.kernel.models import Person
from renben.kernel.people import find_by_number
from renben.kernel.policy import Principal, page
from renben.services.support.posts import placing
from renben.services.support.posts.codes import LeaveEvent
from renben.services.support.posts.models import PostAmount, PostPlacement, PublicPost


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def not_later(day: dt.date) -> dt.date:
    if day > clock.today():
        raise forms.ValidationError("日期还没到，请填写实际发生的日期。")
    return day


class PlaceForm(forms.Form):
    number = forms.CharField(
        label="居民身份证号码",
        max_length=20,
        help_text="先在“人员档案”里建好档案；就业特困人员才能安置。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreement_number = forms.CharField(label="劳动合同编号", max_length=60, required=False)
    started_on = day_field("上岗日期")
    ends_on = day_field("合同到期日")
    base = forms.DecimalField(
        label="基本工资（元）",
        min_value=Decimal("0.01"),
        max_value=Decimal("999999"),
        decimal_places=2,
        help_text="不低于当年最低工资。",
    )
    child_birth_on = day_field("独生子女出生日期", "有独生子女费的才填。", required=False)
    retire_on = day_field("达到法定退休年龄日期", "不填的，按性别和出生日期算。", required=False)
    first_month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="从哪个月起由平台拨付",
        required=False,
        help_text="不填的，从上岗当月起。启用平台以前已经拨过的，填平台开始拨付的月份，免得重拨。",
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month"}),
    )

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal
        self.person: Person | None = None

    def clean_number(self) -> str:
        text = self.cleaned_data["number"].strip()
        found = find_by_number("resident_id", text)
        if found is not None:
            self.person = self.principal.scoped("person", WORK).filter(pk=found.pk).first()
        if self.person is None:
            raise forms.ValidationError("本区没有这个证件号码的人员档案，请核对号码，或先新建档案。")
        return text

    def clean_started_on(self) -> dt.date:
        return not_later(self.cleaned_data["started_on"])

    def agreement(self) -> placing.Agreement:
        """As the service takes it."""
        given = self.cleaned_data
        month = given["first_month"]
        return placing.Agreement(
            started_on=given["started_on"],
            ends_on=given["ends_on"],
            base_fen=int(given["base"] * 100),
            number=given["agreement_number"],
            child_birth_on=given["child_birth_on"],
            retire_on=given["retire_on"],
            first_month=dt.date.fromisoformat(f"{month}-01") if month else None,
        )


class ChangeForm(forms.Form):
    ends_on = day_field("合同到期日", "续签的，填新合同的到期日。")
    child_birth_on = day_field("独生子女出生日期", "有独生子女费的才填。", required=False)


class LeaveForm(forms.Form):
    event = forms.ChoiceField(label="离岗情形", choices=[("", "请选择"), *LeaveEvent.choices])
    last_on = day_field("在岗最后一天", "这一天所在的月份照算，以后的月份不再拨付；已经拨出的转为追回。")
    note = forms.CharField(
        label="情况说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明怎样得知、有什么材料。",
    )

    def clean_last_on(self) -> dt.date:
        return not_later(self.cleaned_data["last_on"])


class RecoverForm(forms.Form):
    on = day_field("追回日期")
    note = forms.CharField(label="凭据", max_length=200, help_text="例如：收据号、银行回单号。")

    def clean_on(self) -> dt.date:
        return not_later(self.cleaned_data["on"])


def asked(request: HttpRequest, form: forms.Form, back: str, **words: Any) -> HttpResponse:
    """The page that asks for an act: title, notes, form, one button and the way back."""
    context = {"form": form, "back": back, **words}
    return render(request, "posts/act.html", context, status=422 if form.is_bound else 200)


@page(action=WORK, subject="public_post")
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """安排上岗."""
    post: PublicPost = request.subject
    form = PlaceForm(request.principal, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            made = placing.place(post=post, person=form.person, agreement=form.agreement(), by=request.user)
            return f"{made.person.name}已在“{post}”上岗，就业状态已改为公益性岗位。"

        if attempt(request, act):
            return redirect("posts:job", pk)
    return asked(
        request,
        form,
        reverse("posts:job", args=[pk]),
        title="安排上岗",
        button="安排上岗",
        about=f"{post}，核定{post.headcount}人",
        notes=["一个人只能在一个公益性岗位上；工资、保险、公积金和福利以后每月由规则算出，不能手填。"],
    )


@page(action=WORK, subject="post_placement")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """续签合同, and a child that was not on file."""
    placement: PostPlacement = request.subject
    first = {"ends_on": placement.ends_on, "child_birth_on": placement.child_birth_on}
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            placing.change(placement=placement, by=request.user, **form.cleaned_data)
            return "已登记。还没有列入签批审批表的月份，下次生成审批表时重新核算。"

        if attempt(request, act):
            return redirect("posts:placement", pk)
    return asked(
        request,
        form,
        reverse("posts:placement", args=[pk]),
        title="续签合同、补充情况",
        button="登记",
        about=f"{placement.person.name}，{placement.post}",
        notes=["基本工资有变的，在当月的“工资表”里填新的数。"],
    )


@page(action=WORK, subject="post_placement")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """登记离岗: the months after the last day are not paid, and paid ones come back."""
    placement: PostPlacement = request.subject
    form = LeaveForm(request.POST if request.method == "POST" else None, initial={"last_on": clock.today()})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            _, over = placing.leave(placement=placement, by=request.user, **form.cleaned_data)
            owed = sum(one.fen for one in over) / 100
            return "已登记离岗。" + (f"以后的月份已经拨出{owed:,.2f}元，要追回，见下面。" if over else "")

        if attempt(request, act):
            return redirect("posts:placement", pk)
    return asked(
        request,
        form,
        reverse("posts:placement", args=[pk]),
        title="登记离岗",
        button="登记离岗",
        danger=True,
        about=f"{placement.person.name}，{placement.post}",
        notes=["离岗当月的工资、保险、公积金照整月算；试用期内解除合同的，各项福利都不发。"],
    )


@page(action=WORK, subject="post_amount")
def recover(request: HttpRequest, pk: int) -> HttpResponse:
    """登记追回 of one month's heading."""
    amount: PostAmount = request.subject
    form = RecoverForm(request.POST if request.method == "POST" else None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            placing.record_recovery(amount=amount, by=request.user, **form.cleaned_data)
            return f"已登记追回{amount.fen / 100:,.2f}元。"

        if attempt(request, act):
            return redirect("posts:placement", amount.placement_id)
    return asked(
        request,
        form,
        reverse("posts:placement", args=[amount.placement_id]),
        title="登记追回",
        button="登记追回",
        about=f"{amount.person.name}，{amount.month:%Y年%m月}{amount.get_heading_display()}"
        + (f"，{amount.fen / 100:,.2f}元" if amount.fen else ""),
        notes=["收齐这一笔再登记。"],
    )
