"""The frame of every page: size of letters, navigation, error pages, building blocks, operators' pages."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from renben.channels.context import HTMX
from renben.channels.errors import EXPLANATIONS, answer, server_error
from tests import build


def test_elder_mode_is_kept_in_a_cookie_and_shown_by_the_server(db):
    client = Client()
    assert 'data-mode="standard"' in client.get(reverse("portal")).content.decode()
    answer = client.post(reverse("display_mode"), {"mode": "elder", "next": "/check/"})
    assert answer["Location"] == "/check/" and client.cookies["renben_mode"].value == "elder"
    assert 'data-mode="elder"' in client.get(reverse("portal")).content.decode()
    client.post(reverse("display_mode"), {"mode": "standard", "next": "/"})
    assert 'data-mode="standard"' in client.get(reverse("portal")).content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_size_switch_leads_nowhere_else(db, target):
    assert Client().post(reverse("display_mode"), {"mode": "elder", "next": target})["Location"] == "/"


@pytest.mark.parametrize(
    ("role", "entries", "absent"),
    [
        ("counter", ["人员档案", "委托代办"], ["审计记录", "系统设置"]),
        ("system_admin", ["系统设置", "工作日历"], ["人员档案", "审计记录", "委托代办"]),
        ("audit_admin", ["审计记录"], ["人员档案", "系统设置"]),
    ],
)
def test_navigation_offers_what_one_may_open(district, sign_in, role, entries, absent):
    page = sign_in(district.staff(role, district.streets[0])).get("/")
    labels = [item["label"] for item in page.context["navigation"]]
    assert set(entries) <= set(labels) and not set(absent) & set(labels)
    client = sign_in(district.staff(role, district.streets[0]))
    for item in page.context["navigation"]:
        assert client.get(item["url"]).status_code == 200, item


def test_pages_carry_no_inline_script_or_style(district, clerk, sign_in):
    client = sign_in(clerk)
    person = build.person(district.villages[0])
    for path in ("/", "/people/", f"/people/{person.pk}/", "/people/new/", "/delegation/", "/accounts/"):
        response = client.get(path)
        page = response.content.decode()
        assert "<style" not in page and " style=" not in page and "javascript:" not in page
        assert page.count("<script") == page.count("<script src=")
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert page.count("<h1") == 1 and page.count('id="main"') == 1
        assert response["Cache-Control"] == "no-store"


def test_htmx_keeps_nothing_and_evaluates_nothing():
    assert HTMX["historyCacheSize"] == 0 and not HTMX["allowEval"] and not HTMX["includeIndicatorStyles"]
    assert HTMX["selfRequestsOnly"]


@pytest.mark.parametrize("status", sorted(EXPLANATIONS))
def test_error_pages_say_what_to_do_and_give_a_code(db, status):
    request = RequestFactory().get("/x")
    request.request_id = "abc123"
    request.COOKIES = {}
    response = answer(request, status)
    page = response.content.decode()
    assert response.status_code == status
    assert EXPLANATIONS[status].step in page and "abc123" in page


def test_missing_page_and_forbidden_page(clerk, sign_in, title):
    client = sign_in(clerk)
    missing = client.get("/nothing-here/")
    assert missing.status_code == 404 and title(missing) == "没有找到这个页面"
    assert missing["X-Request-ID"] in missing.content.decode()
    forbidden = client.get(reverse("audit:list"))
    assert forbidden.status_code == 403 and "审计管理员" in forbidden.content.decode()


def test_server_error_page_needs_no_database():
    request = RequestFactory().get("/x")
    request.request_id = "abc123"
    assert "abc123" in server_error(request).content.decode()


def test_missing_csrf_token_is_explained(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("account_login"), {"login": "clerk", "password": "x"})
    assert response.status_code == 403 and "刷新后再提交" in response.content.decode()


def test_operators_pages(db):
    client = Client()
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    assert b"python_info" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


def render(text: str, **context) -> str:
    return Template(text).render(Context(context))


def test_building_blocks():
    assert render("{{ fen|yuan }}", fen=123456789) == "1,234,567.89"
    assert render("{{ fen|yuan }}", fen=-5) == "-0.05"
    assert render("{{ day|cn_date }}", day=None) == "—"
    red = render('{% signal "red" "已超 1 天" %}')
    assert "■" in red and "红牌" in red and "已超 1 天" in red and 'aria-hidden="true"' in red
    assert render("{% signal what %}", what="<b>").count("<b>") == 0
    first, second = render("{% once %}"), render("{% once %}")
    assert first != second and 'name="_once"' in first
    request = RequestFactory().get("/x", {"a": "1", "page": "3"})
    assert render("{% query_with page=2 %}", request=request) == "?a=1&amp;page=2"
    assert render("{% query_with page='' a='' %}", request=request) == "?"
