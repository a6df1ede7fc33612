"""一次性发给: the rest of the months at once to whoever opened a business, or a farm contract worker's sum."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from renben.channels.templatetags.renben import yuan
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.benefits import ACTION
from renben.engines.payments.models import PaymentLine
from renben.kernel.policy import page
from renben.services.registration import lump_sums
from renben.services.registration.models import UnemploymentBenefit

REASONS = [
    ("领取营业执照自主创业", "领取营业执照自主创业"),
    ("农民合同制工人一次性生活补助", "农民合同制工人一次性生活补助"),
    ("other", "其他（请写明）"),
]


class LumpSumForm(forms.Form):
    reason = forms.ChoiceField(label="为什么一次性发给", choices=[("", "请选择"), *REASONS])
    other = forms.CharField(label="其他原因", max_length=150, required=False)
    paper = forms.CharField(
        label="凭什么材料",
        max_length=150,
        help_text="写材料名称和编号，例如：营业执照 92110113MA01234567，已核对原件。",
    )
    is_checked = forms.BooleanField(label="已核对材料原件和本人身份，知道发给以后不再按月发放")

    def __init__(self, *args: object, is_farm: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        kept = [REASONS[1] if is_farm else REASONS[0], REASONS[2]]
        self.fields["reason"].choices = [("", "请选择"), *kept]

    def clean(self) -> dict:
        asked = super().clean()
        if asked.get("reason") == "other" and len(asked.get("other", "").strip()) < 4:
            self.add_error("other", "请写明原因，至少四个字。")
        return asked

    @property
    def why(self) -> str:
        reason = self.cleaned_data["reason"]
        return self.cleaned_data["other"].strip() if reason == "other" else reason


@page(action=ACTION, subject="benefit")
def lump_sum(request: HttpRequest, pk: int) -> HttpResponse:
    """The sum first, then the reason and the paper, then the list of the month it stands on."""
    benefit: UnemploymentBenefit = request.subject
    if not lump_sums.is_payable(benefit):
        messages.info(request, f"待遇现在是“{benefit.get_state_display()}”，没有可以一次性发给的月份。")
        return redirect("benefits:benefit", pk)
    foreseen = lump_sums.foresee(benefit)
    form = LumpSumForm(request.POST if request.method == "POST" else None, is_farm=foreseen.is_farm)
    if request.method == "POST" and form.is_valid():
        made: list[PaymentLine] = []

        def act() -> str:
            made.append(
                lump_sums.pay(benefit=benefit, reason=form.why, paper=form.cleaned_data["paper"], by=request.user)
            )
            return (
                f"{benefit.person.name}的一次性金额 {yuan(made[0].fen)} 元已列入《发放一次性失业保险金人员名录》，"
                "请核对后确认名录。"
            )

        if attempt(request, act):
            return redirect("benefits:batch", made[0].batch_id)
        return redirect("benefits:benefit", pk)
    context = {"benefit": benefit, "person": benefit.person, "form": form, "foreseen": foreseen}
    return render(request, "benefits/lump_sum.html", context, status=422 if form.is_bound else 200)
