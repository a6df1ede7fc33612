"""公示: what the district means to pay as subsidies, for a week, with the number to object by (Q-1.3.6, D-12). Names of people masked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from renben.channels.paging import paginate
from renben.kernel import masking
from renben.kernel.policy import PUBLIC, page
from renben.services.support.grants import noticing
from renben.services.support.grants.codes import BASIS, TELEPHONE
from renben.services.support.grants.models import GrantNotice


def _line(notice: GrantNotice) -> dict:
    """One notice as the public reads it; a person's own application shows a masked name."""
    grant = notice.grant
    lines = [line for line in grant.lines.all() if not line.is_struck]
    names = [grant.employer.name] if grant.employer else [masking.mask_name(one.person.name, "list") for one in lines]
    objections = list(notice.objections.all())
    return {
        "applicant": "、".join(names) or "个人",
        "item": grant.get_item_display(),
        "people": notice.people,
        "amount_fen": notice.amount_fen,
        "from_on": notice.from_on,
        "to_on": noticing.due_of(notice, objections).raw_on,
        "is_paused": any(row.answered_on is None for row in objections),
    }


@page(PUBLIC)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Everything that hangs today."""
    rows = paginate(request, noticing.hanging())
    context = {"rows": rows, "lines": [_line(notice) for notice in rows], "telephone": TELEPHONE, "basis": BASIS}
    return render(request, "portal/notices.html", context)
