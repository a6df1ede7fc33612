"""应聘的人: everybody on their way to the firm's vacancies, one of them with what may be known, and the results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from renben.channels.employer.applicants_forms import ArrangeForm, FailedForm, HiredForm, RemoteForm
from renben.channels.employer.asking import ask, at_once
from renben.channels.paging import paginate
from renben.channels.workbench.downloads import attachment, export
from renben.kernel import clock
from renben.kernel.policy import EMPLOYER, page
from renben.services.placement import applicants, candidates, referring, results, seekers_papers
from renben.services.placement.interviews import meeting, telling
from renben.services.placement.interviews.models import Interview, Side
from renben.services.placement.models import Referral, Vacancy

State = Referral.State


class ApplicantFilter(forms.Form):
    vacancy = forms.ModelChoiceField(
        label="岗位", required=False, queryset=Vacancy.objects.none(), empty_label="全部岗位"
    )
    state = forms.ChoiceField(required=False, choices=[("", "全部"), *State.choices])

    def __init__(self, request: HttpRequest, data: Any) -> None:
        super().__init__(data)
        mine = request.principal.of_firm("firm_vacancy").filter(referrals__isnull=False).distinct()
        self.fields["vacancy"].queryset = mine.order_by("-registered_on", "-id")
        self.fields["vacancy"].label_from_instance = lambda one: f"{one.title}（{one.number[-6:]}）"
        self.fields["vacancy"].widget.attrs["class"] = "form-select"


def selected(request: HttpRequest, form: ApplicantFilter, *, by_state: bool = True) -> QuerySet[Referral]:
    """The applicants a filled-in filter asks for, the newest first."""
    form.is_valid()
    asked, rows = form.cleaned_data, request.principal.of_firm("firm_referral")
    if asked.get("vacancy"):
        rows = rows.filter(vacancy=asked["vacancy"])
    if by_state and asked.get("state"):
        rows = rows.filter(state=asked["state"])
    return rows.order_by("-made_on", "-id")


def how(referral: Referral) -> str:
    """The state in the words of the firm."""
    if applicants.waits_for_answer(referral):
        return "等对方答复"
    if referral.state in (State.MADE, State.TOLD):
        return "等您约面试" if referral.interview_at is None else "已约面试"
    return {State.INTERVIEWED: "等您给结果", State.DECLINED: "对方不来"}.get(
        referral.state, referral.get_state_display()
    )


@page(EMPLOYER)
@require_GET
def applicant_list(request: HttpRequest) -> HttpResponse:
    """Who is on the way to us."""
    form = ApplicantFilter(request, request.GET)
    found = dict(selected(request, form, by_state=False).order_by().values_list("state").annotate(n=Count("id")))
    current = form.cleaned_data.get("state", "")
    rows = paginate(request, selected(request, form))
    for row in rows:
        row.name, row.how, row.waits = applicants.name_of(row), how(row), applicants.waits_for_answer(row)
    context = {
        "form": form,
        "rows": rows,
        "tabs": [
            {"code": code, "label": label, "count": found.get(code, 0), "here": code == current}
            for code, label in State.choices
        ],
        "all_count": sum(found.values()),
        "current": current,
        "is_filtered": any(form.cleaned_data.values()),
    }
    return render(request, "employer/applicants.html", context)


@page(EMPLOYER)
@require_POST
def applicant_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook; names as on the screen, telephones on each page alone."""
    columns = [
        ("姓名", 14), ("岗位", 18), ("怎么来的", 14), ("日期", 12), ("现在怎样", 12), ("面试时间", 18), ("面试地点", 24),
        ("就业日期", 12), ("没成的原因", 16),
    ]  # fmt: skip

    def line(row: Referral) -> list:
        at = row.interview_at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if row.interview_at else ""
        return [
            applicants.name_of(row), row.vacancy.title, row.get_way_display(), row.made_on, how(row), at,
            row.interview_place, row.hired_on, row.get_unfit_display() if row.unfit else "",
        ]  # fmt: skip

    return export(request, "应聘的人", columns, selected(request, ApplicantFilter(request, request.POST)), line)


def _remote(referral: Referral) -> Interview | None:
    return referral.interviews.filter(state=Interview.State.BOOKED).order_by("-starts_at").first()


@page(EMPLOYER, subject="firm_referral", reads_personal=True)
@require_GET
def applicant(request: HttpRequest, pk: int) -> HttpResponse:
    """One applicant: what may be known, why they suit, what is next."""
    referral: Referral = request.subject
    remote = _remote(referral)
    door = reverse("interview", args=[remote.code_of(Side.EMPLOYER)]) if remote is not None else ""
    is_open = referral.state in Referral.UNDER_WAY
    context = {
        "referral": referral,
        "vacancy": referral.vacancy,
        "seeker": referral.seeker,
        "name": applicants.name_of(referral),
        "phone": applicants.phone_of(referral),
        "how": how(referral),
        "waits": applicants.waits_for_answer(referral),
        "is_open": is_open,
        "may_act": is_open and applicants.is_known(referral),
        "shows_profile": applicants.shows_profile(referral),
        "skills": candidates.skills_of(referral.seeker) if referral.seeker is not None else None,
        "remote": remote,
        "door": door,
    }
    return render(request, "employer/applicant.html", context)


@page(EMPLOYER, subject="firm_referral", reads_personal=True)
@require_GET
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """简历 as PDF, of whoever applied or lets employers see it."""
    referral: Referral = request.subject
    if not applicants.shows_profile(referral):
        messages.error(request, "本人没有公开简历，面试时可以当面问。")
        return redirect("employer:applicant", pk)
    shown = [part for part in seekers_papers.USUAL if part != "phone" or applicants.may_call(referral)]
    content = seekers_papers.resume_pdf(referral.seeker, shown)
    return attachment(content, f"{referral.person.name}的简历.pdf", "application/pdf")


def _ask(request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], str], **words: Any) -> HttpResponse:
    """Asked only about somebody whose yes is there."""

    def known(given: dict[str, Any]) -> str:
        applicants.demand_known(request.subject)
        return act(given)

    back = reverse("employer:applicant", args=[request.subject.pk])
    return ask(request, form, known, back=back, **words)


@page(EMPLOYER, subject="firm_referral")
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """约面试; the person is told at once."""
    referral: Referral = request.subject
    place = referral.interview_place or referral.vacancy.place or referral.vacancy.employer.address
    form = ArrangeForm(request.POST or None, initial={"on": clock.today(), "place": place})

    def act(given: dict[str, Any]) -> str:
        made = referring.arrange(referral=referral, at=form.instant(), place=given["place"], by=request.user)
        return (
            f"面试约在{made.interview_at.astimezone(clock.ZONE):%m月%d日 %H:%M}，{made.interview_place}。已经告诉对方。"
        )

    name = applicants.name_of(referral)
    return _ask(
        request, form, act, question=f"约{name}面试", button="约定", consequences=["时间、地点会马上告诉对方。"]
    )


@page(EMPLOYER, subject="firm_referral")
def remote(request: HttpRequest, pk: int) -> HttpResponse:
    """约远程面试: both meet in the browser, nobody installs anything."""
    referral: Referral = request.subject
    form = RemoteForm(request.POST or None, initial={"on": clock.today()})

    def act(given: dict[str, Any]) -> str:
        made = meeting.appoint(referral=referral, starts_at=form.instant(), by=request.user)
        telling.appointed(made)
        return f"远程面试约在{made.starts_at.astimezone(clock.ZONE):%m月%d日 %H:%M}。到时候在这一页点“进入面试”。"

    lines = ["双方用手机或电脑的浏览器见面，不用装软件。对方会收到进入的网址。"]
    question = f"约{applicants.name_of(referral)}远程面试"
    return _ask(request, form, act, question=question, button="约好", consequences=lines)


@page(EMPLOYER, subject="firm_referral")
@require_POST
def interviewed(request: HttpRequest, pk: int) -> HttpResponse:
    """已面试，等结果."""

    def act() -> str:
        applicants.demand_known(request.subject)
        referring.note_interview(referral=request.subject, by=request.user)
        return "已记面试。定下来了请给结果，录用或不录用都要说一声。"

    return at_once(request, act, reverse("employer:applicant", args=[pk]))


@page(EMPLOYER, subject="firm_referral")
def hired(request: HttpRequest, pk: int) -> HttpResponse:
    """录用: the same act as at the counter; the person's office confirms it."""
    referral: Referral = request.subject
    form = HiredForm(request.POST or None, initial={"on": clock.today()})

    def act(given: dict[str, Any]) -> str:
        done = results.record_hired(
            referral=referral, hired_on=given["on"], wage_fen=form.wage_fen, words=given["words"], by=request.user,
            is_reported=True,
        )  # fmt: skip
        left = Vacancy.objects.get(pk=referral.vacancy_id).places_left
        full = "岗位已招满，不再推荐。" if done.is_full else f"还有{left}个名额。"
        return f"已记录用{done.referral.person.name}。{full}社保所会向本人核实，请按时签劳动合同、办就业登记。"

    name = applicants.name_of(referral)
    lines = ["记录用后，名额减一个，对方别的应聘同时取消。还没上班的请等上班那天再记。"]
    return _ask(request, form, act, question=f"录用{name}", button="记录用", consequences=lines)


@page(EMPLOYER, subject="firm_referral")
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """不录用, with the reason; the person is told, and the office finds another post."""
    referral: Referral = request.subject
    form = FailedForm(request.POST or None)

    def act(given: dict[str, Any]) -> str:
        outcome = State.DECLINED if given["who"] == "person" else State.REJECTED
        results.record_failed(
            referral=referral, outcome=outcome, unfit=given["unfit"], words=given["words"], by=request.user
        )
        return "已记结果，谢谢您说明原因，我们会推荐更合适的人。"

    question = f"{applicants.name_of(referral)}这次没成"
    return _ask(request, form, act, question=question, button="记结果", button_class="btn-danger")


@page(EMPLOYER, subject="firm_referral")
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回邀请 that nobody has answered."""
    referral: Referral = request.subject
    if not applicants.waits_for_answer(referral):
        return redirect("employer:applicant", pk)

    def act() -> str:
        referring.withdraw(referral=referral, reason="单位撤回邀请", by=request.user)
        return "邀请已撤回。"

    return at_once(request, act, reverse("employer:applicants"))


def news(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Applicants the firm has not dealt with: neither an interview nor a result, and no answer awaited."""
    unanswered = Q(way=Referral.Way.INVITED, accepted_on=None)
    return rows.filter(state__in=(State.MADE, State.TOLD), interview_at=None).exclude(unanswered)
