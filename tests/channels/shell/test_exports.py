"""Every list of the workbench goes out as a workbook, leaves a trace, and a draft of a payment list says that it is one."""

from __future__ import annotations

import io

import openpyxl
import pytest

from renben.engines.payments.models import PaymentBatch
from renben.kernel.models import AuditEvent
from tests.guards import objects


def sheet(response) -> list[tuple]:
    assert response.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("subject", "page", "export", "heading", "said"),
    [
        ("handover", "/archives/handovers/", "/archives/handovers/export/", "花名册编号", "DZ1"),
        ("payment_batch", "/benefits/months/", "/benefits/months/export/", "月份", "2026-11"),
        ("import_batch", "/imports/", "/imports/export/", "文件", "a.xlsx"),
    ],
)
def test_lists_that_have_an_export(district, clerk, sign_in, subject, page, export, heading, said):
    objects.FACTORIES[subject](district.villages[0], clerk)
    client = sign_in(clerk)
    assert export in client.get(page).content.decode()
    rows = sheet(client.get(export))
    assert rows[0][0] == heading and [row[0] for row in rows[1:]] == [said]
    assert AuditEvent.objects.filter(action__startswith="export.").count() == 1
    other = sign_in(district.staff("counter", district.streets[1]))
    assert len(sheet(other.get(export))) == 1, "another street's rows are not there"


def test_stock_offices_and_delegations(district, clerk, sign_in):
    from renben.services.registration import certificates

    certificates.move_stock(organization=district.streets[0], delta=20, kind="received", by=clerk)
    client = sign_in(clerk)
    assert [row[3] for row in sheet(client.get("/benefits/certificates/stock/export/"))][1:] == ["20"]
    assert len(sheet(client.get("/benefits/certificates/stock/export/?kind=issued"))) == 1
    offices = sheet(client.get("/admin/offices/export/?q=张晓明"))
    assert [(row[0], row[2]) for row in offices[1:]] == [(district.streets[0].name, "1")]
    assert "/admin/offices/export/" in client.get("/admin/offices/").content.decode()
    colleague = district.staff("counter", district.streets[0], "王芳")
    client.post(
        "/delegation/",
        {"to": colleague.staff.pk, "start_on": "2026-11-23", "last_on": "2026-11-24", "reason": "年休假"},
    )
    rows = sheet(client.get("/delegation/export/"))
    assert rows[1] == ("张晓明", "王芳", "2026-11-23", "2026-11-24", "年休假", "代办中")


def test_a_draft_says_so_on_paper_and_in_the_workbook(district, clerk, sign_in):
    batch = objects.FACTORIES["payment_batch"](district.streets[0], clerk)
    client = sign_in(clerk)
    url = f"/benefits/months/{batch.pk}/"
    assert "draft-mark" in client.get(url).content.decode()
    draft = sheet(client.post(f"{url}export/"))
    assert draft[0][0].startswith("【草稿】") and any("草稿：还没有确认" in str(row[0]) for row in draft)
    PaymentBatch.objects.filter(pk=batch.pk).update(state="confirmed")
    assert "draft-mark" not in client.get(url).content.decode()
    fixed = sheet(client.post(f"{url}export/"))
    assert "草稿" not in str(fixed)
