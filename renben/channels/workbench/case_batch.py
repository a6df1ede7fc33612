"""批量打印: one form for every case of a list, issued in one go and downloaded as one PDF."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from renben.channels.workbench.case_papers import issue_for_case
from renben.channels.workbench.cases import filtered
from renben.engines.documents import issuing
from renben.engines.documents.forms import FormError, find_form
from renben.engines.documents.typst_engine import Sheet, render_batch
from renben.engines.procedures import definitions
from renben.engines.procedures.definitions import ProcedureUnknown
from renben.kernel.policy import page
from renben.services.registration.case_papers import SUPPLEMENT, NothingToPrint

MOST = 200
"""So many copies at once: as many as a clerk takes from the tray, and well under a minute."""
SALT = "cases.batch"


class BatchForm(forms.Form):
    form = forms.ChoiceField(label="打印哪一种表单")

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", "请选择"), *((name, f"《{name}》") for name in names)]


def form_names(procedure_id: str) -> list[str]:
    """Forms of a procedure in the order of its steps. Http404 for an unknown one."""
    try:
        procedure = definitions.current(procedure_id)[1]
    except ProcedureUnknown as error:
        raise Http404("事项") from error
    names = (find_form(name).name for step in procedure.steps for name in step.forms)
    return [name for name in dict.fromkeys(names) if name != SUPPLEMENT]


@page(action="document.print")
def batch(request: HttpRequest) -> HttpResponse:
    """Choose a form for the cases of the list (filtered as there); what cannot be printed is named with its reason."""
    procedure_id = request.GET.get("procedure", "")
    if not procedure_id:
        return render(request, "cases/batch.html", {"form": None, "total": 0, "most": MOST, "done": None})
    rows = filtered(request)
    total = rows.count()
    form = BatchForm(request.POST or None, names=form_names(procedure_id))
    done = None
    if request.method == "POST" and form.is_valid():
        done = _issue(request, rows.order_by("-opened_at", "-id")[:MOST], form.cleaned_data["form"])
    context = {"form": form, "total": total, "most": MOST, "done": done}
    return render(request, "cases/batch.html", context, status=422 if form.is_bound and form.errors else 200)


def _issue(request: HttpRequest, cases: Any, name: str) -> dict[str, Any]:
    issued, left = [], []
    for case in cases:
        try:
            issued.append(issue_for_case(case, name, request.user).pk)
        except (NothingToPrint, FormError) as problem:
            left.append((case, str(problem)))
    token = signing.dumps([request.user.pk, issued], salt=SALT, compress=True) if issued else ""
    return {"name": name, "count": len(issued), "left": left, "token": token}


@page(action="document.print", reads_personal=True)
def batch_pdf(request: HttpRequest) -> HttpResponse:
    """The PDF of papers just issued together; the address counts for whoever issued them, for an hour."""
    try:
        user_id, ids = signing.loads(request.GET.get("token", ""), salt=SALT, max_age=3600)
    except signing.BadSignature as error:
        raise Http404("批量打印") from error
    if user_id != request.user.pk:
        raise Http404("批量打印")
    papers = list(request.principal.scoped("document", "document.print").filter(pk__in=ids).order_by("id"))
    if not papers:
        raise Http404("批量打印")
    template = find_form(papers[0].form)
    sheets = [
        Sheet(
            issuing.content_of(one),
            one.number,
            issuing.check_url(one.number, one.short_hash) if template.qr else "",
        )
        for one in papers
    ]
    response = HttpResponse(render_batch(template, sheets).pdf, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(f'{template.name}_{len(papers)}份.pdf')}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
