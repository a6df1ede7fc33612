"""找工作 for everybody: search, one job to read, print and pass on, what a trade pays, and telling the office of a false one.

No account, no JavaScript: what is asked stands in the address, so it can be passed on. Nothing of the reader is kept; a report is kept on
purpose.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, F, Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from renben.channels.flood import too_often
from renben.channels.pictures import qr
from renben.engines.coding import occupations
from renben.kernel import clock
from renben.kernel.models import Region
from renben.kernel.policy import PUBLIC, page
from renben.kernel.textnorm import halfwidth
from renben.services.placement import finding_vacancies, referring_checks, reporting, vacancies_words
from renben.services.placement.codes import Access, Shift, WorkKind
from renben.services.placement.finding_vacancies import SORTS, Wanted
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.vacancies_hints import Median

REPORTS_AN_HOUR = 5
"""So many reports may come from one address in an hour; the office's own bound is `reporting.MOST_A_DAY`."""
MOST_YUAN = 200_000
LONGEST = 64
"""Characters of what is looked for; the rest of a pasted advertisement adds nothing."""
FEWEST_POSTS = 5
"""A wage is told from so many posts on: fewer would tell one employer's."""
_PARAMETERS = {"offers": "offer", "shift": "shift", "kind": "kind", "wage": "wage", "region": "region"}
"""Field of the search → name in the address."""
_NOT_DIGIT = re.compile(r"\D")


def _select(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=widget)


class JobsForm(forms.Form):
    """What somebody looks for. Anything that makes no sense is left out instead of refused: the address is passed on."""

    q = forms.CharField(label="想干什么工作", max_length=LONGEST, required=False)
    region = _select("在哪里", [])
    wage = _select("月工资", [("", "不限"), *((str(y), f"{y}元以上") for y in (3000, 4000, 5000, 6000, 8000, 10000))])
    kind = _select("用工形式", [("", "不限"), *WorkKind.choices])
    shift = _select("班次", [("", "不限"), *Shift.choices])
    sort = _select("排序", list(SORTS.items()))
    offer = forms.MultipleChoiceField(
        label="还要",
        required=False,
        choices=list(finding_vacancies.OFFERS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    access = forms.MultipleChoiceField(
        label="无障碍等需要", required=False, choices=Access.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        streets = Region.objects.filter(level="street").order_by("code").values_list("code", "name")
        self.fields["region"].choices = [("", "全区"), *streets]

    def wanted(self, number: int) -> Wanted:
        self.is_valid()
        asked = self.cleaned_data
        region = asked.get("region") or ""
        return Wanted(
            text=(self["q"].value() or "")[:LONGEST],
            regions=(region,) if region else (),
            wage_from_fen=int(asked.get("wage") or 0) * 100,
            kinds=(asked["kind"],) if asked.get("kind") else (),
            shifts=(asked["shift"],) if asked.get("shift") else (),
            offers=tuple(asked.get("offer") or ()),
            access=tuple(asked.get("access") or ()),
            near=region,
            sort=asked.get("sort") or "",
            page=number,
        )


def told(vacancy: Vacancy) -> dict[str, Any]:
    """One job as a list shows it."""
    return {
        "vacancy": vacancy,
        "wage": vacancies_words.wage_text(vacancy),
        "needs": vacancies_words.needs_text(vacancy),
        "address": reverse("job", kwargs={"number": vacancy.number}),
    }


def _without(request: HttpRequest, field: str) -> str:
    """The same question with one wish given up; empty for a wish this page does not ask."""
    if field not in _PARAMETERS:
        return ""
    asked = request.GET.copy()
    asked.pop("page", None)
    asked.pop(_PARAMETERS[field], None)
    return f"?{asked.urlencode()}"


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 6 else 1


@page(PUBLIC)
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Search. What could not be met as asked is said above the results; there is no empty answer while anybody recruits."""
    form = JobsForm(request.GET)
    found = finding_vacancies.find(form.wanted(_number(request.GET.get("page", ""))))
    context = {
        "form": form,
        "found": found,
        "rows": [told(row) for row in found.rows],
        "offers": [(offer, _without(request, offer.field)) for offer in found.offers],
        "is_asked": bool(request.GET),
    }
    return render(request, "portal/jobs.html", context)


def public_job(number: str) -> Vacancy:
    """A job that was ever published; one that is being checked, was returned or taken down is not there for the public."""
    seen = (Vacancy.State.PUBLISHED, Vacancy.State.PAUSED, Vacancy.State.FILLED, Vacancy.State.EXPIRED)
    rows = Vacancy.objects.filter(state__in=seen, published_at__isnull=False)
    vacancy = rows.select_related("employer", "region__parent", "organization").filter(number=number).first()
    if vacancy is None:
        raise Http404("岗位")
    return vacancy


def is_open(vacancy: Vacancy) -> bool:
    return vacancy.state == Vacancy.State.PUBLISHED and vacancy.valid_until >= clock.today() and vacancy.places_left > 0


class ReportForm(forms.Form):
    """What is wrong with a job."""

    reason = forms.ChoiceField(label="举报什么", choices=list(reporting.REASONS.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label="说说情况", min_length=5, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="什么时候、谁、怎么说的。最多1000字。",
        error_messages={"min_length": "请多写几个字，说清是怎么回事。", "max_length": "写得太长了，请控制在1000字以内。"},
    )  # fmt: skip
    phone = forms.CharField(
        label="您的手机号", max_length=20, required=False, help_text="留了号码，核实后告诉您结果；不留也可以举报。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "tel"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        phone = _NOT_DIGIT.sub("", halfwidth(self.cleaned_data["phone"]))
        if phone and not re.fullmatch(r"1\d{10}", phone):
            raise forms.ValidationError("手机号要写11位数字，请核对；不想留就空着。")
        return phone


def _earlier(request: HttpRequest, vacancy: Vacancy) -> Referral | None:
    """Of a labourer who is signed in: the way to this job that has begun."""
    person_id = getattr(request.user, "person_id", None)
    return referring_checks.standing(person_id, vacancy.pk) if person_id else None


def _page(
    request: HttpRequest, vacancy: Vacancy, form: ReportForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    place = request.build_absolute_uri(reverse("job", kwargs={"number": vacancy.number}))
    public = f"{settings.PUBLIC_BASE_URL}{reverse('job', kwargs={'number': vacancy.number})}"
    context = {
        **told(vacancy),
        "is_open": is_open(vacancy),
        "trade": occupations.tree().name(vacancy.occupation) if vacancy.occupation else "",
        "kinds": [Access(code).label for code in vacancy.access],
        "picture": qr(public if settings.PUBLIC_BASE_URL else place),
        "similar": [told(row) for row in finding_vacancies.similar(vacancy)],
        "form": form,
        "earlier": _earlier(request, vacancy),
        "said": said,
    }
    return render(request, "portal/job.html", context, status=status)


@page(PUBLIC)
@require_GET
def job(request: HttpRequest, number: str) -> HttpResponse:
    """One job, as it stands this moment; a filled one says so and shows similar ones."""
    return _page(request, public_job(number), ReportForm())


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def report_job(request: HttpRequest, number: str) -> HttpResponse:
    """举报. Needs no account."""
    vacancy = public_job(number)
    if request.method != "POST":
        return _page(request, vacancy, ReportForm())
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _page(request, vacancy, form, status=422)
    if too_often(request, "job-report", REPORTS_AN_HOUR):
        form.add_error(None, "一小时里举报的次数太多了，请过一会儿再来，或打电话告诉我们。您写的还在。")
        return _page(request, vacancy, form, status=429)
    asked = form.cleaned_data
    reporting.report(vacancy=vacancy, reason=asked["reason"], text=asked["text"], phone=asked["phone"])
    return _page(request, vacancy, ReportForm(), said="收到了，谢谢您。我们会在1个工作日内核实；属实的马上撤下。")


def _waged() -> QuerySet[Vacancy]:
    return Vacancy.objects.open_on(clock.today()).filter(month_high_fen__gt=0).exclude(occupation="")


@page(PUBLIC)
@require_GET
def job_wages(request: HttpRequest) -> HttpResponse:
    """What each trade pays by the jobs on offer today; the trade leads to the jobs behind the figure."""
    rows = (
        _waged()
        .values("occupation")
        .annotate(
            posts=Count("id"),
            low=Min("month_low_fen"),
            high=Max("month_high_fen"),
            middle=Median((F("month_low_fen") + F("month_high_fen")) / 2),
        )
        .filter(posts__gte=FEWEST_POSTS)
        .order_by("-posts", "occupation")[:200]
    )
    tree = occupations.tree()
    lines = [row | {"name": tree.name(row["occupation"]), "middle": round(row["middle"])} for row in rows]
    return render(request, "portal/job_wages.html", {"lines": lines, "fewest": FEWEST_POSTS, "today": clock.today()})
