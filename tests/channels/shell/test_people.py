"""Pages of people: scope, search, file, reveal, new file, edit, move, merge."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from renben.kernel import merge, people
from renben.kernel.models import AuditEvent, IdentityDocument, LabourSpell, Person, RequestKey
from tests import build


@pytest.fixture
def client(clerk, sign_in):
    return sign_in(clerk)


def listed(client, **query) -> str:
    response = client.get(reverse("people:list"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_list_shows_own_territory_only_and_masked(client, district):
    own = build.person(district.villages[0], "李建国")
    other = build.person(district.villages[2], "赵红梅")
    page = listed(client)
    assert f"/people/{own.pk}/" in page and f"/people/{other.pk}/" not in page
    assert "李**" in page and "李建国" not in page
    assert people.full_number(own) not in page


@pytest.mark.parametrize("query", ["李建国", "建国", "ljg", "number", "last_four", "phone_tail"])
def test_one_box_finds_a_person(client, district, query):
    person = build.person(district.villages[0], "李建国", phone="13912345678")
    another = build.person(district.villages[0], "王芳", phone="13800009999", birth_on=dt.date(1981, 5, 6), sex="F")
    number = people.full_number(person)
    text = {"number": number, "last_four": number[-4:], "phone_tail": "5678"}.get(query, query)
    page = listed(client, q=text)
    assert f"/people/{person.pk}/" in page
    assert f"/people/{another.pk}/" not in page


def test_filters_narrow_the_list(client, district):
    urban = build.person(district.villages[0], "李建国", hukou_kind="urban")
    rural = build.person(district.villages[1], "王芳", hukou_kind="rural")
    assert f"/people/{urban.pk}/" not in listed(client, hukou="rural")
    assert f"/people/{rural.pk}/" in listed(client, hukou="rural")
    assert f"/people/{rural.pk}/" not in listed(client, office=district.villages[0].pk)


def test_htmx_gets_the_rows_alone(client, district):
    build.person(district.villages[0], "李建国")
    page = client.get(reverse("people:list"), {"q": "李"}, headers={"HX-Request": "true"}).content.decode()
    assert "李**" in page and "<html" not in page


def test_nonsense_query_and_page_number_are_no_error(client):
    assert "没有找到" in listed(client, q="¥%#")
    assert "没有找到" in listed(client, q="查无此人", page="-7")
    assert client.get(reverse("people:list"), {"page": "x", "office": "x", "status": "x"}).status_code == 200


def test_export_is_masked_text_and_audited(client, district):
    person = build.person(district.villages[0], "李建国")
    build.person(district.villages[2], "赵红梅")
    response = client.get(reverse("people:export"), {"q": "李"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[0][:2] == ("姓名", "证件号码")
    assert [row[:2] for row in rows[1:]] == [("李**", person.id_masked)]
    assert AuditEvent.objects.filter(action="export.person").count() == 1


def test_a_file_of_another_street_does_not_exist(client, district):
    other = build.person(district.villages[2], "赵红梅")
    for name in ("file", "edit", "move"):
        assert client.get(reverse(f"people:{name}", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("tab", ["overview", "papers", "contacts", "family", "nonsense"])
def test_file_reads_masked_and_leaves_a_trace(client, district, title, tab, django_assert_max_num_queries):
    person = build.person(district.villages[0], "李建国", phone="13912345678")
    LabourSpell.objects.create(
        person=person, status="employed", start_on=dt.date(2020, 1, 1), source="demo", recorded_at=build_now()
    )
    with django_assert_max_num_queries(15):
        response = client.get(reverse("people:file", args=[person.pk]), {"tab": tab})
    page = response.content.decode()
    assert title(response) == "李建国的档案"
    assert people.full_number(person) not in page and "13912345678" not in page
    assert "139****5678" in page
    assert AuditEvent.objects.filter(action="read.person.view", subject=f"person:{person.pk}").exists()


def build_now() -> dt.datetime:
    from renben.kernel import clock

    return clock.now()


def test_reveal_needs_a_reason_and_leaves_a_trace(client, clerk, district):
    person = build.person(district.villages[0], "李建国")
    url = reverse("people:reveal", args=[person.pk])
    refused = client.post(url, {"field": "number", "reason": "other", "other": ""})
    assert refused.status_code == 422 and people.full_number(person) not in refused.content.decode()
    assert not AuditEvent.objects.filter(action="person.reveal").exists()
    shown = client.post(url, {"field": "number", "reason": "核对证件"}, headers={"HX-Request": "true"})
    assert people.full_number(person) in shown.content.decode()
    event = AuditEvent.objects.get(action="person.reveal", subject=f"person:{person.pk}")
    assert event.actor_id == clerk.pk and "核对证件" in event.detail
    assert people.full_number(person) not in event.detail


def test_reveal_form_carries_no_key_so_its_answer_is_never_stored(client, district):
    person = build.person(district.villages[0], "李建国")
    client.post(reverse("people:reveal", args=[person.pk]), {"field": "number", "reason": "核对证件"})
    form = client.get(reverse("people:file", args=[person.pk])).content.decode().split("reveal-form", 1)[1]
    assert "_once" not in form.split("</form>", 1)[0]
    assert not RequestKey.objects.exists()


def test_a_hotline_agent_may_not_reveal(district, sign_in):
    agent = sign_in(district.staff("hotline", district.streets[0]))
    person = build.person(district.villages[0], "李建国")
    answer = agent.post(reverse("people:reveal", args=[person.pk]), {"field": "number", "reason": "核对证件"})
    assert answer.status_code == 403 and "可以办理的岗位" in answer.content.decode()
    assert "显示完整号码" not in agent.get(reverse("people:file", args=[person.pk])).content.decode()


def test_new_file_in_two_pages(client, district, title):
    number = build.resident_id(dt.date(1990, 8, 7), "F")
    url = reverse("people:new")
    assert title(client.get(url)) == "新建人员档案"
    second = client.post(url, {"kind": "resident_id", "number": number})
    page = second.content.decode()
    assert second.status_code == 200 and 'value="1990-08-07"' in page
    answer = client.post(
        url,
        {
            "kind": "resident_id",
            "number": number,
            "name": "欧阳 雪",
            "organization": district.villages[0].pk,
            "ethnicity": "01",
            "phone": "13912345678",
            "_once": "k1",
        },
    )
    person = Person.objects.get(name="欧阳雪")
    assert answer["Location"] == reverse("people:file", args=[person.pk])
    assert (person.sex, person.birth_on) == ("F", dt.date(1990, 8, 7))
    assert people.full_number(person) == number


def test_new_file_wrong_number_says_what_is_wrong_and_keeps_it(client):
    answer = client.post(reverse("people:new"), {"kind": "resident_id", "number": "110113199001011234"})
    assert answer.status_code == 422
    assert "核对" in answer.content.decode() and "110113199001011234" in answer.content.decode()


def test_new_file_double_in_territory_leads_to_it(client, district):
    person = build.person(district.villages[0], "李建国")
    answer = client.post(reverse("people:new"), {"kind": "resident_id", "number": people.full_number(person)})
    assert answer.status_code == 409 and f"/people/{person.pk}/" in answer.content.decode()


def test_new_file_double_elsewhere_tells_nothing_but_that(client, district):
    person = build.person(district.villages[2], "赵红梅")
    answer = client.post(reverse("people:new"), {"kind": "resident_id", "number": people.full_number(person)})
    page = answer.content.decode()
    assert "该证件号码已在本区其他机构建档" in page
    assert "赵" not in page.split("<main", 1)[1] and str(district.villages[2]) not in page
    assert f"/people/{person.pk}/" not in page


def test_namesake_of_the_same_birthday_is_asked_about(client, district):
    build.person(district.villages[0], "李建国", birth_on=dt.date(1975, 3, 2))
    fields = {
        "kind": "resident_id",
        "number": build.resident_id(dt.date(1975, 3, 2)),
        "name": "李建国",
        "organization": district.villages[0].pk,
        "ethnicity": "01",
    }
    asked = client.post(reverse("people:new"), fields)
    assert asked.status_code == 422 and "同名同生日" in asked.content.decode()
    assert client.post(reverse("people:new"), {**fields, "is_another": "on"}).status_code == 302


def test_edit_changes_facts_and_search(client, district):
    person = build.person(district.villages[0], "李建国", phone="13800001234")
    url = reverse("people:edit", args=[person.pk])
    assert "13800001234" not in client.get(url).content.decode()
    fields = {"phone": "139 1234 5678", "address": "胜利街道1号", "education": "21", "ethnicity": "01", "version": "1"}
    assert client.post(url, fields).status_code == 302
    person.refresh_from_db()
    assert (people.phone_of(person), people.address_of(person)) == ("13912345678", "胜利街道1号")
    assert person.education == "21" and person.version == 2
    assert f"/people/{person.pk}/" in listed(client, q="5678")


def test_edit_does_not_overwrite_somebody_elses_change(client, district):
    person = build.person(district.villages[0], "李建国")
    url = reverse("people:edit", args=[person.pk])
    Person.objects.filter(pk=person.pk).update(version=2, health="健康")
    stale = {"address": "新地址9号", "ethnicity": "01", "version": "1"}
    answer = client.post(url, stale)
    page = answer.content.decode()
    assert answer.status_code == 409 and "别人已经改过" in page and "新地址9号" in page
    person.refresh_from_db()
    assert person.health == "健康" and people.address_of(person) == ""
    assert client.post(url, {**stale, "version": "2"}).status_code == 302


def test_edit_refuses_a_wrong_phone_and_keeps_what_was_typed(client, district):
    person = build.person(district.villages[0], "李建国")
    answer = client.post(
        reverse("people:edit", args=[person.pk]), {"phone": "12", "address": "甲", "ethnicity": "01", "version": "1"}
    )
    assert answer.status_code == 422 and "11 位手机号" in answer.content.decode() and "甲" in answer.content.decode()


def test_move_takes_the_file_to_the_other_street(client, district, sign_in):
    person = build.person(district.villages[0], "李建国")
    url = reverse("people:move", args=[person.pk])
    assert client.post(url, {"to": district.streets[0].pk, "reason": ""}).status_code == 422
    answer = client.post(url, {"to": district.streets[1].pk, "reason": "户口迁往光明街道", "_once": "m1"})
    assert answer.status_code == 302
    assert client.get(reverse("people:file", args=[person.pk])).status_code == 404
    receiver = sign_in(district.staff("counter", district.streets[1]))
    assert receiver.get(reverse("people:file", args=[person.pk])).status_code == 200


@pytest.fixture
def reviewer(district, sign_in):
    return sign_in(district.staff("second_review", district.centre))


def test_merge_shows_both_and_keeps_both_histories(reviewer, district, title):
    kept = build.person(district.villages[0], "李建国")
    double = build.person(district.villages[2], "李建国")
    LabourSpell.objects.create(
        person=double, status="employed", start_on=dt.date(2020, 1, 1), source="demo", recorded_at=build_now()
    )
    found = reviewer.get(reverse("people:find_double", args=[kept.pk])).content.decode()
    url = reverse("people:merge", args=[kept.pk, double.pk])
    assert url in found
    page = reviewer.get(url)
    assert title(page) == "合并重复档案"
    assert kept.id_masked in page.content.decode() and double.id_masked in page.content.decode()
    assert reviewer.post(url, {"reason": ""}).status_code == 422
    assert reviewer.post(url, {"reason": "已核对原件，同一人"}).status_code == 302
    double.refresh_from_db()
    assert double.merged_into == kept
    assert IdentityDocument.objects.filter(person=kept).count() == 2
    assert LabourSpell.objects.filter(person__in=[kept, double]).count() == 1
    assert f"/people/{double.pk}/" not in listed(reviewer, q="李建国")
    assert (
        f"/people/{double.pk}/"
        in reviewer.get(reverse("people:file", args=[kept.pk]), {"tab": "family"}).content.decode()
    )
    assert f"/people/{kept.pk}/" in listed(reviewer, q=people.full_number(double) or double.id_masked[-4:])


def test_a_merged_file_is_not_merged_again(reviewer, district):
    kept, double, third = (build.person(district.villages[0], "李建国") for _ in range(3))
    reviewer.post(reverse("people:merge", args=[kept.pk, double.pk]), {"reason": "已核对原件，同一人"})
    answer = reviewer.post(reverse("people:merge", args=[third.pk, double.pk]), {"reason": "已核对原件，同一人"})
    assert answer.status_code == 422 and "已经并入" in answer.content.decode()


def test_every_relation_to_a_person_is_decided_for_a_merge():
    """A new relation: register in its module how merging treats it (kernel.merge.register)."""
    assert merge.unhandled() == []
