"""A spreadsheet of posts handed in by a firm: the office's import, for its own rows alone, with the words checked before they go in."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from renben.kernel import clock
from renben.kernel.employer_names import plain_name
from renben.kernel.models import Employer, ImportBatch, StoredFile
from renben.services.exchange import imports, row_store
from renben.services.exchange.models import ImportRow
from renben.services.exchange.vacancy_rows import PostRow
from renben.services.placement import vacancies_ad, vacancies_import, vacancies_online
from renben.services.placement.space.models import FirmBatch

KIND, MOST_ROWS = "vacancies", 500
"""More than this is no list of one firm's posts and would keep the page waiting."""


def _against(values: dict[str, Any], firm: Employer) -> list[str]:
    """What speaks against a row whose cells are understood: another firm's, or words and wages that may not stand there."""
    is_own = (
        values.get("uscc") == firm.uscc if "uscc" in values else plain_name(values.get("name", "")) == firm.plain_name
    )
    if not is_own:
        return ["这一行不是本单位的岗位，只能导入自己单位的。"]
    ad = vacancies_import.ad_of_row(PostRow(firm, values), vacancies_online.office_of(firm))
    return [vacancies_ad.fault_text(fault) for fault in vacancies_ad.musts(vacancies_ad.check(ad, firm, clock.today()))]


@transaction.atomic
def look_at(stored: StoredFile, *, employer: Employer, by: Any) -> ImportBatch:
    """Read and check a list; nothing is posted yet. RefusedFile when the file as a whole cannot be taken."""
    batch = imports.preview(stored, kind=KIND, organization=vacancies_online.office_of(employer), by=by)
    if batch.total > MOST_ROWS:
        raise imports.RefusedFile(f"一次最多{MOST_ROWS}行，这个文件有{batch.total}行，请分成几个文件。")
    for row in batch.rows.filter(state=ImportRow.State.GOOD).order_by("id"):
        if found := _against(row_store.unpack(row)[0], employer):
            said = [{"field": "", "column": "", "text": text, "level": "bad"} for text in found]
            row.state, row.problems = ImportRow.State.BAD, [*row.problems, *said]
            row.save(update_fields=["state", "problems"])
    batch.bad = batch.rows.filter(state=ImportRow.State.BAD).count()
    batch.good = batch.total - batch.bad - batch.unchanged
    batch.save()
    FirmBatch.objects.create(batch=batch, employer=employer)
    return batch
