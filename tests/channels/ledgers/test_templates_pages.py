"""照表填报 on screen: upload, look at the proposed columns, save, fill each month, change the file, retire."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.engines.ledgers.models import LedgerTemplate
from renben.kernel.models import AuditEvent, StoredFile
from renben.kernel.people import full_number
from tests import build

SLUG = "unemployment_management"


def table(*headings: str, title: str = "失业人员情况月报表", name: str = "月报.xlsx") -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([title])
    sheet.append(["填报单位："])
    sheet.append(list(headings))
    sheet.append([])
    sheet["A6"] = "填表人：          审核："
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


HEADINGS = ("序号", "人员姓名", "公民身份号码", "性别", "星座")


@pytest.fixture
def street(place, sign_in):
    return sign_in(place.clerk)


@pytest.fixture
def uploaded(street):
    answer = street.post("/ledgers/templates/new/", {"file": table(*HEADINGS), "ledger": SLUG})
    assert answer.status_code == 302
    return LedgerTemplate.objects.get()


def chosen(page) -> dict[str, str]:
    """What the mapping page would send if one just pressed the button."""
    form = page.context["form"]
    looked = page.context["looked"]
    sent = {name: form[name].value() or "" for name in form.fields}
    return sent | {
        "version": page.context["template"].version,
        "ledger": looked.ledger.slug,
        "sheet": looked.sheet.name,
    }


@pytest.fixture
def ready(street, uploaded):
    at = f"/ledgers/templates/{uploaded.pk}/columns/"
    assert street.post(at, chosen(street.get(at))).status_code == 302
    uploaded.refresh_from_db()
    return uploaded


def cells(answer) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def traces(action: str) -> list[dict]:
    found = AuditEvent.objects.filter(action=action).order_by("seq").values_list("detail", flat=True)
    return [json.loads(text) for text in found]


def test_the_list_is_empty_and_says_what_to_do(street, title, place, sign_in):
    page = street.get("/ledgers/templates/")
    assert title(page) == "照表填报" and "把上级发来的空表" in page.content.decode()
    assert "/ledgers/templates/" in street.get("/ledgers/").content.decode()
    counsellor = sign_in(build.staff("counsellor", place.street)).get("/ledgers/templates/").content.decode()
    assert "上传一张表" not in counsellor and "请街镇或区里" in counsellor
    assert "没有符合条件的表" in street.get("/ledgers/templates/?q=没有").content.decode()


def test_upload_proposes_and_shows_what_is_not_mapped(street, uploaded, title):
    assert (uploaded.name, uploaded.slug, uploaded.version, uploaded.is_active) == ("月报", SLUG, 0, False)
    page = street.get(f"/ledgers/templates/{uploaded.pk}/columns/")
    text = page.content.decode()
    assert title(page) == "月报：对列" and "还有 1 列没有对上，会留空：星座" in text
    assert [page.context["form"][f"col_{n}"].value() for n in (1, 2, 3, 5)] == ["#", "name", "id_number", ""]
    assert "还没对好列" in street.get("/ledgers/templates/").content.decode()
    assert "先核对一遍对照" in street.get(f"/ledgers/templates/{uploaded.pk}/").content.decode()
    refused = street.post(f"/ledgers/templates/{uploaded.pk}/fill/", follow=True)
    assert "先核对一遍对照" in refused.content.decode()


def test_the_system_finds_the_ledger_or_asks(street):
    file = table("档案编号", "姓名", "身份证号码", "原工作单位", "解除终止日期", "离职原因", "接收日期", "转移日期")
    street.post("/ledgers/templates/new/", {"file": file, "name": "接收表"})
    assert LedgerTemplate.objects.get(name="接收表").slug == "unemployed_archives"
    answer = street.post("/ledgers/templates/new/", {"file": table("星座", "血型", "爱好")})
    assert answer.status_code == 422 and "判断不出这是哪本台账" in answer.content.decode()


def test_files_that_cannot_be_filled_are_refused(street):
    at = "/ledgers/templates/new/"
    old = SimpleUploadedFile("表.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 3000)
    assert "另存为 .xlsx" in street.post(at, {"file": old}).content.decode()
    assert "文件是空的" in street.post(at, {"file": SimpleUploadedFile("表.xlsx", b"")}).content.decode()
    assert "请选择要填的表" in street.post(at, {}).content.decode()
    text = SimpleUploadedFile("表.xlsx", "姓名,电话".encode())
    assert street.post(at, {"file": text}).status_code == 422
    assert not LedgerTemplate.objects.exists() and not StoredFile.objects.exists()


def test_filled_as_of_a_day_inside_the_territory_and_masked(street, ready, registration, worker, place, sign_in):
    assert (ready.version, ready.is_active) == (1, True)
    page = street.get(f"/ledgers/templates/{ready.pk}/").content.decode()
    assert "填好下载" in page and "会留空：星座" in page
    found = cells(street.post(f"/ledgers/templates/{ready.pk}/fill/"))
    assert found[1][0] == f"填报单位：{place.street.name}"
    assert found[3][:3] == [1, worker.name, worker.id_masked] and found[3][4] is None
    assert found[5][0].startswith("填表人：") and "审核：" in found[5][0]
    early = cells(street.post(f"/ledgers/templates/{ready.pk}/fill/", {"day": "2026-11-20"}))
    assert worker.name not in {cell for row in early for cell in row}
    assert [trace["rows"] for trace in traces("ledger.template_fill")] == [1, 0]
    assert sign_in(place.other_clerk).get(f"/ledgers/templates/{ready.pk}/").status_code == 404


def test_full_numbers_need_a_reason_and_the_right(street, ready, registration, worker, place, sign_in):
    at = f"/ledgers/templates/{ready.pk}/fill/"
    without = street.post(at, {"full_numbers": "1"}, follow=True)
    assert "请写明为什么" in without.content.decode()
    found = cells(street.post(at, {"full_numbers": "1", "full_reason": "区局要求实名报送"}))
    assert found[3][2] == full_number(worker)
    trace = traces("ledger.template_fill")
    assert [(t["full_numbers"], t["reason"]) for t in trace] == [(True, "区局要求实名报送")]
    counsellor = sign_in(build.staff("counsellor", place.street))
    assert "由有权导出名单的岗位" in counsellor.get(f"/ledgers/templates/{ready.pk}/").content.decode()
    masked = cells(counsellor.post(at, {"full_numbers": "1", "full_reason": "区局要求实名报送"}))
    assert masked[3][2] == worker.id_masked


def test_a_district_table_is_used_below_and_changed_only_above(registration, worker, place, sign_in):
    centre = sign_in(place.district_clerk)
    centre.post("/ledgers/templates/new/", {"file": table(*HEADINGS), "ledger": SLUG, "name": "区月报"})
    template = LedgerTemplate.objects.get()
    at = f"/ledgers/templates/{template.pk}/"
    assert "区月报" not in sign_in(place.clerk).get("/ledgers/templates/").content.decode()
    centre.post(f"{at}columns/", chosen(centre.get(f"{at}columns/")))
    street = sign_in(place.clerk)
    assert "区月报" in street.get("/ledgers/templates/").content.decode()
    page = street.get(at).content.decode()
    assert "填好下载" in page and "改对照" not in page
    assert cells(street.post(f"{at}fill/"))[3][1] == worker.name
    assert cells(sign_in(place.other_clerk).post(f"{at}fill/"))[3][1] is None
    for part in ("columns", "replace", "retire"):
        assert street.get(f"{at}{part}/").status_code == 404


def test_a_saved_mapping_is_changed_and_leaves_its_history(street, ready):
    at = f"/ledgers/templates/{ready.pk}/columns/"
    sent = chosen(street.get(at)) | {"col_4": "", "at_0": "e1", "fact_0": "month", "name": "新名"}
    assert street.post(at, sent).status_code == 302
    ready.refresh_from_db()
    assert (ready.name, ready.version) == ("新名", 2)
    assert {"cell": "E1", "label": "", "fact": "month"} in ready.mapping["cells"]
    late = street.post(at, sent)
    assert late.status_code == 422 and "刚被别人改过" in late.content.decode()
    inside = street.post(at, chosen(street.get(at)) | {"at_0": "B4", "fact_0": "month"})
    assert inside.status_code == 422 and "不能填" in inside.content.decode()
    half = street.post(at, chosen(street.get(at)) | {"at_1": "F1", "fact_1": ""})
    assert "要写地址" in half.content.decode()
    none = street.post(at, chosen(street.get(at)) | {f"col_{n}": "" for n in range(1, 6)})
    assert "还没有一列" in none.content.decode()
    wrong = street.post(at, chosen(street.get(at)) | {"col_2": "nothing"})
    assert wrong.status_code == 422
    trace = traces("ledger.template_map")
    assert len(trace) == 2 and trace[1]["was"]["name"] == "月报" and trace[1]["now"]["name"] == "新名"


def test_another_ledger_is_proposed_anew(street, ready):
    page = street.get(f"/ledgers/templates/{ready.pk}/columns/?ledger=personal_archives")
    assert page.context["looked"].ledger.slug == "personal_archives"
    street.post(f"/ledgers/templates/{ready.pk}/columns/", chosen(page))
    ready.refresh_from_db()
    assert ready.slug == "personal_archives"


def test_next_month_keeps_the_mapping(street, ready, registration, worker):
    at = f"/ledgers/templates/{ready.pk}/"
    same = street.post(f"{at}replace/", {"file": table(*HEADINGS, title="十二月")}, follow=True)
    assert "5 列沿用原来的对照" in same.content.decode()
    moved = table("公民身份号码", "人员姓名", "文化程度")
    answer = street.post(f"{at}replace/", {"file": moved})
    assert answer["Location"] == f"{at}columns/"
    text = street.get(answer["Location"]).content.decode()
    assert "新表没有" not in text and "请核对：文化程度" in text and "新表里没有了：序号、性别、星座" in text
    assert cells(street.post(f"{at}fill/"))[3][:2] == [worker.id_masked, worker.name]
    other = street.post(f"{at}replace/", {"file": table("星位", "血型", "爱好")})
    assert other.status_code == 422 and "不像是同一张表" in other.content.decode()
    ready.refresh_from_db()
    assert ready.version == 3 and len(traces("ledger.template_replace")) == 2


def test_two_tables_of_one_name_and_retiring(street, ready):
    street.post("/ledgers/templates/new/", {"file": table(*HEADINGS), "ledger": SLUG})
    second = LedgerTemplate.objects.exclude(pk=ready.pk).get()
    at = f"/ledgers/templates/{second.pk}/columns/"
    assert "同名的表在用" in street.post(at, chosen(street.get(at))).content.decode()
    page = street.get(f"/ledgers/templates/{ready.pk}/retire/").content.decode()
    assert "停用“月报”？" in page
    done = street.post(f"/ledgers/templates/{ready.pk}/retire/", {"_once": "k1"}, follow=True)
    assert "已停用" in done.content.decode()
    assert "月报" in street.get("/ledgers/templates/?state=retired").content.decode()
    gone = street.post(f"/ledgers/templates/{ready.pk}/fill/", follow=True)
    assert "已经停用" in gone.content.decode()
    assert street.post(at, chosen(street.get(at))).status_code == 302


def test_a_lost_file_is_told(street, ready, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "elsewhere"
    answer = street.post(f"/ledgers/templates/{ready.pk}/fill/", follow=True)
    assert "文件找不到了" in answer.content.decode()
    assert street.get(f"/ledgers/templates/{ready.pk}/columns/").status_code == 302


def test_a_past_day_offers_no_upload(street, ready):
    page = street.get("/ledgers/templates/?as_of=2026-11-20").content.decode()
    assert "上传一张表" not in page
