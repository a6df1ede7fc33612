"""Messages: written once with what they tell, read by whom they are for, passed on by the office otherwise."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client

from renben.engines.messaging import sending, templates
from renben.engines.messaging.models import Message
from renben.kernel import clock, events
from renben.kernel.models import EmployerContact
from tests import build

pytestmark = pytest.mark.django_db
REJECTED = {"title": "保洁员", "employer": "北京顺通物流有限公司", "office": "马坡社保所（010-6940）"}


@pytest.fixture
def place():
    return build.district()


def account(name: str, **fields):
    return build.User.objects.create_user(name, build.PASSWORD, display_name=name, **fields)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(person, key="one") -> Message:
    return sending.enqueue("referral.rejected", key=key, person=person, params=REJECTED)


def test_the_same_key_is_the_same_message(place):
    person = build.person(place.villages[0])
    first, again = sent(person), sent(person)
    assert first.pk == again.pk and Message.objects.count() == 1
    assert "北京顺通物流有限公司的“保洁员”岗位这次没有录用您" in first.text and "马坡社保所" in first.text
    assert first.organization_id == person.organization_id


def test_a_message_without_its_values_or_for_the_wrong_reader_is_refused(place):
    person, firm = build.person(place.villages[0]), build.employer(place.streets[0])
    for wrong in (
        {"template": "nothing", "person": person},
        {"template": "referral.rejected", "person": person, "params": {"title": "保洁员"}},
        {"template": "referral.rejected", "person": person, "params": {**REJECTED, "more": "1"}},
        {"template": "referral.rejected", "employer": firm, "params": REJECTED},
        {"template": "vacancy.published", "person": person, "params": {}},
    ):
        with pytest.raises(templates.MessageError):
            sending.enqueue(wrong.pop("template"), key="x", **wrong)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: a, to: person, title: 好}", "都要有 id"),
        ("- {id: a, to: cat, title: 好, text: 好}", "to 只能是"),
        ("- {id: a, to: person, title: 好, text: 好, colour: 红}", "colour"),
        ("- {id: a, to: person, title: '{x', text: 好}", "花括号"),
        ("- {id: a, to: person, title: 好, text: 好, link: 'http://x'}", "从 / 开始"),
        ("- {id: a, to: person, title: 好, text: 好}\n- {id: a, to: person, title: 好, text: 好}", "写了两次"),
        ("- [", "读不了"),
    ],
)
def test_a_wrong_template_names_its_file(tmp_path, text, said):
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(templates.MessageError, match=said) as told:
        templates.load(tmp_path)
    assert "mine.yaml" in str(told.value)


def test_every_template_of_the_catalogue_can_be_filled():
    known = templates.load(settings.CATALOG_DIR / "content" / "messages")
    assert known
    for one in known.values():
        title, text, link = one.filled(dict.fromkeys(one.params, "某"))
        assert "{" not in title + text + link and len(title) <= 100


def test_whoever_has_an_account_reads_it_and_nobody_telephones(place):
    person, other = build.person(place.villages[0]), build.person(place.villages[0], "王秀兰")
    message, clerk = sent(person), signed_in(build.staff("counter", place.streets[0]))
    assert "保洁员" in clerk.get("/telling/").content.decode(), "without an account the office tells it"
    me = signed_in(account("jianguo", person=person))
    assert "保洁员" not in clerk.get("/telling/").content.decode()
    assert "没有录用您" in me.get("/mine/messages/").content.decode()
    assert "1条没看" in me.get("/mine/").content.decode()
    assert signed_in(account("xiulan", person=other)).post(f"/mine/messages/{message.pk}/read/").status_code == 404
    answer = me.post(f"/mine/messages/{message.pk}/read/", {"go": "1"})
    assert answer.status_code == 302 and answer["Location"] == "/jobs/"
    message.refresh_from_db()
    assert message.state == Message.State.READ and message.read_at is not None
    assert "条没看" not in me.get("/mine/").content.decode()


def test_an_unread_message_is_told_by_the_office_after_some_days(place):
    person = build.person(place.villages[0])
    account("jianguo", person=person)
    today = clock.today()
    sent(person)
    assert not sending.to_tell(today).exists() and not sending.to_tell(today + dt.timedelta(days=2)).exists()
    assert sending.to_tell(today + dt.timedelta(days=3)).exists()


def test_what_needs_no_call_is_only_read_online(place):
    firm = build.employer(place.streets[0])
    params = {"title": "保洁员", "number": "ZP1"}
    sending.enqueue("vacancy.published", key="a", employer=firm, params={**params, "until": "2026年12月1日"})
    assert not sending.to_tell().exists()
    office = {"reason": "工资写反了", "office": "马坡社保所"}
    sending.enqueue("vacancy.returned", key="b", employer=firm, params={**params, **office})
    assert [one.template for one in sending.to_tell()] == ["vacancy.returned"]


def test_told_once_with_how_and_by_whom(place):
    message, clerk = sent(build.person(place.villages[0])), signed_in(build.staff("counter", place.streets[0]))
    assert "请选择怎样告知的" in clerk.post(f"/telling/{message.pk}/tell/", {}, follow=True).content.decode()
    done = {"how": "phone", "note": "知道了"}
    assert "已登记：电话告知" in clerk.post(f"/telling/{message.pk}/tell/", done, follow=True).content.decode()
    assert "不用再登记" in clerk.post(f"/telling/{message.pk}/tell/", done, follow=True).content.decode()
    page = clerk.get("/telling/", {"state": "told"}).content.decode()
    assert "保洁员" in page and "知道了" in page
    elsewhere = signed_in(build.staff("counter", place.streets[1], "周海燕"))
    assert elsewhere.post(f"/telling/{message.pk}/tell/", done).status_code == 404
    assert "保洁员" not in elsewhere.get("/telling/", {"state": "all"}).content.decode()


def test_a_firm_reads_its_own_messages_only(place):
    firm, rival = build.employer(place.streets[0]), build.employer(place.streets[0], "北京顺和食品有限公司")
    contact = EmployerContact.objects.create(employer=firm, name="周海燕", user=account("haiyan"))
    params = {"title": "保洁员", "number": "ZP1", "until": "2026年12月1日"}
    sending.enqueue("vacancy.published", key="a", employer=firm, params=params)
    sending.enqueue("vacancy.published", key="b", employer=rival, params={**params, "title": "厨师"})
    page = signed_in(contact.user).get("/mine/messages/").content.decode()
    assert "岗位已发布：保洁员" in page and "厨师" not in page
    contact.left_on = clock.today()
    contact.save()
    assert not sending.inbox(contact.user).exists(), "somebody who left the firm reads nothing of it"


def test_settled_is_not_told_but_read_stays_read(place):
    person = build.person(place.villages[0])
    sent(person)
    assert sending.settle("one") and not sending.settle("one") and not sending.to_tell().exists()
    me = account("jianguo", person=person)
    sent(person, "two")
    assert sending.mark_read(me) == 1 and sending.mark_read(me) == 0 and not sending.settle("two")


def test_a_message_follows_the_file(place):
    person = build.person(place.villages[0])
    message = sent(person)
    person.organization = place.streets[1]
    person.save()
    events.emit(events.PersonMoved(person.pk, place.villages[0].pk, place.streets[1].pk))
    message.refresh_from_db()
    assert message.organization_id == place.streets[1].pk


def test_the_list_is_searched_and_exported(place):
    sent(build.person(place.villages[0]))
    clerk = signed_in(build.staff("counter", place.streets[0]))
    assert "保洁员" in clerk.get("/telling/", {"q": "李建国"}).content.decode()
    assert "没有这样的消息" in clerk.get("/telling/", {"q": "赵六"}).content.decode()
    book = clerk.post("/telling/export/", {"state": "open"})
    assert book.status_code == 200 and re.match(rb"PK", book.content)
