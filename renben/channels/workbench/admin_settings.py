"""系统设置: values the agency may change without a programmer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from renben.kernel import settings_changes
from renben.kernel.models import Setting
from renben.kernel.policy import page
from renben.kernel.settings_changes import as_text, is_editable
from renben.kernel.settings_store import KNOWN


@page(action="settings.manage")
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    stored = {row.key: row for row in Setting.objects.filter(key__in=KNOWN).select_related("changed_by")}
    rows = [
        {
            "known": known,
            "value": as_text(stored[known.key].value if known.key in stored else known.default),
            "default": as_text(known.default),
            "stored": stored.get(known.key),
        }
        for known in KNOWN.values()
        if is_editable(known)
    ]
    return render(request, "admin/settings.html", {"rows": rows})


class ValueForm(forms.Form):
    value = forms.CharField(label="新的值", max_length=500, required=False)

    def __init__(self, key: str, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_value(self) -> object:
        try:
            return settings_changes.parse(self.key, self.cleaned_data["value"])
        except settings_changes.BadValue as bad:
            raise forms.ValidationError(str(bad)) from bad


@page(action="settings.manage")
def change_setting(request: HttpRequest, key: str) -> HttpResponse:
    known = KNOWN.get(key)
    if known is None or not is_editable(known):
        raise Http404("setting")
    stored = Setting.objects.filter(key=key).first()
    now = as_text(stored.value if stored else known.default)
    form = ValueForm(key, request.POST or None, initial={"value": now})
    if request.method == "POST" and form.is_valid():
        settings_changes.change(key=key, value=form.cleaned_data["value"], by=request.user)
        messages.success(request, "设置已保存。")
        return redirect("admin_settings")
    context = {
        "question": known.label,
        "consequences": [f"现在是：{now or '（空）'}。原始值是：{as_text(known.default) or '（空）'}。"]
        + ([f"依据：{known.basis}。"] if known.basis else []),
        "form": form,
        "button": "保存",
        "button_class": "btn-primary",
        "back": "/admin/settings/",
    }
    return render(request, "confirm.html", context, status=422 if request.method == "POST" else 200)
