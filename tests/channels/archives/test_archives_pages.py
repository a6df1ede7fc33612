"""Archives from review to the street, through their cases where one runs."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import Case, OneTimeNotice
from renben.kernel.models import AuditEvent, Task
from renben.services.registration import archives
from renben.services.registration.models import ArchiveHandover, PersonnelArchive
from tests import build

State = PersonnelArchive.State


@pytest.fixture
def centre_clerk(district):
    definitions.sync_definitions()
    return district.staff("counter", district.centre)


@pytest.fixture
def centre(centre_clerk, sign_in):
    return sign_in(centre_clerk)


@pytest.fixture
def street(clerk, sign_in):
    return sign_in(clerk)


def archive_of(district, by, name="李建国", street=0, **facts) -> PersonnelArchive:
    facts.setdefault("archive_number", f"DA{PersonnelArchive.objects.count() + 1:04d}")
    facts.setdefault("employer_name", "北京燕京纺织有限公司")
    facts.setdefault("separated_on", dt.date(2026, 9, 30))
    facts.setdefault("separation_reason", "contract_expired")
    facts.setdefault("contribution_months", 38)
    person = build.person(district.villages[street * 2], name)
    return archives.receive_archive(person=person, organization=district.centre, by=by, **facts)


def answers(archive: PersonnelArchive, **changes) -> dict:
    data = {
        "archive_number": archive.archive_number,
        "employer_name": archive.employer_name,
        "separated_on": "2026-09-30",
        "separation_reason": "contract_expired",
        "contribution_months": "38",
        "missing_other": "",
        "source": "employer",
        "outcome": "done",
    }
    return data | changes


def test_empty_list_says_what_to_do(centre, title):
    answer = centre.get("/archives/")
    assert title(answer) == "个人档案" and "导入《档案转移花名册》" in answer.content.decode()
    assert "没有等待转移的档案" in centre.get("/archives/transfer/").content.decode()
    assert "没有这样的花名册" in centre.get("/archives/handovers/").content.decode()


def test_from_review_to_the_street(centre, street, centre_clerk, district):
    good, bad = archive_of(district, centre_clerk, "李建国"), archive_of(district, centre_clerk, "王芳")
    for archive in (good, bad):
        answer = centre.post(f"/archives/{archive.pk}/review/", answers(archive, contribution_months="40"), follow=True)
        assert "7个工作日内转往胜利街道" in answer.content.decode()
        archive.refresh_from_db()
        assert (archive.state, archive.contribution_months) == (State.REVIEWED, 40)
    assert good.transfer_due_on == dt.date(2026, 12, 2), "seven working days"
    page = centre.get(f"/archives/transfer/?street={district.streets[0].pk}").content.decode()
    assert "12月2日前转出" in page and "李**" in page and "李建国" not in page
    answer = centre.post("/archives/transfer/", {"street": district.streets[0].pk, "archive": [good.pk, bad.pk]})
    handover = ArchiveHandover.objects.get()
    assert answer["Location"] == f"/archives/handovers/{handover.pk}/"
    assert "核对完毕" not in centre.get(answer["Location"]).content.decode(), "the district does not collect"
    page = street.get(answer["Location"]).content.decode()
    assert "核对完毕，今天接收" in page
    street.post(
        f"/archives/handovers/{handover.pk}/collect/", {"archive": [good.pk, bad.pk], f"mismatch_{bad.pk}": "少一页"}
    )
    good.refresh_from_db(), bad.refresh_from_db(), handover.refresh_from_db()
    assert (good.state, good.organization) == (State.COLLECTED, district.streets[0])
    assert (bad.state, bad.organization) == (State.REVIEWED, district.centre)
    assert handover.collected_on == dt.date(2026, 11, 23)
    assert "少一页" in street.get(f"/archives/handovers/{handover.pk}/").content.decode()
    assert Task.objects.filter(title__contains="核对 王芳").exists()


def test_unchecked_rows_stay_on_the_list(centre, street, centre_clerk, district):
    rows = [archive_of(district, centre_clerk, name) for name in ("李建国", "王芳")]
    for row in rows:
        archives.review_archive(archive=row, by=centre_clerk)
    handover = archives.transfer_archives(archives=rows, to_organization=district.streets[0], by=centre_clerk)
    answer = street.post(f"/archives/handovers/{handover.pk}/collect/", {"archive": [rows[0].pk]}, follow=True)
    assert "还有 1 份没有核对" in answer.content.decode()
    handover.refresh_from_db()
    assert handover.collected_on is None
    nothing = street.post(f"/archives/handovers/{handover.pk}/collect/", {}, follow=True)
    assert "没有勾选" in nothing.content.decode()


def test_the_district_cannot_collect_for_the_street(centre, centre_clerk, district):
    row = archive_of(district, centre_clerk)
    archives.review_archive(archive=row, by=centre_clerk)
    handover = archives.transfer_archives(archives=[row], to_organization=district.streets[0], by=centre_clerk)
    answer = centre.post(f"/archives/handovers/{handover.pk}/collect/", {"archive": [row.pk]}, follow=True)
    assert "由胜利街道核对接收" in answer.content.decode()
    row.refresh_from_db()
    assert row.state == State.IN_TRANSFER


def test_missing_papers_are_told_once_and_printed(centre, centre_clerk, district):
    archive = archive_of(district, centre_clerk)
    empty = centre.post(f"/archives/{archive.pk}/review/", answers(archive, outcome="incomplete"))
    assert empty.status_code == 422 and "请写明缺少哪些材料" in empty.content.decode()
    answer = centre.post(
        f"/archives/{archive.pk}/review/",
        answers(archive, outcome="incomplete", missing_other="劳动合同原件\n独生子女证"),
    )
    assert answer["Location"] == f"/archives/{archive.pk}/notice/"
    page = centre.get(answer["Location"]).content.decode()
    assert "补交材料清单（一次性告知）" in page and "<li>劳动合同原件</li>" in page and "<li>独生子女证</li>" in page
    both = centre.post(f"/archives/{archive.pk}/review/", answers(archive, missing_other="照片"), follow=True)
    assert "不能审核通过" in both.content.decode()
    archive.refresh_from_db()
    assert archive.state == State.INCOMPLETE


def test_a_street_sees_what_comes_but_does_not_review(street, centre_clerk, district):
    archive = archive_of(district, centre_clerk)
    other = archive_of(district, centre_clerk, "王芳", street=1)
    assert "审核通过" not in street.get(f"/archives/{archive.pk}/").content.decode().split("流转记录")[0]
    street.post(f"/archives/{archive.pk}/review/", answers(archive))
    archive.refresh_from_db()
    assert archive.state == State.RECEIVED
    assert street.get(f"/archives/{other.pk}/").status_code == 404


def test_search_filter_and_export(centre, centre_clerk, district):
    archive_of(district, centre_clerk, "李建国"), archive_of(district, centre_clerk, "王芳", street=1)
    page = centre.get("/archives/", {"q": "wf"}).content.decode()
    assert "王*" in page and "李**" not in page
    assert "没有符合条件的档案" in centre.get("/archives/?group=collected").content.decode()
    assert "李**" in centre.get("/archives/?q=DA0001").content.decode()
    book = centre.post("/archives/export/", {"street": district.streets[1].pk})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet.cell(3, 1).value == "王芳" and sheet.cell(4, 1).value.startswith("制表")
    assert AuditEvent.objects.filter(action="list.export").count() == 1


def test_the_roster_carries_full_numbers(centre, centre_clerk, district):
    from renben.kernel.people import full_number

    row = archive_of(district, centre_clerk)
    archives.review_archive(archive=row, by=centre_clerk)
    handover = archives.transfer_archives(archives=[row], to_organization=district.streets[0], by=centre_clerk)
    sheet = openpyxl.load_workbook(io.BytesIO(centre.post(f"/archives/handovers/{handover.pk}/export/").content)).active
    assert sheet.cell(3, 4).value == full_number(row.person)


def test_lists_cost_the_same_for_many_rows(centre, centre_clerk, district):
    counts = []
    for n in (1, 6):
        for _ in range(n):
            archives.review_archive(archive=archive_of(district, centre_clerk), by=centre_clerk)
        with CaptureQueriesContext(connection) as caught:
            centre.get("/archives/")
            centre.get(f"/archives/transfer/?street={district.streets[0].pk}")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 30


@pytest.fixture
def with_case(district, centre_clerk):
    """An archive with its running case at the district."""
    definitions.sync_definitions()
    archive = archive_of(district, centre_clerk)
    archive.case = actions.start(
        procedure_id="Q-1.2.2", organization=district.centre, by=centre_clerk, person=archive.person
    )
    archive.save()
    return archive


def steps(case: Case) -> dict[str, str]:
    return dict(case.steps.order_by("id").values_list("key", "state"))


def test_case_and_archive_never_disagree(centre, street, clerk, district, with_case):
    archive = with_case
    page = centre.get(f"/archives/{archive.pk}/").content.decode()
    assert "档案来源" in page and "个人提交的相关材料" in page
    centre.post(f"/archives/{archive.pk}/review/", answers(archive, source="employer"))
    archive.refresh_from_db()
    assert archive.state == State.REVIEWED
    assert steps(archive.case) == {"review": "done", "record": "ready"}
    centre.post("/archives/transfer/", {"street": district.streets[0].pk, "archive": [archive.pk]})
    archive.case.refresh_from_db()
    assert archive.case.state == "done" and steps(archive.case)["transfer"] == "done"
    journey = Case.objects.get(procedure_id="J-4.2.1")
    assert journey.organization == district.streets[0]
    archive.refresh_from_db()
    street.post(f"/archives/handovers/{archive.handover_id}/collect/", {"archive": [archive.pk]})
    archive.refresh_from_db()
    assert archive.state == State.COLLECTED and steps(journey)["collect"] == "done"


def test_missing_papers_stop_the_clock_of_the_case(centre, with_case):
    archive = with_case
    data = answers(archive, source="employer", outcome="incomplete", missing=["失业人员档案"])
    centre.post(f"/archives/{archive.pk}/review/", data)
    archive.refresh_from_db()
    assert archive.materials_missing == ["失业人员档案"] and steps(archive.case)["review"] == "paused"
    assert OneTimeNotice.objects.get().items == ["失业人员档案"]
    centre.post(f"/archives/{archive.pk}/review/", answers(archive, source="employer"))
    archive.refresh_from_db()
    assert archive.state == State.REVIEWED and steps(archive.case)["review"] == "done"


def test_a_source_must_be_chosen_when_a_case_runs(centre, with_case):
    answer = centre.post(f"/archives/{with_case.pk}/review/", answers(with_case, source=""))
    assert answer.status_code == 422 and "请选择档案来源" in answer.content.decode()
