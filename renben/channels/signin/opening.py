"""/accounts/open/: a code on paper and the last four of a number become an account. Works without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from renben.channels.flood import too_often
from renben.channels.signin.views import BACKEND
from renben.engines.accounts import activation, opening
from renben.engines.accounts.activation import NotOpened
from renben.engines.accounts.models import Activation
from renben.kernel import audit
from renben.kernel.models import Person, User
from renben.kernel.policy import PUBLIC, page

PROVED = "renben_activation"
"""Key of the session: the code whose holder has proved the last four."""
TRIES_AN_HOUR = 30


class CodeForm(forms.Form):
    code = forms.CharField(label="激活码", max_length=40, help_text="纸条上的12位字母和数字，横线不用打。")
    tail = forms.CharField(
        label="号码后四位",
        max_length=8,
        help_text="劳动者填身份证件号码的后四位（最后是X的也算一位），单位填统一社会信用代码的后四位。",
    )


def _password(label: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget)


class ChooseForm(forms.Form):
    """A login name (only for a new account) and the password twice."""

    username = forms.CharField(
        label="登录名", max_length=30, help_text="4到30个字母、数字或汉字，例如您的手机号。以后登录要用，请记住。",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password = _password("口令")
    again = _password("再输一遍口令")

    def __init__(self, data: Any, *, known: User | None) -> None:
        super().__init__(data)
        self.fields["password"].help_text = "至少12位，大写字母、小写字母、数字、符号至少有三种。"
        if known is not None:
            del self.fields["username"]

    def clean_username(self) -> str:
        if refused := opening.name_refused(name := self.cleaned_data["username"].strip()):
            raise ValidationError(refused)
        return name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "两遍口令不一样，请重新输入。")
        return given


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """First step: the code and the last four. A wrong try is answered with 200, like a wrong password: it has to stay counted."""
    if request.method != "POST":
        return render(
            request, "signin/open.html", {"form": CodeForm(initial={"code": request.GET.get("code", "")[:40]})}
        )
    form = CodeForm(request.POST)
    if not form.is_valid():
        return render(request, "signin/open.html", {"form": form}, status=422)
    if too_often(request, "activation", TRIES_AN_HOUR):
        form.add_error(None, "试的次数太多了，请过一小时再来，或打电话问社保所。")
        return render(request, "signin/open.html", {"form": form}, status=429)
    try:
        code = opening.prove(text=form.cleaned_data["code"], tail=form.cleaned_data["tail"])
    except opening.WrongTail as wrong:
        form.add_error("tail", str(wrong))
        return render(request, "signin/open.html", {"form": form})
    except NotOpened as refused:
        form.add_error("code", str(refused))
        return render(request, "signin/open.html", {"form": form})
    request.session[PROVED] = code.pk
    return redirect("open_account_choose")


def _proved(request: HttpRequest) -> Activation | None:
    """The code of the first step, while it still stands."""
    try:
        return opening.by_id(int(request.session.get(PROVED, 0)))
    except NotOpened:
        return None


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    """Signed in as the account just opened; whoever was signed in before is not any more."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        logout(request)
    login(request, user, backend=BACKEND)
    audit.record(action="signin", subject=f"user:{user.pk}", by=user)
    request.session.pop(PROVED, None)
    return redirect("/")


def _done(request: HttpRequest, code: Activation, form: ChooseForm) -> User | None:
    """The account of this answer; None with the reasons in the form."""
    try:
        if request.POST.get("join"):
            return opening.join(code=code, user=request.user)
        if form.is_valid():
            given = form.cleaned_data
            return opening.open_account(code=code, username=given.get("username", ""), password=given["password"])
    except ValidationError as error:
        form.add_error("password", error)
    except NotOpened as refused:
        form.add_error(None, str(refused))
    return None


@page(PUBLIC)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Second step: login name and password, or the new password of an account there is; then signed in."""
    code = _proved(request)
    if code is None:
        return redirect("open_account")
    owner = opening.owner_of(code)
    known = activation.account_of(owner)
    form = ChooseForm(request.POST if request.method == "POST" else None, known=known)
    if request.method == "POST" and (user := _done(request, code, form)) is not None:
        return _enter(request, user)
    context = {
        "form": form,
        "name": owner.name,
        "known": known,
        "firm": None if isinstance(owner, Person) else owner.employer,
        "may_join": opening.may_join(code, request.user),
    }
    return render(request, "signin/open_choose.html", context, status=422 if request.method == "POST" else 200)
