"""What an employer did to a referral online and the office looks into: an invitation the person answers, a hire the firm reported."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.referrals import WORK
from renben.kernel.policy import page
from renben.services.placement import confirming, inviting


@page(action=WORK, subject="referral")
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """本人同意单位邀请, told by telephone."""

    def act() -> str:
        held = inviting.accept(referral=request.subject, by=request.user)
        return f"已记{held.person.name}同意面试，单位现在看得到姓名和电话。"

    attempt(request, act)
    return redirect("referrals:referral", pk=pk)


@page(action=WORK, subject="referral")
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """单位报告的录用属实."""

    def act() -> str:
        held = confirming.confirm(referral=request.subject, by=request.user)
        return (
            f"已核实：{held.person.name}{held.hired_on:%m月%d日}起在{held.vacancy.employer.name}上班，就业状态已改好。"
        )

    attempt(request, act)
    return redirect("referrals:referral", pk=pk)


@page(action=WORK, subject="referral")
@require_POST
def refute(request: HttpRequest, pk: int) -> HttpResponse:
    """不属实."""

    def act() -> str:
        held = confirming.refute(referral=request.subject, words=request.POST.get("words", ""), by=request.user)
        return f"已记不属实：岗位名额退回，{held.person.name}的求职登记恢复。"

    attempt(request, act)
    return redirect("referrals:referral", pk=pk)
