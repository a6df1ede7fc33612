"""How long a sign-in and a password last; a lost second factor; what messages call somebody."""

from __future__ import annotations

import datetime as dt
import json
import logging

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from renben.config.logs import JsonLines
from renben.kernel import clock, settings_changes, staffing
from renben.kernel.models import AuditEvent, Post, User
from tests import build

START = dt.datetime(2026, 11, 23, 10, 0, tzinfo=clock.ZONE)


def later(frozen_time, **span) -> None:
    frozen_time.move_to(START + dt.timedelta(**span))


def test_half_an_hour_without_a_request_ends_the_sign_in(clerk, sign_in, frozen_time):
    client = sign_in(clerk)
    later(frozen_time, minutes=29)
    assert client.get("/").status_code == 200
    later(frozen_time, minutes=58)
    assert client.get("/").status_code == 200, "every request begins the half hour again"
    later(frozen_time, minutes=89)
    answer = client.get("/people/?q=a")
    assert answer.status_code == 302 and answer["Location"] == "/accounts/login/?next=%2Fpeople%2F%3Fq%3Da"
    assert "30 分钟没有操作" in client.get(answer["Location"]).content.decode()
    assert AuditEvent.objects.filter(action="signout.idle", actor_id=clerk.pk).count() == 1


def test_an_idle_htmx_request_leads_to_the_sign_in(clerk, sign_in, frozen_time):
    client = sign_in(clerk)
    later(frozen_time, minutes=31)
    answer = client.get("/people/", headers={"HX-Request": "true"})
    assert answer.status_code == 204 and answer["HX-Redirect"] == "/accounts/login/"


def test_what_a_page_asks_for_by_itself_is_no_sign_of_somebody(clerk, sign_in, frozen_time):
    client = sign_in(clerk)
    later(frozen_time, minutes=20)
    client.get("/imports/1/progress/")
    later(frozen_time, minutes=31)
    assert client.get("/").status_code == 302


def test_staying_from_the_warning(clerk, sign_in, frozen_time):
    client = sign_in(clerk)
    page = client.get("/").content.decode()
    assert 'data-idle="1800"' in page and 'data-stay="/accounts/stay/"' in page
    later(frozen_time, minutes=29)
    assert client.post(reverse("stay")).status_code == 204
    later(frozen_time, minutes=50)
    assert client.get("/people/?as_of=2011-12-31").status_code == 200
    later(frozen_time, minutes=81)
    assert client.get("/people/?as_of=2011-12-31").status_code == 302, "the past is looked at in the present"
    assert "data-idle" not in Client().get("/accounts/login/").content.decode()


def test_the_limit_is_a_setting(clerk, sign_in, frozen_time):
    settings_changes.change(key="signin.idle_minutes", value=0, by=clerk)
    client = sign_in(clerk)
    later(frozen_time, hours=5)
    assert client.get("/").status_code == 200


def test_a_request_does_not_write_the_session_each_time(clerk, sign_in, django_assert_max_num_queries):
    client = sign_in(clerk)
    before = client.session.session_key, dict(client.session)
    client.get("/")
    assert (client.session.session_key, dict(client.session)) == before


@pytest.fixture
def aged(clerk, settings):
    settings.PASSWORD_AGE_ENFORCED = True
    User.objects.filter(pk=clerk.pk).update(password_changed_at=START)
    return clerk


def test_an_old_password_must_be_changed_first(aged, sign_in, frozen_time):
    later(frozen_time, days=89)
    assert sign_in(aged).get("/").status_code == 200
    later(frozen_time, days=90)
    client = sign_in(aged)
    answer = client.get("/people/")
    assert answer.status_code == 302 and answer["Location"] == reverse("account_change_password")
    assert "口令用得太久" in client.get(answer["Location"]).content.decode()
    changed = client.post(
        reverse("account_change_password"),
        {"oldpassword": build.PASSWORD, "password1": "Xin-kou-ling-2026", "password2": "Xin-kou-ling-2026"},
    )
    assert changed.status_code == 302
    assert client.get("/people/").status_code == 200


def test_the_age_is_a_setting(aged, sign_in, frozen_time):
    settings_changes.change(key="password.max_age_days", value=0, by=aged)
    later(frozen_time, days=900)
    assert sign_in(aged).get("/").status_code == 200


def test_none_of_the_last_five_again(clerk):
    words = [f"Kou-ling-hao-{i}-2026" for i in range(6)]
    for word in words:
        validate_password(word, clerk)
        clerk.set_password(word)
        clerk.save()
    for word in words[1:]:
        with pytest.raises(ValidationError, match="最近 5 次"):
            validate_password(word, clerk)
    validate_password(words[0], clerk)
    assert words[5] not in clerk.former_passwords.latest("id").password


def test_an_account_older_than_the_list_cannot_keep_its_password(clerk):
    clerk.former_passwords.all().delete()
    with pytest.raises(ValidationError, match="用过的口令"):
        validate_password(build.PASSWORD, clerk)


def test_the_reset_by_an_administrator_minds_it_too(clerk, district, sign_in):
    security = sign_in(district.staff("security_admin", district.centre))
    post = Post.objects.get(staff__user=clerk)
    url = reverse("offices:reset_password", args=[post.pk])
    refused = security.post(url, {"password": build.PASSWORD})
    assert refused.status_code == 422 and "用过的口令" in refused.content.decode()
    assert security.post(url, {"password": "Xin-kou-ling-2026"}).status_code == 302


@pytest.fixture
def with_phone(clerk):
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=clerk, type=kind, data={})
    return clerk


def test_a_lost_second_factor(with_phone, district, sign_in):
    admin = district.staff("system_admin", district.centre, "系统员")
    client = sign_in(admin)
    post = Post.objects.get(staff__user=with_phone)
    url = reverse("offices:reset_second_factor", args=[post.pk])
    assert url in client.get(reverse("offices:office", args=[post.organization_id])).content.decode()
    assert "口令不变" in client.get(url).content.decode()
    assert client.post(url, {"reason": "", "is_known": "on"}).status_code == 422
    assert client.post(url, {"reason": "手机丢失"}).status_code == 422
    assert Authenticator.objects.count() == 2
    assert client.post(url, {"reason": "手机丢失，当面申请", "is_known": "on"}).status_code == 302
    assert not Authenticator.objects.exists()
    event = AuditEvent.objects.get(action="account.second_factor", subject=f"user:{with_phone.pk}")
    assert event.actor_id == admin.pk and json.loads(event.detail) == {"reason": "手机丢失，当面申请", "removed": 2}


def test_nobody_resets_their_own_second_factor(district, sign_in):
    admin = district.staff("system_admin", district.centre, "系统员")
    post = Post.objects.get(staff__user=admin)
    client = sign_in(admin)
    url = reverse("offices:reset_second_factor", args=[post.pk])
    assert url not in client.get(reverse("offices:office", args=[post.organization_id])).content.decode()
    answer = client.post(url, {"reason": "手机丢失", "is_known": "on"})
    assert answer.status_code == 422 and "不能重置自己的验证器" in answer.content.decode()


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "second_review"])
def test_only_the_system_administrator_may(with_phone, district, sign_in, role):
    """Who resets passwords does not reset second factors: nobody alone takes an account over."""
    post = Post.objects.get(staff__user=with_phone)
    other = sign_in(district.staff(role, district.centre))
    assert other.post(reverse("offices:reset_second_factor", args=[post.pk]), {"reason": "手机丢失"}).status_code == 403
    assert "重置验证器" not in other.get(reverse("offices:office", args=[post.organization_id])).content.decode()


def test_staffing_refuses_without_a_reason(with_phone, district):
    admin = district.staff("system_admin", district.centre)
    with pytest.raises(staffing.NotAllowed, match="为什么"):
        staffing.reset_second_factor(
            staff=with_phone.staff,
            factors=Authenticator.objects.all(),
            reason=" ",
            by=admin,
            organization=district.centre,
        )


def test_the_message_after_signing_in_uses_the_persons_name(clerk):
    client = Client()
    client.post("/accounts/login/", {"login": clerk.username, "password": build.PASSWORD})
    page = client.get("/people/").content.decode()
    said = page.split('class="messages"', 1)[1].split("</div>", 1)[0]
    assert clerk.display_name in said and clerk.username not in said


def test_the_request_id_stands_in_the_log_lines(clerk, sign_in, caplog):
    lines = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonLines().format(record)))

    handler = Collect()
    logging.getLogger("django.request").addHandler(handler)
    try:
        answer = sign_in(clerk).get("/people/999999999/")
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert answer.status_code == 404
    assert [line["request"] for line in lines] == [answer["X-Request-ID"]]
