"""开通网上办事: a code printed face to face becomes an account; nothing else does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from renben.engines.accounts.models import Activation
from renben.kernel import clock, employers, merge, people
from renben.kernel.models import AuditEvent, Person, RequestKey, User
from tests import build
from tests.channels.online.conftest import PASSWORD, client_of, opened, printed, proved


@pytest.fixture
def person(place):
    return build.person(place.villages[0], "王秀兰", "F")


@pytest.fixture
def contact(place):
    firm = build.employer(place.streets[0])
    return employers.save_contact(employer_id=firm.pk, by=None, name="周海燕", duty="人事", phone="13911112222")


def tail(person) -> str:
    return people.full_number(person)[-4:]


def page(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_from_the_counter_to_ones_own_page(clerk, person):
    file = page(client_of(clerk).get(f"/people/{person.pk}/"))
    assert f"/online/person/{person.pk}/" in file
    code = printed(clerk, f"/online/person/{person.pk}/")
    first = page(Client().get("/accounts/open/", {"code": code}))
    assert code in first
    citizen = opened(code.lower().replace("-", " "), tail(person).lower())
    mine = page(citizen.get("/mine/"))
    assert "王秀兰，您好" in mine
    user = User.objects.get(username="wangxiulan")
    assert user.person == person and user.password_changed_at == clock.now()
    again = Client()
    assert again.post("/accounts/login/", {"login": "wangxiulan", "password": PASSWORD}).status_code == 302
    actions = set(AuditEvent.objects.filter(subject=f"person:{person.pk}").values_list("action", flat=True))
    assert {"online.issue", "online.open"} <= actions
    assert "已开通" in page(client_of(clerk).get(f"/online/person/{person.pk}/"))


def test_the_code_is_kept_nowhere(clerk, person):
    code = printed(clerk, f"/online/person/{person.pk}/")
    kept = [str(row) for row in Activation.objects.values_list()]
    kept += [str(row) for row in AuditEvent.objects.values_list("detail")]
    kept += [str(row) for row in RequestKey.objects.values_list("body")]
    assert not [row for row in kept if code in row or code.replace("-", "") in row]
    assert code not in page(client_of(clerk).get(f"/online/person/{person.pk}/"))


def test_used_once(clerk, person):
    code = printed(clerk, f"/online/person/{person.pk}/")
    opened(code, tail(person))
    answer, _ = proved(code, tail(person))
    assert "已经用过、作废或过期" in page(answer)


def test_a_new_code_voids_the_one_before(clerk, person):
    first, second = (printed(clerk, f"/online/person/{person.pk}/") for _ in range(2))
    assert "已经用过、作废或过期" in page(proved(first, tail(person))[0])
    assert proved(second, tail(person))[0].status_code == 302


def test_too_old(clerk, person, frozen_time):
    code = printed(clerk, f"/online/person/{person.pk}/")
    frozen_time.shift(dt.timedelta(days=15))
    assert proved(code, tail(person))[0].status_code == 302
    frozen_time.shift(dt.timedelta(days=1))
    assert "过期" in page(proved(code, tail(person))[0])


def test_the_wrong_four_are_counted_until_the_code_is_void(clerk, person):
    code = printed(clerk, f"/online/person/{person.pk}/")
    for left in (4, 3, 2, 1):
        assert f"再错{left}次" in page(proved(code, "0000")[0])
    assert "已作废" in page(proved(code, "0000")[0])
    assert "作废" in page(proved(code, tail(person))[0]), "the right four come too late"
    assert AuditEvent.objects.filter(action="online.locked").exists()


def test_a_slip_of_the_pen_costs_no_try(clerk, person):
    code = printed(clerk, f"/online/person/{person.pk}/")
    wrong = ("A" if code[0] != "A" else "B") + code[1:]
    assert "激活码不对" in page(proved(wrong, tail(person))[0])
    assert Activation.objects.get().tries == 0


def test_guessing_from_one_address_is_stopped(clerk, person):
    client = Client(REMOTE_ADDR="203.0.113.9")
    answers = [proved("ABCD-EFGH-JKMN", "0000", client)[0].status_code for _ in range(31)]
    assert answers == [200] * 30 + [429]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"username": "ab"}, "4到30个"),
        ({"username": "110113197503020018"}, "不要用身份证号码"),
        ({"username": "TAKEN"}, "已经有人用了"),
        ({"password": "short", "again": "short"}, "12"),
        ({"password": "aaaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaaa"}, "至少三类"),
        ({"again": "Other-2026-word"}, "两遍口令不一样"),
    ],
)
def test_what_cannot_be_chosen_is_said(clerk, person, chosen, said):
    User.objects.create_user("taken", PASSWORD, display_name="别人")
    answer, client = proved(printed(clerk, f"/online/person/{person.pk}/"), tail(person))
    asked = {"username": "wangxiulan", "password": PASSWORD, "again": PASSWORD} | chosen
    assert said in page(client.post("/accounts/open/choose/", asked), 422)
    assert not User.objects.filter(person=person).exists()
    asked = {"username": "wangxiulan", "password": PASSWORD, "again": PASSWORD}
    assert client.post("/accounts/open/choose/", asked).status_code == 302, "the code is still good"


def test_nobody_chooses_without_having_proved(place):
    assert Client().get("/accounts/open/choose/")["Location"] == "/accounts/open/"


def test_a_forgotten_password_keeps_the_name(clerk, person):
    opened(printed(clerk, f"/online/person/{person.pk}/"), tail(person))
    User.objects.update(failed_logins=3)
    opened(printed(clerk, f"/online/person/{person.pk}/"), tail(person), username="", password="Guoqing-2026-le")
    user = User.objects.get(person=person)
    assert user.username == "wangxiulan" and user.check_password("Guoqing-2026-le") and user.failed_logins == 0


def test_closed_and_opened_again(clerk, person):
    citizen = opened(printed(clerk, f"/online/person/{person.pk}/"), tail(person))
    printed(clerk, f"/online/person/{person.pk}/")
    desk = client_of(clerk)
    assert "reason" in page(desk.post(f"/online/person/{person.pk}/close/", {"reason": " "}), 422)
    assert desk.post(f"/online/person/{person.pk}/close/", {"reason": "手机丢失"}).status_code == 302
    assert citizen.get("/mine/").status_code == 302, "signed out at once"
    assert not Activation.objects.open().exists()
    opened(printed(clerk, f"/online/person/{person.pk}/"), tail(person), username="", password="Guoqing-2026-le")
    assert User.objects.get(person=person).is_active


def test_papers_are_seen_first(clerk, person):
    answer = client_of(clerk).post(f"/online/person/{person.pk}/", {"seen": "id_card"})
    assert "核对无误后" in page(answer, 422) and not Activation.objects.exists()


def test_another_street_does_it_not(person, place):
    other = client_of(build.staff("counter", place.streets[1]))
    assert other.get(f"/online/person/{person.pk}/").status_code == 404


def test_a_firms_contact(clerk, contact):
    assert f"/online/contact/{contact.pk}/" in page(client_of(clerk).get(f"/employers/{contact.employer_id}/"))
    code = printed(clerk, f"/online/contact/{contact.pk}/", "licence")
    opened(code, contact.employer.uscc[-4:], username="zhouhaiyan")
    contact.refresh_from_db()
    assert contact.user.username == "zhouhaiyan" and contact.user.person is None


def test_one_account_for_two_firms(clerk, contact, place):
    client = opened(
        printed(clerk, f"/online/contact/{contact.pk}/", "letter"), contact.employer.uscc[-4:], "zhouhaiyan"
    )
    second = build.employer(place.streets[0], "北京顺通人力有限公司")
    other = employers.save_contact(employer_id=second.pk, by=None, name="周海燕", duty="", phone="13911112222")
    code = printed(clerk, f"/online/contact/{other.pk}/", "letter")
    assert proved(code, second.uscc[-4:], client)[0].status_code == 302
    assert "加到这个账号" in page(client.get("/accounts/open/choose/"))
    assert client.post("/accounts/open/choose/", {"join": "1"}).status_code == 302
    other.refresh_from_db()
    assert other.user.username == "zhouhaiyan"
    desk = client_of(clerk)
    desk.post(f"/online/contact/{contact.pk}/close/", {"reason": "不再负责"})
    assert User.objects.get(username="zhouhaiyan").is_active, "still speaks for the other firm"
    desk.post(f"/online/contact/{other.pk}/close/", {"reason": "离职"})
    assert not User.objects.get(username="zhouhaiyan").is_active


def test_staff_cannot_take_a_firm_onto_their_account(clerk, contact):
    code = printed(clerk, f"/online/contact/{contact.pk}/", "letter")
    _, client = proved(code, contact.employer.uscc[-4:], client_of(clerk))
    assert "加到这个账号" not in page(client.get("/accounts/open/choose/"))
    client.post("/accounts/open/choose/", {"join": "1"})
    contact.refresh_from_db()
    assert contact.user is None


def test_a_contact_who_left_gets_none(clerk, contact):
    type(contact).objects.update(left_on=clock.today())
    answer = client_of(clerk).post(f"/online/contact/{contact.pk}/", {"seen": "letter", "is_same": "on"})
    assert "已停用" in page(answer, 422)


def test_merging_voids_the_code_of_the_file_that_goes(clerk, person, place):
    double = build.person(place.villages[0], "王秀兰", "F")
    code = printed(clerk, f"/online/person/{double.pk}/")
    number = tail(double)
    merge.merge_people(kept=person, merged=double, reason="同一人两次建档", by=clerk)
    assert "作废" in page(proved(code, number)[0])
    assert Activation.objects.get().person == Person.objects.get(pk=person.pk)
