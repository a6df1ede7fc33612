"""Sign-in: pages, lock-out after five failures, the demonstration's doors, the second factor."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.test import Client, override_settings
from django.urls import NoReverseMatch, clear_url_caches, reverse

from renben.kernel.models import AuditEvent, Setting, User
from tests import build


def attempt(client: Client, user: User, password: str):
    return client.post(reverse("account_login"), {"login": user.username, "password": password})


def test_right_password_leads_to_today(clerk, title):
    client = Client()
    page = client.get(reverse("account_login"))
    assert title(page) == "登录"
    assert "演示" not in page.content.decode()
    answer = attempt(client, clerk, build.PASSWORD)
    assert answer.status_code == 302 and answer["Location"] == "/"
    assert title(client.get("/")) == "今天"
    assert AuditEvent.objects.filter(action="signin", subject=f"user:{clerk.pk}").count() == 1


def test_wrong_password_says_so_and_does_not_tell_whether_the_name_exists(clerk):
    client = Client()
    known = attempt(client, clerk, "wrong-password-1").content.decode()
    unknown = attempt(client, User(username="nobody-here"), "wrong-password-1").content.decode()
    assert "登录名或口令不对" in known and "登录名或口令不对" in unknown
    assert AuditEvent.objects.filter(action="signin.failed").count() == 2


def test_five_failures_lock_for_half_an_hour(clerk, frozen_time):
    client = Client()
    for _ in range(5):
        attempt(client, clerk, "wrong-password-1")
    clerk.refresh_from_db()
    assert clerk.locked_until is not None
    locked = attempt(client, clerk, build.PASSWORD)
    assert locked.status_code == 200 and "账号已锁定，请 30 分钟后再试" in locked.content.decode()
    frozen_time.shift(dt.timedelta(minutes=31))
    assert attempt(client, clerk, build.PASSWORD).status_code == 302
    clerk.refresh_from_db()
    assert clerk.locked_until is None and clerk.failed_logins == 0


def test_four_failures_do_not_lock(clerk):
    client = Client()
    for _ in range(4):
        attempt(client, clerk, "wrong-password-1")
    assert attempt(client, clerk, build.PASSWORD).status_code == 302


def test_sign_out_leaves_a_trace(clerk, sign_in):
    client = sign_in(clerk)
    assert client.post(reverse("account_logout")).status_code == 302
    assert AuditEvent.objects.filter(action="signout", subject=f"user:{clerk.pk}").exists()
    assert client.get("/people/").status_code == 302


def test_demo_sign_in_does_not_exist_outside_demo_mode(clerk):
    Setting.objects.create(key="demo.accounts", value=[{"username": clerk.username, "label": "窗口经办", "hint": ""}])
    with pytest.raises(NoReverseMatch):
        reverse("demo_sign_in", args=[clerk.username])
    assert Client().post(f"/demo/sign-in/{clerk.username}/").status_code == 404


@pytest.fixture
def demo_mode(settings):
    """The URLs as a demonstration has them."""
    from renben.channels.signin import urls as signin_urls
    from renben.config import urls

    settings.DEMO = True
    importlib.reload(signin_urls)
    importlib.reload(urls)
    clear_url_caches()
    yield
    settings.DEMO = False
    importlib.reload(signin_urls)
    importlib.reload(urls)
    clear_url_caches()


def test_demo_mode_offers_each_account_with_one_click(clerk, demo_mode):
    Setting.objects.create(
        key="demo.accounts",
        value=[{"username": clerk.username, "label": "窗口经办", "hint": "试试登记一位失业人员"}],
    )
    client = Client()
    page = client.get(reverse("account_login")).content.decode()
    assert "窗口经办" in page and "试试登记一位失业人员" in page and "演示数据" in page
    other = build.staff("leader", clerk.staff.posts.get().organization)
    assert client.post(f"/demo/sign-in/{other.username}/").status_code == 404, "only listed accounts are open"
    assert client.get(f"/demo/sign-in/{clerk.username}/").status_code == 405
    assert client.post(f"/demo/sign-in/{clerk.username}/").status_code == 302
    assert client.get("/").context["request"].user == clerk


def test_sign_up_and_reset_by_mail_are_not_routed():
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert Client().get(path).status_code in (302, 404)
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_staff_must_set_up_a_second_factor_outside_demo(clerk, sign_in, settings, title):
    middleware = "renben.channels.signin.second_factor.RequireSecondFactor"
    if middleware not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]
    client = sign_in(clerk)
    with override_settings(MFA_REQUIRED=True):
        answer = client.get("/people/")
        assert answer.status_code == 302 and answer["Location"] == reverse("mfa_activate_totp")
    assert client.get("/people/").status_code == 200


def test_account_pages_have_titles(clerk, title):
    client = Client()
    attempt(client, clerk, build.PASSWORD)
    for name in ("account", "account_change_password", "mfa_index", "account_logout"):
        page = client.get(reverse(name))
        assert page.status_code == 200, name
        assert title(page)


def test_authenticator_is_bound_after_the_password_is_given_again(clerk, title):
    client = Client()
    attempt(client, clerk, build.PASSWORD)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert title(client.get(asked["Location"])) == "再次确认身份"
    assert "口令不对" in client.post(asked["Location"], {"password": "wrong-password-1"}).content.decode()
    assert client.post(asked["Location"], {"password": build.PASSWORD}).status_code == 302
    page = client.get(reverse("mfa_activate_totp"))
    assert title(page) == "绑定验证器"
    secret = page.context["form"].secret
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    bound = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert bound.status_code == 302
    assert title(client.get(bound["Location"])) == "备用码"
    shown = client.post(bound["Location"])
    assert len(shown.context["codes"]) == 10
    assert shown.context["codes"][0] not in client.get(bound["Location"]).content.decode()
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("mfa_deactivate_totp")
    assert client.get(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    assert "验证器已绑定" in client.get(reverse("mfa_index")).content.decode()
    client.post(reverse("account_logout"))
    assert attempt(client, clerk, build.PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert title(client.get(reverse("mfa_authenticate"))) == "输入验证码"


def test_password_rules(clerk):
    client = Client()
    attempt(client, clerk, build.PASSWORD)
    fields = {"oldpassword": build.PASSWORD, "password1": "shortpass", "password2": "shortpass"}
    page = client.post(reverse("account_change_password"), fields).content.decode()
    assert "至少三类" in page
    fields |= {"password1": "Another-word-88", "password2": "Another-word-88"}
    assert client.post(reverse("account_change_password"), fields).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password("Another-word-88") and clerk.password_changed_at is not None
