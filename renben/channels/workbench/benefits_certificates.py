"""《就业失业登记证》: blanks on hand, certificates issued, reissue and revocation (J-4.2.1 step 4)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels import export as xlsx
from renben.channels.paging import paginate
from renben.channels.workbench.attempts import Refused, attempt, of_people, office_of, offices_under
from renben.channels.workbench.downloads import export
from renben.kernel import clock
from renben.kernel.models import Organization
from renben.kernel.policy import Principal, page
from renben.services.registration import certificates, limits
from renben.services.registration.models import CertificateStock, RegistrationCertificate, StockMovement

ACTION = "certificate.stock"
State = RegistrationCertificate.State
Kind = StockMovement.Kind


def selected(request: HttpRequest, data: Any) -> tuple[QuerySet[RegistrationCertificate], str, str]:
    """Certificates asked for, with the text and state of the question."""
    rows = request.principal.scoped("certificate", ACTION).order_by("-issued_on", "-id")
    text, state = data.get("q", "").strip()[:40], data.get("state", "")
    if text:
        rows = of_people(rows, text) if not text.isdigit() or len(text) < 12 else rows.filter(Q(number=text))
    if state in State.values:
        rows = rows.filter(state=state)
    else:
        state = ""
    return rows, text, state


@page(action=ACTION)
@require_GET
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Certificates issued in the territory."""
    rows, text, state = selected(request, request.GET)
    context = {
        "rows": paginate(request, rows),
        "text": text,
        "state": state,
        "states": State.choices,
        "is_filtered": bool(text or state),
    }
    return render(request, "benefits/certificates.html", context)


@page(action=ACTION)
@require_POST
def certificate_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    rows, _, _ = selected(request, request.POST)
    columns = [
        ("证书编号", 20), ("姓名", 10), ("证件号码", 22), ("发证机构", 22), ("发证日期", 12), ("状态", 12),
        ("补发次数", 8), ("注销日期", 12), ("注销原因", 24),
    ]  # fmt: skip

    def line(row: RegistrationCertificate) -> list:
        return [
            row.number, row.person.name, row.person.id_masked, row.organization.short_name, row.issued_on,
            row.get_state_display(), row.reissue_count, row.revoked_on, row.revoke_reason,
        ]  # fmt: skip

    return export(request, "就业失业登记证发放清单", columns, rows, line)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


@page(action=ACTION, subject="certificate")
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """补发: the number stays, one blank of my office is used."""
    held: RegistrationCertificate = request.subject
    office = office_of(request.principal, ACTION)

    def act(reason: str) -> str:
        certificates.reissue_certificate(certificate=held, organization=office, reason=reason, by=request.user)
        return f"已补发，编号仍是 {held.number}，用掉空白证 1 本。"

    return _with_reason(
        request,
        act,
        question=f"补发 {held.person.name} 的《就业失业登记证》？",
        consequences=[
            f"编号 {held.number} 不变，从{office.short_name}的空白证里用掉 1 本。",
            "请收回损坏的旧证；遗失的请本人写明情况。",
        ],
        button="补发",
        button_class="btn-primary",
    )


@page(action=ACTION, subject="certificate")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """注销: the public check says so at once."""
    held: RegistrationCertificate = request.subject

    def act(reason: str) -> str:
        certificates.revoke_certificate(certificate=held, reason=reason, by=request.user)
        return f"证书 {held.number} 已注销，公众查验会立即显示。"

    return _with_reason(
        request,
        act,
        question=f"注销 {held.person.name} 的《就业失业登记证》？",
        consequences=[f"编号 {held.number}。注销后不能恢复；再次登记时会重新发证。"],
        button="注销证书",
        button_class="btn-danger",
    )


def _with_reason(request: HttpRequest, act: Any, **context: Any) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        attempt(request, lambda: act(form.cleaned_data["reason"]))
        return redirect("benefits:certificates")
    context |= {"form": form, "back": "../../"}
    return render(request, "confirm.html", context, status=422 if form.is_bound else 200)


class StockForm(forms.Form):
    """A booking of blanks at one office."""

    office = forms.ModelChoiceField(label="机构", queryset=Organization.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        label="类型",
        choices=[
            ("hand_out", "拨付给街镇"),
            (Kind.RECEIVED, "领入"),
            (Kind.SPOILED, "作废"),
            (Kind.COUNTED, "盘点后实有数"),
        ],
    )
    count = forms.IntegerField(label="数量（本）", min_value=0, max_value=100_000)
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, principal: Principal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Organization.objects.filter(
            principal.within("path", ACTION), tier__in=["street", "district"], is_active=True
        ).order_by("path")
        self.fields["office"].queryset = offices
        self.fields["office"].label_from_instance = lambda office: office.short_name
        if not any(path for path in principal.paths(ACTION) if path.count("/") == 1):
            self.fields["kind"].choices = self.fields["kind"].choices[1:]


@page(action=ACTION)
def stock(request: HttpRequest) -> HttpResponse:
    """Blanks on hand by office, movements, and the booking."""
    form = StockForm(request.principal, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and attempt(request, lambda: _book(request, form)):
        return redirect("benefits:stock")
    line = limits.certificate_warning_line()
    paths = request.principal.within("organization__path", ACTION)
    movements, kind = movements_asked(request)
    held = dict(CertificateStock.objects.filter(paths).values_list("organization", "on_hand"))
    offices = list(offices_under(request.principal, ACTION)) + list(
        offices_under(request.principal, ACTION, "district")
    )
    context = {
        "form": form,
        "line": line,
        "stocks": sorted(
            (
                {"office": office, "on_hand": held.get(office.pk, 0), "low": held.get(office.pk, 0) < line}
                for office in offices
            ),
            key=lambda row: (not row["low"], row["office"].path),
        ),
        "rows": paginate(request, movements),
        "kind": kind,
        "kinds": Kind.choices,
        "today": clock.today(),
    }
    return render(request, "benefits/stock.html", context, status=422 if form.is_bound else 200)


def movements_asked(request: HttpRequest) -> tuple[QuerySet[StockMovement], str]:
    """Blanks in and out of the territory, and the kind that was asked for."""
    paths, kind = request.principal.within("organization__path", ACTION), request.GET.get("kind", "")
    rows = StockMovement.objects.filter(paths).select_related("organization", "certificate", "by").order_by("-id")
    return (rows.filter(kind=kind) if kind in Kind.values else rows), kind


@page(action=ACTION)
@require_GET
def stock_export(request: HttpRequest) -> HttpResponse:
    """The movements as a workbook."""
    rows = (
        [
            row.on,
            row.organization.name,
            row.get_kind_display(),
            row.delta,
            row.certificate.number if row.certificate else "",
            row.by.display_name if row.by else "系统",
            row.note,
        ]
        for row in movements_asked(request)[0][: xlsx.CAP]
    )
    headings = ["日期", "机构", "类型", "变动（本）", "证书编号", "经手", "说明"]
    return xlsx.xlsx(request, name="空白证出入库", headings=headings, rows=rows, action="stock")


def _book(request: HttpRequest, form: StockForm) -> str:
    office, kind = form.cleaned_data["office"], form.cleaned_data["kind"]
    count, note = form.cleaned_data["count"], form.cleaned_data["note"]
    if kind == "hand_out":
        if office.tier != "street":
            raise Refused("拨付要选一个街镇。")
        district = office.parent
        certificates.hand_out_blanks(from_organization=district, to_organization=office, count=count, by=request.user)
        return f"已拨付{office.short_name} {count} 本。"
    if kind == Kind.COUNTED:
        on_hand = CertificateStock.objects.filter(organization=office).values_list("on_hand", flat=True).first() or 0
        if not note.strip():
            raise Refused("盘点调整要写明原因。")
        delta = count - on_hand
    else:
        if count < 1:
            raise Refused("数量至少 1 本。")
        delta = count if kind == Kind.RECEIVED else -count
    held = certificates.move_stock(organization=office, delta=delta, kind=kind, by=request.user, note=note)
    return f"已登记，{office.short_name}现有 {held.on_hand} 本。"
