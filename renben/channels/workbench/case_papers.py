"""Prints and files of a case. Printing issues a paper (POST); the paper itself is a download that leaves a trace."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from renben.channels.workbench.cases import back_to
from renben.engines.documents import issuing
from renben.engines.documents.forms import FormError
from renben.engines.procedures.models import Case, EvidenceItem
from renben.kernel import files
from renben.kernel.policy import page
from renben.services.registration import case_papers


@require_POST
@page(action="document.print", subject="case")
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a form of the case and go to its PDF."""
    case: Case = request.subject
    try:
        issued = case_papers.print_for_case(form=request.POST.get("form", ""), case=case, by=request.user)
    except (case_papers.NothingToPrint, FormError) as problem:
        messages.error(request, str(problem))
        return back_to(case)
    return redirect("cases:document", pk=issued[0].pk)


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
    item = EvidenceItem.objects.filter(case=request.subject, file_id=file_id).select_related("file").first()
    if item is None:
        raise Http404("文件")
    response = HttpResponse(files.read_bytes(item.file), content_type=item.file.mime)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(item.file.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
