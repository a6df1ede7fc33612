"""现在就查: the nightly look asked for by day, in the background, with its progress (issue 4 point 6)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from procrastinate.exceptions import AlreadyEnqueued

from renben.channels import tasks
from renben.channels.workbench.findings import ACTION, last_run
from renben.kernel import audit
from renben.kernel.policy import page
from renben.services.support.finding.models import FindingRun


@page(action="finding.run")
@require_POST
def look_now(request: HttpRequest) -> HttpResponse:
    """Queue a look over the whole register; one that waits or runs already is enough."""
    try:
        with transaction.atomic():
            tasks.look_now.defer()
    except AlreadyEnqueued:
        messages.info(request, "已经有一次查找在排队，请稍候。")
        return redirect("findings:list")
    audit.record(action="finding.ask", subject="finding_run", by=request.user, organization=request.principal.home)
    messages.success(request, "已安排查找，马上开始；在下面“最近一次查找”里看进度，名单随查随更新。")
    return redirect("findings:list")


@page(action=ACTION)
@require_GET
def progress(request: HttpRequest) -> HttpResponse:
    """How far the look has come; when it is over the page is drawn anew."""
    last = last_run()
    response = render(request, "findings/progress.html", {"last": last})
    if last is None or last["run"].state != FindingRun.State.RUNNING:
        response["HX-Refresh"] = "true"
    return response
