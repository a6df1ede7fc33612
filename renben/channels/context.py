"""What every template knows: who looks, where they are, how the page is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from renben.channels.demo_accounts import demo_accounts
from renben.channels.navigation import as_html, in_groups
from renben.channels.signin.limits import idle_seconds
from renben.kernel import clock, settings_store

MODE_COOKIE = "renben_mode"
HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}
HTMX_TEXT = json.dumps(HTMX, separators=(",", ":"))


@dataclass(frozen=True)
class NavItem:
    label: str
    url_name: str
    prefix: str
    action: str = ""


NAVIGATION = [
    NavItem("今天", "today", ""),
    NavItem("办件", "cases:list", "/cases/", "case.view"),
    NavItem("职责日历", "duties:month", "/duties/", "case.view"),
    NavItem("人员档案", "people:list", "/people/", "person.view"),
    NavItem("求职登记", "seekers:list", "/seekers/", "seeker.view"),
    NavItem("岗位推荐", "referrals:list", "/referrals/", "referral.view"),
    NavItem("远程面试", "interviews:list", "/interviews/", "interview.work"),
    NavItem("用人单位", "employers:list", "/employers/", "employer.view"),
    NavItem("空岗报告协议", "agreements:list", "/agreements/", "agreement.view"),
    NavItem("单位诚信", "credit:ranking", "/credit/", "credit.view"),
    NavItem("会员单位", "members:list", "/members/", "member.view"),
    NavItem("招聘岗位", "vacancies:list", "/vacancies/", "vacancy.view"),
    NavItem("招聘洽谈会", "fairs:list", "/fairs/", "fair.view"),
    NavItem("招聘举报", "vacancy_reports:list", "/vacancy_reports/", "vacancy_report.view"),
    NavItem("单位求助", "requests:list", "/requests/", "employer_request.view"),
    NavItem("名册导入", "imports:list", "/imports/", "import.people"),
    NavItem("档案接收转移", "archives:list", "/archives/", "archive.manage"),
    NavItem("失业保险待遇", "benefits:list", "/benefits/", "benefit.pay"),
    NavItem("社会保险补贴", "support:list", "/support/", "subsidy.view"),
    NavItem("小额担保贷款", "loans:list", "/loans/", "loan.view"),
    NavItem("公益性岗位", "posts:list", "/posts/", "public_post.view"),
    NavItem("用人单位补贴", "hiring:list", "/hiring/", "hiring.view"),
    NavItem("区级补贴奖励", "grants:list", "/grants/", "grant.view"),
    NavItem("政策找人", "findings:list", "/findings/", "finding.view"),
    NavItem("消息告知", "telling:list", "/telling/", "message.view"),
    NavItem("每月联系", "contacts:list", "/contacts/", "case.work"),
    NavItem("台账与报表", "ledgers:list", "/ledgers/", "ledger.view"),
    NavItem("规程", "procedures:list", "/procedures/", "case.view"),
    NavItem("政策参数", "policies:list", "/policies/", "policy.view"),
    NavItem("委托代办", "delegation:list", "/delegation/", "delegation.give"),
    NavItem("机构与岗位", "offices:list", "/admin/offices/", "org.view"),
    NavItem("工作日历", "calendar:year", "/admin/calendar/", "calendar.view"),
    NavItem("系统设置", "admin_settings", "/admin/settings/", "settings.manage"),
    NavItem("审计记录", "audit:list", "/admin/audit/", "audit.view"),
]


EMPLOYER_SPACE, OWN_ACCOUNT = "/employer/", "/accounts/"
EMPLOYER_NAVIGATION = [
    NavItem("首页", "employer:home", ""),
    NavItem("我的岗位", "employer:vacancies", "/employer/vacancies/"),
    NavItem("应聘的人", "employer:applicants", "/employer/applicants/"),
    NavItem("招聘会", "employer:fairs", "/employer/fairs/"),
    NavItem("用工指导", "employer:requests", "/employer/requests/"),
    NavItem("政策和补贴", "employer:policies", "/employer/policies/"),
    NavItem("单位信息", "employer:firm", "/employer/firm/"),
    NavItem("形象页", "employer:image", "/employer/image/"),
    NavItem("我的消息", "inbox", "/mine/"),
]
"""What a contact of a firm finds in the employers' space."""


@cache
def _address(url_name: str) -> str:
    return reverse(url_name)


def navigation(request: HttpRequest) -> list[dict]:
    """The entries this reader may open, the current one marked. Empty for whoever holds no post and speaks for no firm."""
    principal = getattr(request, "principal", None)
    if principal is None:
        return []
    space = (EMPLOYER_SPACE,) if principal.posts else (EMPLOYER_SPACE, OWN_ACCOUNT)
    in_space = request.path.startswith(space) and bool(principal.firms)
    if not in_space and not principal.posts:
        return []
    items = []
    for item in EMPLOYER_NAVIGATION if in_space else NAVIGATION:
        if item.action and not principal.may(item.action):
            continue
        url = _address(item.url_name)
        here = request.path.startswith(item.prefix) if item.prefix else request.path == url
        items.append({"name": item.url_name, "label": item.label, "url": url, "here": here, "group": ""})
    return items if in_space else in_groups(items)


def page(request: HttpRequest) -> dict:
    """Context processor of every page."""
    principal = getattr(request, "principal", None)
    user = getattr(request, "user", None)
    is_staff = bool(principal is not None and principal.posts)
    entries = navigation(request)
    return {
        "site_name": "人本公共就业服务平台",
        "is_demo": settings.DEMO,
        "display_mode": "elder" if request.COOKIES.get(MODE_COOKIE) == "elder" else "standard",
        "htmx_config": HTMX_TEXT,
        "request_id": getattr(request, "request_id", ""),
        "principal": principal,
        "signed_in": bool(getattr(user, "is_authenticated", False)),
        "idle_seconds": idle_seconds(request) if is_staff else 0,
        "is_staff_page": is_staff,
        "home_office": principal.home if is_staff else None,
        "may_find_people": bool(is_staff and principal.may("person.view")),
        "navigation": entries,
        "navigation_items": as_html(entries),
        "demo_accounts": demo_accounts,
        "site_announcement": lambda: settings_store.get("site.announcement"),
        "as_of_day": clock.today() if clock.is_as_of() else None,
    }
