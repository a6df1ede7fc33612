"""我能享受什么: what the page answers, that it keeps nothing, and what it says to nonsense."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from renben.channels.portal.calculator import Questions, answers_of
from renben.kernel.models import User
from tests.channels.shell.conftest import sign_in, title  # noqa: F401
from tests.services.support_finding.conftest import world  # noqa: F401

WORKER = {
    "sex": "F",
    "birth": "1980-01-05",
    "hukou": "urban",
    "situation": "flexible",
    "since": "2026-01-10",
    "registered": "yes",
    "months": "",
    "reason": "",
    "disability": "none",
}
JOBLESS = WORKER | {"situation": "seeking", "since": "2025-10-08", "months": "40", "reason": "contract_expired"}


def told(**changes) -> dict[str, tuple[str, str]]:
    """Verdict and reason by policy, asked on 23 November 2026."""
    form = Questions(WORKER | changes)
    assert form.is_valid(), form.errors
    return {one.search.key: (one.verdict, one.reason) for one in answers_of(form.cleaned_data, dt.date(2026, 11, 23))}


def verdicts(page: str) -> list[tuple[str, str]]:
    """(可以, 政策) of every answer on the page, in order."""
    found = re.findall(r'<h2 id="policy-\d+">.*?</span>(可以|可能|不可以)</span>\s*(\S+)\s*</h2>', page, re.S)
    return [(word, policy) for word, policy in found]


@pytest.fixture
def page(db):
    """The answer page of a visitor."""

    def ask(data: dict, **headers) -> str:
        response = Client(enforce_csrf_checks=True).post("/calculator/", data, **headers)
        assert response.status_code == 200
        return response.content.decode()

    return ask


def test_ten_questions_at_most_and_each_has_its_number():
    labels = [field.label for field in Questions().fields.values()]
    assert [int(label.split(".")[0]) for label in labels] == list(range(1, len(labels) + 1)) and len(labels) <= 10


def test_a_registered_flexible_worker_can_with_article_papers_and_place(page, title):  # noqa: F811
    html = page(WORKER)
    assert verdicts(html)[0] == ("可以", "灵活就业社会保险补贴")
    assert {word for word, _ in verdicts(html)[1:]} == {"不可以"}
    assert "您最多可享受60个月的灵活就业社会保险补贴" in html and "京劳社就发〔2006〕160号" in html
    assert "/guide/J-4.3.2/" in html and "申请人应提供的各种材料" in html
    assert title(Client().get("/calculator/")) == "我能享受什么"


def test_what_was_left_open_becomes_maybe_with_what_to_ask(page):
    html = page(WORKER | {"registered": "", "since": ""})
    assert verdicts(html)[0] == ("可能", "灵活就业社会保险补贴")
    assert "从哪天起干的" in html and "就业登记（查《就业失业登记证》）" in html


def test_one_who_lost_the_job_is_told_both_rights(page):
    html = page(JOBLESS)
    assert verdicts(html)[:2] == [("可以", "失业保险金"), ("可以", "就业困难人员认定")]
    assert "您可领取9个月失业保险金" in html and "长期失业" in html


@pytest.mark.parametrize(
    ("changes", "policy", "expected"),
    [
        ({"birth": "1986-11-23"}, "subsidy.flexible", "yes"),
        ({"birth": "1986-11-24"}, "subsidy.flexible", "no"),
        ({"birth": "1986-11-24", "disability": "moderate"}, "subsidy.flexible", "yes"),
        ({"since": "2026-10-24"}, "subsidy.flexible", "yes"),
        ({"since": "2026-10-25"}, "subsidy.flexible", "no"),
        ({"situation": "self_employed"}, "subsidy.self_employed", "maybe"),
        ({"situation": "self_employed", "more": ["archive.is_deposited"]}, "subsidy.self_employed", "yes"),
        ({"situation": "seeking", "months": "11", "reason": "contract_expired"}, "ui.benefit", "no"),
        ({"situation": "seeking", "months": "12", "reason": "contract_expired"}, "ui.benefit", "yes"),
        ({"situation": "seeking", "months": "12", "reason": "resigned"}, "ui.benefit", "no"),
        ({"situation": "seeking", "months": "", "reason": ""}, "ui.benefit", "maybe"),
        ({"situation": "seeking", "months": "12", "reason": "contract_expired", "registered": "no"}, "ui.benefit", "maybe"),
        ({"situation": "idle", "months": "12", "reason": "contract_expired"}, "ui.benefit", "no"),
        ({"situation": "seeking", "hukou": "elsewhere"}, "hardship", "no"),
        ({"situation": "seeking", "birth": "2000-01-01"}, "hardship", "no"),
        ({"situation": "seeking", "birth": "2000-01-01", "more": ["family.dibao"]}, "hardship", "yes"),
    ],
)  # fmt: skip
def test_edges(changes, policy, expected):
    assert told(**changes)[policy][0] == expected


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(1960, 1, 1), dt.date(2008, 12, 31)), st.sampled_from("FM"))
def test_the_subsidy_begins_on_the_birthday_itself(birth, sex):
    """A woman from 40, a man from 45, until the day of retirement (50, 60): counted here by the calendar alone."""

    def reached(years: int, on: dt.date) -> bool:
        try:
            return birth.replace(year=birth.year + years) <= on
        except ValueError:
            return dt.date(birth.year + years, 2, 28) <= on

    on = dt.date(2026, 11, 23)
    first, last = (40, 50) if sex == "F" else (45, 60)
    verdict = told(birth=birth.isoformat(), sex=sex)["subsidy.flexible"][0]
    assert (verdict == "yes") is (reached(first, on) and not reached(last, on))


@pytest.mark.django_db
def test_nothing_is_stored_and_no_cookie_is_set():
    client = Client(enforce_csrf_checks=True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        first = client.get("/calculator/")
        second = client.post("/calculator/", JOBLESS)
        third = client.post("/calculator/", JOBLESS | {"birth": "2030-01-01"})
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 422)
    assert not client.cookies and not first.cookies and not second.cookies and not third.cookies
    written = [
        row["sql"] for row in asked if re.match(r"\W*(INSERT|UPDATE|DELETE|COPY|SELECT nextval)", str(row["sql"]))
    ]
    assert written == []
    assert second["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"birth": "2030-01-01"}, "出生日期还没到"),
        ({"birth": "1880-01-01"}, "出生日期太早了"),
        ({"since": "2027-01-01"}, "这一天还没到"),
        ({"since": "1979-01-01"}, "这一天在出生日期以前"),
        ({"months": "1200"}, "900"),
        ({"months": "十二"}, "整数"),
        ({"sex": ""}, "sex"),
        ({"situation": "rich"}, "situation"),
    ],
)
def test_nonsense_gets_a_sentence_and_keeps_the_other_answers(changes, said):
    response = Client().post("/calculator/", WORKER | changes)
    html = response.content.decode()
    assert response.status_code == 422 and said in html and "policy-1" not in html
    assert 'value="rural"' in html and re.search(r'value="urban"[^>]*checked', html)


@pytest.mark.django_db
def test_large_letters_without_a_cookie():
    client = Client()
    html = client.post("/calculator/", WORKER | {"size": "elder"}).content.decode()
    assert 'data-mode="elder"' in html and not client.cookies
    assert 'data-mode="standard"' in client.get("/calculator/").content.decode()


@pytest.mark.django_db
def test_the_button_for_large_letters_works_from_here_too():
    client = Client(enforce_csrf_checks=True)
    client.get("/calculator/")
    assert client.post("/display/", {"mode": "elder", "next": "/calculator/"}).status_code == 302
    assert 'data-mode="elder"' in client.get("/calculator/").content.decode()


def test_a_signed_in_citizen_finds_the_own_facts_filled_in(world, sign_in):  # noqa: F811
    person = world.person("王秀兰", birth="1980-01-05")
    world.spell(person, "registered_unemployed", "2025-10-08")
    world.registration(person)
    world.archive(person, 40)
    client = sign_in(User.objects.create_user("citizen2", "Renben-2026-x", display_name="王秀兰", person=person))
    html = client.get("/calculator/").content.decode()
    assert "档案里有的已经替您填好" in html
    assert 'value="1980-01-05"' in html and 'value="2025-10-08"' in html and 'value="40"' in html
    for answer in ("F", "urban", "yes", "contract_expired"):
        assert re.search(rf'value="{answer}"[^>]*checked', html), answer


def test_the_home_page_leads_here(db):
    assert 'href="/calculator/"' in Client().get("/portal/").content.decode()
