"""推荐: every referral of the territory as a list, one referral with everything around it, its letter and its slip."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from renben.channels.paging import paginate
from renben.channels.workbench.attempts import of_people, offices_under
from renben.channels.workbench.downloads import export
from renben.channels.workbench.referrals_forms import FORMS, of_referral
from renben.kernel import masking
from renben.kernel.models import Organization
from renben.kernel.people import phone_of
from renben.kernel.policy import Principal, page
from renben.services.placement import applicants, confirming, referral_limits, referral_papers
from renben.services.placement.models import Referral

VIEW, WORK = "referral.view", "referral.work"
State = Referral.State


class ReferralFilter(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、证件号、岗位、单位", max_length=40, required=False)
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])
    way = forms.ChoiceField(label="方式", required=False, choices=[("", "全部"), *Referral.Way.choices])
    street = forms.ModelChoiceField(
        label="街（镇）", required=False, queryset=Organization.objects.none(), empty_label="全部"
    )
    since = forms.DateField(label="推荐日期从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, principal: Principal, data: Any) -> None:
        super().__init__(data)
        self.fields["street"].queryset = offices_under(principal, VIEW)
        self.fields["street"].label_from_instance = lambda office: office.short_name


def selected(principal: Principal, form: ReferralFilter, *, by_state: bool = True) -> QuerySet[Referral]:
    """The referrals a filled-in filter asks for, inside the reader's territory."""
    form.is_valid()
    asked, rows = form.cleaned_data, principal.scoped("referral", VIEW)
    if text := asked.get("q", "").strip():
        named = Q(vacancy__title__icontains=text) | Q(vacancy__employer__name__icontains=text)
        rows = rows.filter(named | Q(pk__in=of_people(Referral.objects.all(), text).values("pk")))
    if asked.get("street"):
        rows = rows.filter(organization__path__startswith=asked["street"].path)
    if asked.get("way"):
        rows = rows.filter(way=asked["way"])
    if asked.get("since"):
        rows = rows.filter(made_on__gte=asked["since"])
    if asked.get("until"):
        rows = rows.filter(made_on__lte=asked["until"])
    return rows.filter(state=asked["state"]) if by_state and asked.get("state") else rows


@page(action=VIEW)
@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """Referrals by state; the numbers are the filter."""
    form = ReferralFilter(request.principal, request.GET)
    everywhere = selected(request.principal, form, by_state=False).order_by()
    found = dict(everywhere.values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    context = {
        "form": form,
        "rows": paginate(request, selected(request.principal, form).order_by("-made_on", "-id")),
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
    }
    return render(request, "referrals/list.html", context)


@page(action=VIEW)
@require_POST
def referral_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook, numbers masked as on the screen."""
    rows = selected(request.principal, ReferralFilter(request.principal, request.POST)).order_by("-made_on", "-id")
    columns = [
        ("推荐日期", 12), ("姓名", 10), ("证件号码", 22), ("岗位", 18), ("单位", 28), ("方式", 14), ("匹配分", 8), ("状态", 14),
        ("通知日期", 12), ("陪同人员", 12), ("面试地点", 24), ("结果日期", 12), ("没成的原因", 16), ("就业日期", 12),
        ("约定月工资（元）", 14), ("离开日期", 12), ("说明", 30), ("推荐人", 10), ("推荐机构", 18),
    ]  # fmt: skip

    def line(row: Referral) -> list[Any]:
        return [
            row.made_on, row.person.name, row.person.id_masked, row.vacancy.title, row.vacancy.employer.name,
            row.get_way_display(), row.score, row.get_state_display(), row.told_on, row.companion, row.interview_place,
            row.result_on, row.get_unfit_display() if row.unfit else "", row.hired_on,
            row.wage_fen // 100 if row.wage_fen else None, row.left_on, row.result_note,
            row.made_by.display_name if row.made_by else "本人", row.organization.short_name,
        ]  # fmt: skip

    return export(request, "推荐岗位名单", columns, rows, line)


def show(request: HttpRequest, referral: Referral, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    """The page of one referral; `bound` are forms that came back with something to correct, by name."""
    vacancy, person = referral.vacancy, referral.person
    is_open = referral.state in Referral.UNDER_WAY
    form = referral_limits.interview_form(vacancy.headcount)
    context = {
        "referral": referral,
        "person": person,
        "vacancy": vacancy,
        "phone": masking.mask_phone(phone_of(person), "detail") if person.phone_enc else "没有电话",
        "is_open": is_open,
        "is_filled": is_open and vacancy.filled >= vacancy.headcount,
        "is_unanswered": applicants.waits_for_answer(referral),
        "is_unconfirmed": confirming.waits(referral),
        "may_work": request.principal.may(WORK),
        "contacts": list(referral.contacts.select_related("by").order_by("due_on", "id")),
        "interview_form": referral_limits.interview_form_label(form),
        "is_fair": form == "fair",
        "forms": {
            name: bound.get(name) or make(initial=of_referral(name, referral), prefix=name)
            for name, make in FORMS.items()
        },
    }
    return render(request, "referrals/referral.html", context, status=status)


@page(action=VIEW, subject="referral", reads_personal=True)
@require_GET
def referral_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who, where, why this post, what has been done, what is due."""
    return show(request, request.subject)


@page(action="document.print", subject="referral")
@require_POST
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """《推荐介绍信》: issued at the first print, the same paper afterwards."""
    paper = referral_papers.print_letter(referral=request.subject, by=request.user)
    return redirect("cases:document", pk=paper.pk)


@page(action=VIEW, subject="referral", reads_personal=True)
@require_GET
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """面试告知单: what the person takes along, on one printed page."""
    referral: Referral = request.subject
    context = {
        "referral": referral,
        "person": referral.person,
        "vacancy": referral.vacancy,
        "contact": referral_papers.contact_of(referral),
        "wage": referral_papers.month_wage_text(referral.vacancy),
    }
    return render(request, "referrals/slip.html", context)
