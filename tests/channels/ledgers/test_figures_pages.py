"""按行填报 and 单格填报 on screen: a superior's grid or form is proposed, looked at, filled with counts, kept for next month."""

from __future__ import annotations

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.engines.ledgers.models import LedgerTemplate
from renben.kernel.models import AuditEvent
from renben.services.registration import conditions, registering
from tests import build
from tests.engines.ledgers.figure_samples import by_label, by_street, single_cells

SLUG = "unemployment_management"
NEW = "/ledgers/templates/new/"


def file(data: bytes, name: str = "统计.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.fixture
def people(place):
    """Three registered in 胜利街道 (two women, 51, 31 and 20 years old), one man of 51 in 光明街道."""
    born = (dt.date(1975, 3, 2), dt.date(1995, 3, 2), dt.date(2006, 3, 2), dt.date(1975, 3, 2))
    evidence = conditions.required_evidence("first_time")
    for number, (birth_on, sex) in enumerate(zip(born, "MFFM", strict=True)):
        office, village = (place.other, place.other_village) if number == 3 else (place.street, place.village)
        clerk = place.other_clerk if number == 3 else place.clerk
        person = build.person(village, f"李建国{number}", sex, birth_on=birth_on)
        registering.register_unemployment(
            person=person, organization=office, prior_status="first_time", evidence=evidence, by=clerk
        )


@pytest.fixture
def centre(place, sign_in):
    return sign_in(place.district_clerk)


def upload(client, data: bytes, ledger: str = SLUG) -> LedgerTemplate:
    answer = client.post(NEW, {"file": file(data), "ledger": ledger})
    assert answer.status_code == 302, answer.context["form"].errors
    return LedgerTemplate.objects.latest("pk")


def shown(client, template, query: str = ""):
    return client.get(f"/ledgers/templates/{template.pk}/figures/{query}")


def chosen(page) -> dict[str, str]:
    """What the page would send if one just pressed the button."""
    form, looked = page.context["form"], page.context["looked"]
    sent = {name: form[name].value() or "" for name in form.fields}
    return sent | {
        "version": page.context["template"].version,
        "ledger": looked.ledger.slug,
        "sheet": looked.sheet.name,
        "way": looked.figures.way,
    }


def save(client, template, query: str = "", **changed) -> None:
    at = f"/ledgers/templates/{template.pk}/figures/"
    answer = client.post(at, chosen(shown(client, template, query)) | changed)
    assert answer.status_code == 302, answer.context["form"].errors


def book_of(client, template, **asked):
    answer = client.post(f"/ledgers/templates/{template.pk}/fill/", asked)
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def told(client, template, **asked) -> str:
    return client.post(f"/ledgers/templates/{template.pk}/preview/", asked).content.decode()


def test_a_grid_of_streets_is_recognised_and_filled(centre, people, title):
    template = upload(centre, by_street())
    page = shown(centre, template)
    text, form = page.content.decode(), page.context["form"]
    assert title(page) == "统计：对数" and "这些名目不认得，对应的行会留空：外省" in text
    assert (form["by"].value(), form["what_2"].value()) == ("office", "count")
    assert [form[f"{part}_4"].value() for part in ("what", "where", "value")] == ["count", "sex", "女"]
    assert "表里自带公式，照公式算" in text and form["what_5"].value() == ""
    save(centre, template)
    sheet = book_of(centre, template)
    assert [[sheet.cell(row=r, column=c).value for c in range(2, 5)] for r in (5, 6, 7)] == [
        [3, 1, 2],
        [1, 1, 0],
        [None, None, None],
    ]
    assert (sheet["E5"].value, sheet["B8"].value) == ("=C5+D5", "=SUM(B5:B7)"), "formulas of the table stay"
    assert (sheet["C8"].value, sheet["D8"].value) == (2, 2), "合计 without a formula is added up"
    assert sheet["A2"].value.startswith("填报单位：顺义区公共就业服务中心") and sheet["A9"].value.startswith(
        "单位负责人"
    )
    assert [str(area) for area in sheet.merged_cells.ranges if str(area) == "C3:D3"]


def test_the_preview_shows_what_will_stand_where_and_what_is_missing(centre, people, title):
    template = upload(centre, by_street("胜利街道", "外省"))
    save(centre, template)
    page = centre.post(f"/ledgers/templates/{template.pk}/preview/")
    text = page.content.decode()
    assert title(page) == "统计：先看一遍"
    assert "这些行没有填：外省" in text and "有 1 条不属于表上任何一行，没有算进去：光明街道" in text
    seen = page.context["picture"].lines
    assert [(cell.text, cell.is_new) for cell in seen[4]][:2] == [("胜利街道", False), ("3", True)]
    assert seen[4][4].is_formula and seen[2][2].across == 2
    assert 'colspan="2"' in text and "填好下载" in text
    assert not AuditEvent.objects.filter(action="ledger.template_fill").exists(), "looking leaves no fill on record"


def test_only_the_readers_territory_is_counted(centre, people, place, sign_in):
    template = upload(centre, by_street())
    save(centre, template)
    street = sign_in(place.clerk)
    sheet = book_of(street, template)
    assert (sheet["B5"].value, sheet["B6"].value) == (3, None), "another street's row stays empty"
    assert "这些行没有填：光明街道、外省" in told(street, template)
    early = book_of(street, template, day="2026-11-20")
    assert early["B5"].value == 0
    detail = json.loads(AuditEvent.objects.filter(action="ledger.template_fill").latest("seq").detail)
    assert detail["rows"] == 0 and detail["unknown"] == ["光明街道", "外省"]


def test_months_and_their_full_width_digits(centre, people):
    template = upload(centre, by_label("月份", "１０月", " １１ 月", "四季度", "合计"))
    save(centre, template, by="registered_on")
    sheet = book_of(centre, template)
    assert [sheet[f"B{row}"].value for row in (3, 4, 5)] == [0, 4, 4]


def test_the_condition_may_name_a_month_and_is_checked(centre, people):
    template = upload(centre, by_label("街道", "胜利街道", "光明街道", heading="本月登记"))
    at = f"/ledgers/templates/{template.pk}/figures/"
    sent = chosen(shown(centre, template)) | {"what_2": "count", "where_2": "registered_on", "value_2": "十月份里"}
    assert "看不懂" in centre.post(at, sent).content.decode()
    half = centre.post(at, sent | {"value_2": ""})
    assert "条件没有写完整" in half.content.decode()
    assert centre.post(at, sent | {"value_2": "２０２６年１１月"}).status_code == 302
    assert [book_of(centre, template)[f"B{row}"].value for row in (3, 4)] == [3, 1]
    version = chosen(shown(centre, template))["version"]
    assert centre.post(at, sent | {"value_2": "10月", "version": version}).status_code == 302
    assert "条件一条也没有对上" in told(centre, template)


def test_a_form_of_single_cells(centre, people, place):
    template = upload(centre, single_cells())
    page = shown(centre, template)
    form = page.context["form"]
    assert page.context["looked"].figures.way == "form"
    assert (form["what_B3"].value(), form["where_D3"].value(), form["value_D3"].value()) == ("count", "sex", "女")
    assert [form[f"at_{n}"].value() for n in range(3)] == ["B2", "D2", "D4"], "unit, date and name, each in its cell"
    assert "what_B2" not in form.fields
    save(centre, template)
    sheet = book_of(centre, template)
    assert (sheet["B3"].value, sheet["D3"].value, sheet["B4"].value) == (4, 2, None)
    assert sheet["B2"].value == place.centre.name and sheet["D2"].value == "2026年11月23日"
    assert sheet["D4"].value == "孙丽"
    assert sheet["B5"].value == "=B3-D3"
    assert "其中：女（D3）" in centre.get(f"/ledgers/templates/{template.pk}/").content.decode()


def test_next_months_file_keeps_the_figures(centre, people):
    template = upload(centre, by_street(extra=("登记人数",)))
    save(centre, template, what_6="count", where_6="sex", value_6="男")
    data = by_street("光明街道", "胜利街道", extra=("备注", "登记人数"))
    answer = centre.post(f"/ledgers/templates/{template.pk}/replace/", {"file": file(data)}, follow=True)
    assert "新表多了 1 列，请核对：备注" in answer.content.decode()
    sheet = book_of(centre, template)
    assert [[sheet[f"{c}{r}"].value for c in "BG"] for r in (5, 6)] == [[1, 1], [3, 1]]
    other = centre.post(f"/ledgers/templates/{template.pk}/replace/", {"file": file(by_label("星座", "甲", "乙"))})
    assert other.status_code == 422 and "不像是同一张表" in other.content.decode()


def test_a_saved_grid_may_become_a_roster_and_back(centre, people):
    template = upload(centre, by_street())
    save(centre, template)
    assert centre.get(f"/ledgers/templates/{template.pk}/columns/").status_code == 200
    as_form = shown(centre, template, "?way=form")
    assert as_form.context["looked"].figures.way == "form"
    save(centre, template, "?way=form")
    template.refresh_from_db()
    assert (template.mapping["way"], template.version) == ("form", 2)


def test_nothing_chosen_is_told(centre, people):
    template = upload(centre, by_street())
    at = f"/ledgers/templates/{template.pk}/figures/"
    sent = chosen(shown(centre, template))
    none = {name: "" for name in sent if name.startswith(("what_", "where_", "value_"))}
    assert "还没有一格选好" in centre.post(at, sent | none).content.decode()
    assert "还没有选好每一行是什么" in centre.post(at, sent | {"by": ""}).content.decode()
    inside = centre.post(at, sent | {"at_0": "B5", "fact_0": "month"})
    assert inside.status_code == 422 and "不能填" in inside.content.decode()
    assert centre.post(at, sent | {"version": "7"}).status_code == 422
    drafts = centre.get("/ledgers/templates/").content.decode()
    assert f"/ledgers/templates/{template.pk}/figures/" in drafts, "a draft leads on to its figures"


def test_a_table_of_figures_without_a_ledger_asks_for_one(centre):
    answer = centre.post(NEW, {"file": file(by_label("街道", "胜利街道", "光明街道", title="某某统计"))})
    assert answer.status_code == 422 and "看不出数从哪本台账来" in answer.content.decode()
    named = centre.post(NEW, {"file": file(by_street())})
    assert named.status_code == 302 and LedgerTemplate.objects.get().slug == SLUG


def test_a_roster_is_previewed_too(centre, people):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "性别", "身份证号"])
    out = io.BytesIO()
    book.save(out)
    template = upload(centre, out.getvalue())
    page = centre.get(f"/ledgers/templates/{template.pk}/columns/")
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"version": 0, "ledger": SLUG, "sheet": "Sheet"}
    assert centre.post(f"/ledgers/templates/{template.pk}/columns/", sent).status_code == 302
    text = told(centre, template)
    assert "李建国0" in text and "共 4 条" in text and "**" in text


def test_a_draft_is_not_previewed(centre):
    template = upload(centre, by_street())
    answer = centre.post(f"/ledgers/templates/{template.pk}/preview/", follow=True)
    assert "先核对一遍对照" in answer.content.decode()
