"""Administration: posts and the three exclusive admin roles, orphaned work, calendar, settings, audit, delegation."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from renben.channels.audit_words import words_of
from renben.engines.procedures import actions, definitions
from renben.engines.procedures.models import CaseStep
from renben.kernel import calendar_table, settings_store
from renben.kernel.models import AuditEvent, Delegation, Post, Setting, User
from renben.kernel.roles import ADMINS, Role, conflicts
from tests import build


@pytest.fixture
def security(district, sign_in):
    return sign_in(district.staff("security_admin", district.centre))


@pytest.fixture
def system(district, sign_in):
    return sign_in(district.staff("system_admin", district.centre))


@pytest.fixture
def auditor(district, sign_in):
    return sign_in(district.staff("audit_admin", district.centre))


def appointment(**fields) -> dict:
    return {"role": "counter", "start_on": "2026-11-23", "staff": "", **fields}


def test_security_admin_opens_an_account_that_can_sign_in(security, district, title):
    url = reverse("offices:appoint", args=[district.streets[0].pk])
    assert title(security.get(url)) == "设岗位"
    weak = appointment(username="newclerk", name="新同事", password="short")
    assert security.post(url, weak).status_code == 422
    assert security.post(url, {**weak, "password": "Strong-word-2026"}).status_code == 302
    answer = Client().post(reverse("account_login"), {"login": "newclerk", "password": "Strong-word-2026"})
    assert answer.status_code == 302
    page = security.get(reverse("offices:office", args=[district.streets[0].pk])).content.decode()
    assert "新同事" in page


@pytest.mark.parametrize("role", sorted(ADMINS))
def test_an_admin_role_excludes_every_other(security, district, clerk, role):
    url = reverse("offices:appoint", args=[district.streets[0].pk])
    answer = security.post(url, appointment(staff=clerk.staff.pk, role=role))
    assert answer.status_code == 422 and "必须由不同的人担任" in answer.content.decode()
    assert Post.objects.filter(staff=clerk.staff).count() == 1


def test_conflicts_are_exactly_those_with_an_admin_role():
    for role in Role:
        for other in Role:
            expected = role != other and bool({role, other} & ADMINS)
            assert conflicts(role, {other}) == expected


@pytest.mark.parametrize("role", ["system_admin", "audit_admin", "leader", "counter"])
def test_others_may_not_appoint(district, sign_in, role):
    client = sign_in(district.staff(role, district.centre))
    assert client.get(reverse("offices:appoint", args=[district.streets[0].pk])).status_code == 403


def test_ending_a_post_with_open_work_needs_a_successor(security, district, clerk):
    definitions.sync_definitions()
    street = district.streets[0]
    heir = district.staff("first_review", street, "李接手")
    person = build.person(district.villages[0])
    case = actions.start(procedure_id="J-4.2.1", organization=street, by=clerk, person=person)
    CaseStep.objects.filter(case=case, state="ready").update(roles=["counter"], claimed_by=clerk)
    post = Post.objects.get(staff=clerk.staff)
    url = reverse("offices:end_post", args=[post.pk])
    assert case.number in security.get(url).content.decode()
    fields = {"last_on": "2026-11-23", "reason": "调离"}
    refused = security.post(url, fields)
    assert refused.status_code == 422 and "请选择接手的人" in refused.content.decode()
    assert security.post(url, {**fields, "successor": heir.staff.pk}).status_code == 302
    post.refresh_from_db()
    assert post.end_on == dt.date(2026, 11, 24)
    assert CaseStep.objects.get(case=case, state="ready").claimed_by == heir
    assert Post.objects.filter(staff=heir.staff, role="counter", organization=street, end_on=None).exists()


def test_a_post_without_open_work_ends_at_once(security, district, clerk):
    post = Post.objects.get(staff=clerk.staff)
    url = reverse("offices:end_post", args=[post.pk])
    assert security.post(url, {"last_on": "2026-11-20", "reason": "退休"}).status_code == 302
    client = Client()
    client.force_login(clerk)
    assert client.get(reverse("people:list")).status_code == 403


def test_lock_is_taken_off_and_account_stopped(security, district, clerk):
    User.objects.filter(pk=clerk.pk).update(locked_until=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
    post = Post.objects.get(staff=clerk.staff)
    assert "已锁定" in security.get(reverse("offices:office", args=[post.organization_id])).content.decode()
    security.post(reverse("offices:unlock", args=[post.pk]))
    clerk.refresh_from_db()
    assert clerk.locked_until is None
    security.post(reverse("offices:disable", args=[post.pk]))
    clerk.refresh_from_db()
    assert not clerk.is_active


def test_calendar_shows_the_year_and_provisional_ones(system, clerk, sign_in, title):
    page = system.get(reverse("calendar:year"), {"year": 2026})
    assert title(page) == "2026年工作日历" and "待国务院公布，现在按" not in page.content.decode()
    assert "待国务院公布" in system.get(reverse("calendar:year"), {"year": 2027}).content.decode()
    reader = sign_in(clerk)
    assert "录入年度安排" not in reader.get(reverse("calendar:year")).content.decode()
    assert reader.get(reverse("calendar:day", args=["2026-12-01"])).status_code == 403


def test_a_changed_day_changes_the_calendar_and_needs_its_basis(system):
    day = dt.date(2026, 12, 1)
    url = reverse("calendar:day", args=["2026-12-01"])
    assert system.post(url, {"is_work": "0", "name": "停电", "reason": ""}).status_code == 422
    assert calendar_table.current().is_workday(day)
    assert system.post(url, {"is_work": "0", "name": "停电", "reason": "区政府通知"}).status_code == 302
    assert not calendar_table.current().is_workday(day)
    assert system.post(url, {"is_work": "1", "name": "", "reason": "撤销"}).status_code == 302
    assert calendar_table.current().is_workday(day)


def test_an_announced_year_replaces_the_computed_one(system):
    url = reverse("calendar:add_year")
    fields = {"year": 2027, "source": "国务院办公厅通知"}
    bad = system.post(url, {**fields, "days": "明年放假三天"})
    assert bad.status_code == 422 and "第 1 行看不懂" in bad.content.decode() and "明年放假三天" in bad.content.decode()
    days = "2027-01-01至2027-01-03 休 元旦\n2027-02-05至2027-02-11 休 春节\n2027-02-14 班 春节调休"
    assert system.post(url, {**fields, "days": days}).status_code == 302
    table = calendar_table.current()
    assert not table.provisional(2027)
    assert table.is_workday(dt.date(2027, 2, 14)) and not table.is_workday(dt.date(2027, 2, 5))


def test_setting_is_changed_by_its_kind_only(system):
    url = reverse("change_setting", args=["signal.near_working_days"])
    assert system.post(url, {"value": "三"}).status_code == 422
    assert system.post(url, {"value": "-1"}).status_code == 422
    assert system.post(url, {"value": "5"}).status_code == 302
    assert settings_store.get("signal.near_working_days") == 5
    assert AuditEvent.objects.filter(action="setting.change").count() == 1
    Setting.objects.create(key="demo.accounts", value=[])
    assert system.get(reverse("change_setting", args=["demo.accounts"])).status_code == 404


def test_audit_is_searched_and_verified_by_the_auditor_alone(auditor, system, clerk, district, sign_in):
    person = build.person(district.villages[0])
    sign_in(clerk).get(reverse("people:file", args=[person.pk]))
    page = auditor.get(reverse("audit:list"), {"subject": f"person:{person.pk}", "kind": "read."}).content.decode()
    assert "read.person.view" in page and "person.open_file" not in page
    whole = auditor.get(reverse("audit:verify")).content.decode()
    assert "全部完整" in whole
    assert auditor.get(reverse("audit:verify"), {"anchor": "1"}).json()
    for other in (system, sign_in(clerk)):
        assert other.get(reverse("audit:list")).status_code == 403


def test_a_changed_audit_row_is_found(auditor, district):
    build.person(district.villages[0])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kernel_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE kernel_auditevent SET detail = '{}' WHERE action = 'person.open_file'")
        cursor.execute("ALTER TABLE kernel_auditevent ENABLE TRIGGER USER")
    assert "记录内容被改动" in auditor.get(reverse("audit:verify")).content.decode()


def delegation(to: User, **fields) -> dict:
    return {"to": to.staff.pk, "start_on": "2026-11-23", "last_on": "2026-11-25", "reason": "年休假", **fields}


def test_delegated_posts_work_for_the_colleague_until_revoked(district, clerk, sign_in, title):
    station = district.villages[0]
    colleague = district.staff("community_worker", station, "周同事")
    person = build.person(district.villages[1])
    helper, giver = sign_in(colleague), sign_in(clerk)
    url = reverse("people:file", args=[person.pk])
    assert helper.get(url).status_code == 404
    assert title(giver.get(reverse("delegation:list"))) == "委托代办"
    assert giver.post(reverse("delegation:list"), delegation(colleague)).status_code == 302
    assert helper.get(url).status_code == 200
    row = Delegation.objects.get()
    assert row.end_on == dt.date(2026, 11, 26)
    assert helper.post(reverse("delegation:revoke", args=[row.pk])).status_code == 404
    assert giver.post(reverse("delegation:revoke", args=[row.pk])).status_code == 302
    assert helper.get(url).status_code == 404


def test_delegation_only_to_colleagues_and_not_twice(district, clerk, sign_in):
    giver = sign_in(clerk)
    url = reverse("delegation:list")
    stranger = district.staff("counter", district.streets[1])
    admin = district.staff("audit_admin", district.streets[0])
    colleague = district.staff("first_review", district.streets[0])
    for other in (stranger, admin, clerk):
        assert giver.post(url, delegation(other)).status_code == 422
    assert giver.post(url, delegation(colleague, start_on="2026-11-01")).status_code == 422
    assert giver.post(url, delegation(colleague)).status_code == 302
    second = giver.post(url, delegation(colleague, start_on="2026-11-25", last_on="2026-11-30"))
    assert second.status_code == 422 and "已经委托给" in second.content.decode()


def test_a_table_setting_keeps_its_shape(system):
    url = reverse("change_setting", args=["certificate.hukou_digits"])
    known = settings_store.KNOWN["certificate.hukou_digits"].default
    assert system.get(url).status_code == 200
    assert system.post(url, {"value": "{}"}).status_code == 422
    assert system.post(url, {"value": "urban=1"}).status_code == 422
    assert system.post(url, {"value": json.dumps(known | {"urban": "7"})}).status_code == 302
    assert settings_store.get("certificate.hukou_digits")["urban"] == "7"


def test_audit_codes_are_told_in_words():
    """A code that the program writes and nobody has put into words: add it to renben/channels/audit_words.py."""
    root = Path(__file__).resolve().parents[3] / "renben"
    written = set()
    for path in root.rglob("*.py"):
        for call in re.findall(r"audit\.record\((.*?)subject=", path.read_text(encoding="utf-8"), re.S):
            written |= set(re.findall(r'action="([a-z_.]+)"', call))
    assert len(written) > 20
    assert {code for code in written if not code.endswith(".") and words_of(code) == code} == set()
