"""How somebody signs in, changed by an administrator: the security administrator resets a password, the system administrator
a lost second factor. Neither can do both, so nobody alone takes over an account (三员分立)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from renben.kernel import staffing
from renben.kernel.models import Post, User
from renben.kernel.policy import page


class PasswordForm(forms.Form):
    password = forms.CharField(
        label="新的初始口令", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), max_length=128
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password


@page(action="post.manage", subject="post")
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.select_related("staff__user", "organization"), pk=request.subject.pk)
    form = PasswordForm(request.POST or None, user=post.staff.user)
    if request.method == "POST" and form.is_valid():
        staffing.set_password(
            staff=post.staff, password=form.cleaned_data["password"], by=request.user, organization=post.organization
        )
        messages.success(request, f"{post.staff.name}的口令已重设，请当面告知。")
        return redirect("offices:office", pk=post.organization_id)
    context = {
        "question": f"重设{post.staff.name}的口令",
        "consequences": ["请当面核对本人身份。原来的口令马上不能再用；本人登录后应尽快修改。"],
        "form": form,
        "button": "重设口令",
        "button_class": "btn-danger",
        "back": f"/admin/offices/{post.organization_id}/",
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)


class SecondFactorForm(forms.Form):
    reason = forms.CharField(
        label="原因", max_length=150, help_text="例如：手机丢失，本人持工作证当面申请，已电话核实所在科室。"
    )
    is_known = forms.BooleanField(label="已当面核对本人身份")


@page(action="account.second_factor", subject="post")
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """A lost phone: the next sign-in with the password sets up another."""
    post: Post = request.subject
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            staffing.reset_second_factor(
                staff=post.staff,
                factors=Authenticator.objects.all(),
                reason=form.cleaned_data["reason"],
                by=request.user,
                organization=post.organization,
            )
        except staffing.NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{post.staff.name}的验证器已重置，本人下次登录时重新绑定。")
            return redirect("offices:office", pk=post.organization_id)
    context = {
        "question": f"重置{post.staff.name}的验证器",
        "consequences": [
            "原来手机上的验证码和备用码马上不能再用；本人用口令登录后，系统会请他绑定新的验证器。",
            "口令不变。口令也忘了的，另请安全管理员重设。",
        ],
        "form": form,
        "button": "重置验证器",
        "button_class": "btn-danger",
        "back": f"/admin/offices/{post.organization_id}/",
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)
