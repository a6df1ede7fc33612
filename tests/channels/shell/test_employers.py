"""Pages of employers: scope, search, file, new, edit, contacts, licences, doubles, merge."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from renben.engines.procedures import actions as procedures
from renben.engines.procedures import definitions
from renben.kernel import employers, labour
from renben.kernel.models import AuditEvent, Employer, EmployerLicence, RequestKey
from renben.kernel.uscc import make_uscc
from tests import build


@pytest.fixture
def client(clerk, sign_in):
    return sign_in(clerk)


@pytest.fixture
def reviewer(district, sign_in):
    return sign_in(district.staff("second_review", district.centre))


@pytest.fixture
def firm(district):
    return build.employer(
        district.streets[0], "北京顺通物流有限公司", legal_person="王建军", phone="010-69441234", kind="有限责任公司"
    )


@pytest.fixture
def contact(firm):
    return employers.save_contact(employer_id=firm.pk, by=None, name="孙丽", duty="人事", phone="13912345678")


def listed(client, **query) -> str:
    response = client.get(reverse("employers:list"), query)
    assert response.status_code == 200
    return response.content.decode()


def fields_of(district, **changed) -> dict:
    return {
        "uscc": make_uscc(7),
        "name": "北京红梅食品有限公司",
        "organization": district.streets[0].pk,
        "legal_person": "赵红梅",
        **changed,
    }


@pytest.mark.parametrize(
    "query",
    ["顺通物流", "通", "stwl", "bjstwl", "uscc", "part", "69441234", "010-69441234", "1234", "13912345678", "5678"],
)
def test_one_box_finds_an_employer(client, district, firm, contact, query):
    build.employer(district.streets[0], "北京红梅食品有限公司", phone="010-80000000")
    text = {"uscc": firm.uscc, "part": firm.uscc[8:17]}.get(query, query)
    page = listed(client, q=text)
    assert f"/employers/{firm.pk}/" in page and "红梅" not in page


def test_list_shows_own_territory_and_filters(client, district, firm):
    other = build.employer(district.streets[1], "光明机械厂")
    page = listed(client)
    assert f"/employers/{firm.pk}/" in page and f"/employers/{other.pk}/" not in page
    assert f"/employers/{firm.pk}/" not in listed(client, industry="C")
    assert f"/employers/{firm.pk}/" in listed(client, office=district.streets[0].pk, industry="")
    assert "没有找到" in listed(client, q="¥%#", page="-7")
    rows = client.get(reverse("employers:list"), {"q": "顺通"}, headers={"HX-Request": "true"}).content.decode()
    assert "顺通" in rows and "<html" not in rows


def test_navigation_leads_there(client):
    assert reverse("employers:list") in client.get(reverse("today")).content.decode()


def test_pages_of_many_and_the_same_number_of_queries(client, district, firm, django_assert_max_num_queries):
    for i in range(45):
        build.employer(district.streets[0], f"北京第{i}号有限公司")
    with django_assert_max_num_queries(14):
        page = listed(client, page=3)
    assert "第 41–46 条，共 46 条" in page


def test_export_is_the_list_and_audited(client, district, firm):
    build.employer(district.streets[1], "光明机械厂")
    response = client.get(reverse("employers:export"), {"q": "顺通"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[0][:2] == ("单位名称", "统一社会信用代码")
    assert [row[:2] for row in rows[1:]] == [(firm.name, firm.uscc)]
    assert AuditEvent.objects.filter(action="export.employer").count() == 1


def test_an_employer_of_another_street_does_not_exist(client, district):
    other = build.employer(district.streets[1], "光明机械厂")
    theirs = employers.save_contact(employer_id=other.pk, by=None, name="孙丽", duty="", phone="13912345678")
    for name in ("file", "edit", "new_contact", "new_licence"):
        assert client.get(reverse(f"employers:{name}", args=[other.pk])).status_code == 404
    assert client.get(reverse("employers:edit_contact", args=[theirs.pk])).status_code == 404
    assert (
        client.post(reverse("employers:reveal_contact", args=[theirs.pk]), {"reason": "与单位联系"}).status_code == 404
    )


def test_a_leader_sees_no_button_that_refuses(district, sign_in, firm):
    leader = sign_in(district.staff("leader", district.streets[0]))
    page = leader.get(reverse("employers:file", args=[firm.pk])).content.decode()
    assert "修改" not in page and "登记联系人" not in page and "合并" not in page
    assert "新建单位" not in listed(leader)
    assert leader.get(reverse("employers:new")).status_code == 403


@pytest.mark.parametrize("tab", ["overview", "staff", "cases", "history", "nonsense"])
def test_file(client, clerk, district, firm, contact, title, tab, django_assert_max_num_queries):
    definitions.sync_definitions()
    own = build.person(district.villages[0], "李建国")
    away = build.person(district.villages[2], "赵红梅", "F")
    for person in (own, away):
        labour.set_status(
            person=person, status="employed", start_on=dt.date(2020, 1, 1), source="employer", employer=firm
        )
    case = procedures.start(
        procedure_id="J-4.2.1", organization=district.streets[0], by=clerk, person=own, employer=firm
    )
    with django_assert_max_num_queries(16):
        response = client.get(reverse("employers:file", args=[firm.pk]), {"tab": tab})
    page = response.content.decode()
    assert title(response) == firm.name
    assert firm.uscc in page and "13912345678" not in page
    if tab == "overview":
        assert "139****5678" in page
    if tab == "staff":
        assert f"/people/{own.pk}/" in page and f"/people/{away.pk}/" not in page and "赵" not in page
        assert "另有 1 条" in page and "现在职" in page
    if tab == "cases":
        assert case.number in page
    if tab == "history":
        assert "登记单位联系人" in page


def test_new_employer_normalises_what_is_typed(client, district):
    code = make_uscc(7)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code.lower())
    answer = client.post(
        reverse("employers:new"), fields_of(district, uscc=f"{wide[:8]} {wide[8:]}", name="红梅(北京) 食品有限公司")
    )
    employer = Employer.objects.get(uscc=code)
    assert answer["Location"] == reverse("employers:file", args=[employer.pk])
    assert employer.name == "红梅（北京）食品有限公司"
    assert AuditEvent.objects.filter(action="employer.open_file", subject=f"employer:{employer.pk}").exists()


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("check", "最后一位由前17位算出"),
        ("91110113MA0000000O", "是不是数字0"),
        ("110113000000001", "旧的15位"),
        ("911", "应是18位"),
    ],
)
def test_a_wrong_code_is_explained_and_kept(client, district, wrong, text):
    code = make_uscc(7)
    typed = code[:17] + ("0" if code[17] != "0" else "1") if wrong == "check" else wrong
    answer = client.post(reverse("employers:new"), fields_of(district, uscc=typed))
    page = answer.content.decode()
    assert answer.status_code == 422 and text in page and typed in page and "北京红梅食品有限公司" in page


def test_a_code_on_file_leads_to_the_file(client, district, firm):
    answer = client.post(reverse("employers:new"), fields_of(district, uscc=firm.uscc))
    assert answer.status_code == 409 and f"/employers/{firm.pk}/" in answer.content.decode()


def test_a_code_on_file_elsewhere_tells_nothing_but_that(client, district):
    other = build.employer(district.streets[1], "光明机械厂")
    answer = client.post(reverse("employers:new"), fields_of(district, uscc=other.uscc, name=""))
    page = answer.content.decode()
    assert answer.status_code == 409 and "已在本区其他机构建档" in page
    assert "光明机械厂" not in page and f"/employers/{other.pk}/" not in page


def test_a_likely_double_is_asked_about(client, district, firm):
    fields = fields_of(district, name="北京顺通物流有限责任公司")
    asked = client.post(reverse("employers:new"), fields)
    assert (
        asked.status_code == 422 and "可能是同一家" in asked.content.decode() and "名称相同" in asked.content.decode()
    )
    assert client.post(reverse("employers:new"), {**fields, "is_another": "on"}).status_code == 302


def test_edit_keeps_the_former_name_and_finds_by_it(client, district, firm):
    url = reverse("employers:edit", args=[firm.pk])
    assert firm.uscc in client.get(url).content.decode()
    fields = fields_of(district, uscc=firm.uscc, name="北京顺达物流有限公司", version=1, phone="010-69440000")
    assert client.post(url, fields).status_code == 302
    firm.refresh_from_db()
    assert (firm.name, firm.former_names, firm.version) == ("北京顺达物流有限公司", "北京顺通物流有限公司", 2)
    assert f"/employers/{firm.pk}/" in listed(client, q="顺通")
    assert f"/employers/{firm.pk}/" in listed(client, q="69440000")
    assert f"/employers/{firm.pk}/" not in listed(client, q="69441234")


def test_edit_does_not_overwrite_somebody_elses_change(client, district, firm):
    url = reverse("employers:edit", args=[firm.pk])
    Employer.objects.filter(pk=firm.pk).update(version=2, address="甲地1号")
    stale = fields_of(district, uscc=firm.uscc, address="乙地2号", version=1)
    answer = client.post(url, stale)
    assert (
        answer.status_code == 409 and "别人已经改过" in answer.content.decode() and "乙地2号" in answer.content.decode()
    )
    firm.refresh_from_db()
    assert firm.address == "甲地1号"
    assert client.post(url, {**stale, "version": "2"}).status_code == 302


def test_edit_to_a_code_of_another_employer(client, district, firm):
    other = build.employer(district.streets[0], "光明机械厂")
    answer = client.post(
        reverse("employers:edit", args=[firm.pk]), fields_of(district, uscc=other.uscc, version=firm.version)
    )
    assert answer.status_code == 422 and "合并重复单位" in answer.content.decode()


def test_contacts_are_masked_changed_and_ended(client, firm):
    new = reverse("employers:new_contact", args=[firm.pk])
    assert client.post(new, {"name": "孙丽", "phone": "12"}).status_code == 422
    assert client.post(new, {"name": "孙丽", "phone": "139 1234 5678", "duty": "人事"}).status_code == 302
    contact = firm.contacts.get()
    assert "13912345678" not in contact.phone_enc and employers.contact_phone(contact) == "13912345678"
    url = reverse("employers:edit_contact", args=[contact.pk])
    assert "13912345678" not in client.get(url).content.decode()
    assert client.post(url, {"name": "孙丽", "duty": "经理", "phone": ""}).status_code == 302
    contact.refresh_from_db()
    assert employers.contact_phone(contact) == "13912345678" and contact.duty == "经理"
    assert f"/employers/{firm.pk}/" in listed(client, q="13912345678")
    assert client.post(url, {"name": "孙丽", "left_on": "2026-11-01", "phone": ""}).status_code == 302
    assert f"/employers/{firm.pk}/" not in listed(client, q="13912345678")


def test_reveal_needs_a_reason_and_leaves_a_trace(client, firm, contact):
    url = reverse("employers:reveal_contact", args=[contact.pk])
    refused = client.post(url, {"reason": "other", "other": ""})
    assert refused.status_code == 422 and "13912345678" not in refused.content.decode()
    plain = client.post(url, {"reason": "与单位联系"})
    assert "13912345678" in plain.content.decode()
    assert "13912345678" in client.post(url, {"reason": "与单位联系"}, headers={"HX-Request": "true"}).content.decode()
    event = AuditEvent.objects.filter(action="employer.reveal", subject=f"employer:{firm.pk}").order_by("id").first()
    assert "与单位联系" in event.detail and "13912345678" not in event.detail
    assert not RequestKey.objects.exists()


def test_licences(client, firm):
    url = reverse("employers:new_licence", args=[firm.pk])
    fields = {"kind": "dispatch", "number": "京１２３", "issued_on": "2020-01-01", "valid_until": "2023-01-01"}
    assert client.post(url, {**fields, "valid_until": "2019-01-01"}).status_code == 422
    assert client.post(url, {**fields, "issued_on": "2027-01-01"}).status_code == 422
    assert client.post(url, fields).status_code == 302
    again = client.post(url, fields)
    assert again.status_code == 422 and "已经登记过" in again.content.decode()
    licence = EmployerLicence.objects.get(employer=firm)
    assert licence.number == "京123"
    assert "已过期" in client.get(reverse("employers:file", args=[firm.pk])).content.decode()
    edit = reverse("employers:edit_licence", args=[licence.pk])
    assert "京123" in client.get(edit).content.decode()
    assert client.post(edit, {**fields, "valid_until": "2029-01-01"}).status_code == 302
    assert "已过期" not in client.get(reverse("employers:file", args=[firm.pk])).content.decode()


def test_doubles_of_the_territory_and_merge(reviewer, district, firm, title):
    double = build.employer(district.streets[1], "北京顺通物流有限责任公司")
    url = reverse("employers:merge", args=[firm.pk, double.pk])
    assert url in reviewer.get(reverse("employers:duplicates")).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(reviewer.get(reverse("employers:duplicates_export")).content)).active
    assert [row[1] for row in book.iter_rows(values_only=True)][1:] == [firm.uscc]
    found = reviewer.get(reverse("employers:find_double", args=[firm.pk])).content.decode()
    assert url in found and "名称相同" in found
    assert url in reviewer.get(reverse("employers:find_double", args=[firm.pk]), {"q": double.uscc}).content.decode()
    assert title(reviewer.get(url)) == "合并重复单位"
    assert reviewer.post(url, {"reason": ""}).status_code == 422
    assert reviewer.post(url, {"reason": "已核对营业执照"}).status_code == 302
    double.refresh_from_db()
    assert double.merged_into == firm
    kept = reviewer.get(reverse("employers:file", args=[firm.pk]), {"tab": "history"}).content.decode()
    assert f"/employers/{double.pk}/" in kept and "已核对营业执照" in kept
    gone = reviewer.get(reverse("employers:file", args=[double.pk])).content.decode()
    assert "已并入另一份" in gone and f"/employers/{firm.pk}/" in gone
    assert f"/employers/{double.pk}/" not in listed(reviewer, q="顺通")
    third = build.employer(district.streets[0], "顺通仓储有限公司")
    again = reviewer.post(reverse("employers:merge", args=[third.pk, double.pk]), {"reason": "已核对营业执照"})
    assert again.status_code == 422 and "已经并入" in again.content.decode()


def test_a_merged_file_is_only_for_reading(reviewer, client, district, firm, contact):
    kept = build.employer(district.streets[0], "北京顺通物流有限责任公司")
    reviewer.post(reverse("employers:merge", args=[kept.pk, firm.pk]), {"reason": "已核对营业执照"})
    for name in ("edit", "new_contact", "new_licence"):
        assert client.get(reverse(f"employers:{name}", args=[firm.pk])).status_code == 403
    assert client.get(reverse("employers:duplicates")).status_code == 403


def test_a_street_reviewer_does_not_see_doubles_elsewhere(district, sign_in, firm):
    build.employer(district.streets[1], "北京顺通物流有限责任公司")
    street = sign_in(district.staff("first_review", district.streets[0]))
    assert "没有发现" in street.get(reverse("employers:duplicates")).content.decode()
