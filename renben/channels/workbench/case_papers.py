"""Prints and files of a case. Printing issues a paper (POST); the paper itself is a download that leaves a trace."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from renben.channels.workbench.cases import attached, back_to
from renben.engines.documents import issuing
from renben.engines.documents.forms import FormError
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import queries
from renben.engines.procedures.models import Case, EvidenceItem
from renben.kernel import files
from renben.kernel.models import StoredFile
from renben.kernel.policy import page
from renben.services.records import papers
from renben.services.registration import case_papers


def issue_for_case(case: Case, name: str, by: Any) -> IssuedDocument:
    """Issue one form for a case: by the service that has its own way, else from what the case has on record."""
    if name in case_papers.PRINTERS:
        if case.person_id is None:
            raise case_papers.NothingToPrint(f"《{name}》写的是一个人的事，请到本人的办件里打印。")
        return case_papers.print_for_case(form=name, case=case, by=by)[0]
    return papers.print_for_case(form=name, case=case, by=by)


@require_POST
@page(action="document.print", subject="case")
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a form of the case and go to its PDF."""
    case: Case = request.subject
    try:
        issued = issue_for_case(case, request.POST.get("form", ""), request.user)
    except (case_papers.NothingToPrint, FormError) as problem:
        messages.error(request, str(problem))
        return back_to(case)
    return redirect("cases:document", pk=issued.pk)


@page(action="document.print", subject="document", reads_personal=True)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF of an issued paper, exactly as it was issued."""
    issued = request.subject
    rendered = issuing.reprint(issued)
    response = HttpResponse(rendered.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(f'{issued.form}_{issued.number}.pdf')}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@page(action="case.view", subject="case", reads_personal=True)
def download(request: HttpRequest, pk: int, file_id: int) -> HttpResponse:
    """A scan handed in with this case: always as an attachment, never opened in the page."""
    case: Case = request.subject
    handed_in = EvidenceItem.objects.filter(case=case, file_id=file_id).exists()
    if not handed_in and file_id not in attached(case, queries.procedure_of(case)):
        raise Http404("文件")
    stored = get_object_or_404(StoredFile, pk=file_id)
    response = HttpResponse(files.read_bytes(stored), content_type=stored.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
