"""What was registered wrongly about somebody on a post: a leave taken back, a wage corrected from a month on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.posts import WORK
from renben.channels.workbench.posts_acts import asked
from renben.kernel.policy import page
from renben.services.support.posts import correcting
from renben.services.support.posts.models import PostPlacement


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label="为什么撤销",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：同名同姓，登记错了人；以单位的在岗证明为准。",
    )


class WageForm(forms.Form):
    from_month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="从哪个月起",
        error_messages={"invalid": "月份请写成 2026-11 这样。"},
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    base = forms.DecimalField(
        label="基本工资（元）",
        min_value=Decimal("0.01"),
        max_value=Decimal("999999"),
        decimal_places=2,
        help_text="更正后的数，不低于当月的最低工资。",
    )
    floating = forms.DecimalField(
        label="浮动工资（元）",
        min_value=Decimal(0),
        max_value=Decimal("999999"),
        decimal_places=2,
        required=False,
        help_text="不填的，各月浮动工资照原来的工资表。",
    )
    number = forms.CharField(label="补充协议编号", max_length=60, required=False)
    reason = forms.CharField(
        label="更正的原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明哪里报错了、以什么材料为准。",
    )

    def wage(self) -> correcting.NewWage:
        """As the service takes it."""
        given = self.cleaned_data
        floating = given["floating"]
        return correcting.NewWage(
            from_month=dt.date.fromisoformat(f"{given['from_month']}-01"),
            base_fen=int(given["base"] * 100),
            floating_fen=None if floating is None else int(floating * 100),
            number=given["number"],
            reason=given["reason"],
        )


def said(done: correcting.Corrected) -> str:
    """What becomes of the money, in one sentence."""
    texts = []
    if done.more_fen:
        texts.append(f"已签批的月份少发{done.more_fen / 100:,.2f}元，随下一张审批表补发。")
    if done.back_fen:
        texts.append(f"已签批的月份多拨{done.back_fen / 100:,.2f}元，要追回，见下面。")
    if done.waiting:
        months = "、".join(f"{month:%Y年%m月}" for month in done.waiting)
        texts.append(f"{months}的审批表已经签批，请补报工资表，随下一张补拨。")
    return "".join(texts) or "已签批的月份没有差额，还没签批的重新核算。"


@page(action=WORK, subject="post_placement")
def take_back_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销离岗: as if nobody had left, with the reason on record."""
    placement: PostPlacement = request.subject
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            done = correcting.take_back_leave(placement=placement, by=request.user, **form.cleaned_data)
            return "已撤销离岗，仍在岗。" + said(done)

        if attempt(request, act):
            return redirect("posts:placement", pk)
    left = placement.left_on
    return asked(
        request,
        form,
        reverse("posts:placement", args=[pk]),
        title="撤销离岗",
        button="撤销离岗",
        about=f"{placement.person.name}，{placement.post}"
        + (f"，{left:%Y年%m月%d日}{placement.get_leave_event_display()}" if left else ""),
        notes=["因离岗列为追回、还没有追回的，不再追回；离岗以后没有发的月份，报了工资表就能发。就业状态一并改回。"],
    )


@page(action=WORK, subject="post_placement")
def correct_wage(request: HttpRequest, pk: int) -> HttpResponse:
    """更正工资: from a month on, signed months too; the difference is computed, never typed."""
    placement: PostPlacement = request.subject
    form = WageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            return "工资已更正。" + said(
                correcting.correct_wage(placement=placement, wage=form.wage(), by=request.user)
            )

        if attempt(request, act):
            return redirect("posts:placement", pk)
    return asked(
        request,
        form,
        reverse("posts:placement", args=[pk]),
        title="更正工资",
        button="更正工资",
        about=f"{placement.person.name}，{placement.post}，合同上的基本工资{placement.base_fen / 100:,.2f}元",
        notes=["已签批的月份按规则重新核算：少发的随下一张审批表补发，由另一人签批；多发的转为追回。"],
    )
