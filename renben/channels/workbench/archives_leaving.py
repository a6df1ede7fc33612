"""改转 and 转出: an archive goes to another street, to another keeper, or to its owner; with reason, paper and a slip to sign."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.channels.workbench.archives import ACTION, may_hand_out, may_redirect
from renben.channels.workbench.attempts import attempt
from renben.channels.workbench.people_forms import OfficeField
from renben.kernel import clock, settings_store
from renben.kernel.models import Organization
from renben.kernel.policy import page
from renben.services.registration import archives
from renben.services.registration.models import ArchiveMovement, PersonnelArchive

Move = ArchiveMovement.Kind
PAPER = "凭什么材料"


class RedirectForm(forms.Form):
    to = OfficeField(label="改转到", queryset=Organization.objects.none(), empty_label="请选择")
    reason = forms.CharField(label="原因", max_length=100, help_text="例如：户口已迁往光明街道。")
    paper = forms.CharField(label=PAPER, max_length=100, help_text="例如：户口簿首页和本人页，已核对原件。")

    def __init__(self, *args: object, archive: PersonnelArchive, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offices = Organization.objects.filter(tier="street", is_active=True).exclude(pk=archive.target_organization_id)
        self.fields["to"].queryset = offices.order_by("path")


class HandOutForm(forms.Form):
    way = forms.ChoiceField(
        label="转到哪里",
        choices=[("unit", "转往接收单位或其他档案管理机构"), ("self", "交给本人")],
        widget=forms.RadioSelect,
        initial="unit",
    )
    to = forms.CharField(
        label="接收单位名称", max_length=80, required=False, help_text="转往单位时填全称；交给本人的不填。"
    )
    reason = forms.CharField(label="原因", max_length=80, help_text="例如：新单位招用，调档。")
    paper = forms.CharField(label=PAPER, max_length=80, help_text="例如：调档函〔2026〕12号；本人身份证原件。")
    is_sealed = forms.BooleanField(label="已清点材料、密封档案")

    def clean(self) -> dict:
        asked = super().clean()
        if asked.get("way") == "unit" and len(asked.get("to", "").strip()) < 2:
            self.add_error("to", "请填接收单位的全称。")
        return asked

    @property
    def receiver(self) -> str:
        return "本人" if self.cleaned_data["way"] == "self" else self.cleaned_data["to"].strip()


def _told(asked: dict) -> str:
    return f"{asked['reason'].strip().rstrip('。')}。凭：{asked['paper'].strip()}"


def _not_here(request: HttpRequest, archive: PersonnelArchive, act: str) -> HttpResponse:
    messages.error(request, f"这份档案现在是“{archive.get_state_display()}”，不能从您这里{act}。")
    return redirect("archives:archive", archive.pk)


@page(action=ACTION, subject="archive")
def redirect_to(request: HttpRequest, pk: int) -> HttpResponse:
    """改转: the archive belongs to another street now."""
    archive: PersonnelArchive = request.subject
    if not may_redirect(request.principal, archive):
        return _not_here(request, archive, "改转")
    form = RedirectForm(request.POST if request.method == "POST" else None, archive=archive)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]

        def act() -> str:
            archives.redirect_archive(
                archive=archive, to_organization=to, by=request.user, note=_told(form.cleaned_data)
            )
            return f"{archive.person.name}的档案已改转{to.short_name}，编入花名册后由{to.short_name}领取。请打印改转单随档案交接。"

        return redirect("archives:slip" if attempt(request, act) else "archives:archive", pk)
    consequences = [
        f"现在在{archive.organization.name}，原定转往{archive.target_organization.name}。",
        "改转后等待编入新街镇的花名册；已经编入花名册或已经由街镇接收的，转移时限从今天重新计算。",
        "只改档案去向。本人户口也迁走的，请在人员档案里点“转街镇”，办件和档案会一起转。",
    ]
    return _confirm(request, archive, form, "改转到别的街镇", consequences, "改转")


@page(action=ACTION, subject="archive")
def hand_out(request: HttpRequest, pk: int) -> HttpResponse:
    """转出: to an employer or another keeper, or to the person."""
    archive: PersonnelArchive = request.subject
    if not may_hand_out(request.principal, archive):
        return _not_here(request, archive, "转出")
    form = HandOutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            told = f"{form.receiver}。{_told(form.cleaned_data)}"
            archives.hand_out_archive(archive=archive, to=told, by=request.user)
            return f"{archive.person.name}的档案已转出，接收：{form.receiver}。请打印转出单，由接收人签收。"

        return redirect("archives:slip" if attempt(request, act) else "archives:archive", pk)
    consequences = [
        f"档案现在在{archive.organization.name}。转出后不再由我们保管，这里只留流转记录。",
        "登记后不能撤回；以后档案再回来，要重新接收。",
    ]
    return _confirm(request, archive, form, "转出，或交给本人", consequences, "转出")


def _confirm(
    request: HttpRequest, archive: PersonnelArchive, form: forms.Form, what: str, consequences: list[str], button: str
) -> HttpResponse:
    context = {
        "question": f"把{archive.person.name}的档案{what}",
        "consequences": consequences,
        "form": form,
        "button": f"确认{button}",
        "button_class": "btn-danger",
        "back": f"/archives/{archive.pk}/",
    }
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


@page(action=ACTION, subject="archive")
@require_GET
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """档案改转单 or 档案转出单 of the latest such movement, for print and signature."""
    archive: PersonnelArchive = request.subject
    movement = (
        archive.movements.filter(kind__in=(Move.REDIRECTED, Move.RETURNED))
        .select_related("from_organization", "to_organization", "by")
        .order_by("-id")
        .first()
    )
    if movement is None:
        messages.info(request, "这份档案没有改转或转出过，没有可以打印的单子。")
        return redirect("archives:archive", pk)
    is_out = movement.kind == Move.RETURNED
    context = {
        "archive": archive,
        "person": archive.person,
        "movement": movement,
        "is_out": is_out,
        "title": "档案转出单" if is_out else "档案改转单",
        "office_name": movement.from_organization.name
        if movement.from_organization
        else settings_store.get("office.name"),
        "today": clock.today(),
    }
    return render(request, "archives/slip.html", context)
