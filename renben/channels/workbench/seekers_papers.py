"""Papers of a registration for work: 《求职登记表》, and the résumé with what the person wants shown."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from renben.channels.workbench.downloads import attachment
from renben.channels.workbench.seekers import VIEW
from renben.kernel.policy import page
from renben.services.placement import seekers_papers

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(action="document.print", subject="seeker")
@require_POST
def registration_form(request: HttpRequest, pk: int) -> HttpResponse:
    """《求职登记表》 from the rows, issued once for the same content."""
    paper = seekers_papers.print_form(seeker=request.subject, by=request.user)
    return redirect("cases:document", pk=paper.pk)


@page(action=VIEW, subject="seeker", reads_personal=True)
@require_GET
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """简历 as PDF, or as Word with `fmt=docx`. `show` names what the person wants shown; nothing else is in it."""
    seeker = request.subject
    shown = [key for key in request.GET.getlist("show") if key in seekers_papers.SHOWABLE]
    name = f"{seeker.person.name}的简历"
    if request.GET.get("fmt") == "docx":
        return attachment(seekers_papers.resume_docx(seeker, shown), f"{name}.docx", DOCX)
    return attachment(seekers_papers.resume_pdf(seeker, shown), f"{name}.pdf", "application/pdf")
