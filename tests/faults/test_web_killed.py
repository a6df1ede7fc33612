"""`kill -9` of the site in the middle of POSTs: each, sent again with its key, has happened exactly once and whole."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import random
import re
import threading
from dataclasses import dataclass, field

import pytest

from renben.kernel import identity
from tests.faults.browser import Answer, Browser

pytestmark = pytest.mark.faults

POSTS = 100
KILLS = 8
CLIENTS = 4
PATIENCE = 60
DIGITS = "一二三四五六七八九十"


@pytest.fixture
def site(district):
    district.must("db", "start")
    district.serve()
    yield district
    if district.web is not None:
        district.kill_web()


@pytest.fixture
def ask(district):
    """Function: a question to the database (see checker)."""
    district.must("db", "start")
    checker = district.child("tests.faults.checker")

    def asked(**question):
        print(json.dumps(question), file=checker.stdin, flush=True)
        return json.loads(checker.stdout.readline())

    yield asked
    checker.stdin.close()
    checker.wait(PATIENCE)
    checker.stdout.close()


@dataclass
class Post:
    """A form somebody sends: its page, the fields filled in, and whether the first page must be posted to see it."""

    account: str
    path: str
    fields: dict[str, str]
    first: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    attempts: int = 0

    def prepare(self, browser: Browser) -> None:
        """Open the page, so that the fields carry its `_once` key."""
        page = browser.get(self.path)
        if self.first:
            page = browser.ask("POST", self.path, self.first | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
            offices = re.findall(r'<option value="(\d+)"', page.text[page.text.find('name="organization"') :])
            self.fields["organization"] = offices[0]
        hidden = page.hidden
        assert len(hidden.get("_once", "")) == 32, f"{self.path} has no key: {page.status} {page.text[-3000:]}"
        self.fields |= hidden

    def send(self, browser: Browser) -> Answer:
        self.attempts += 1
        return browser.ask("POST", self.path, self.fields)


def new_case(person_id: int) -> Post:
    return Post("receiver", f"/cases/new/{person_id}/", {"procedure": "Q-1.2.2"})


def new_file(i: int) -> Post:
    born = dt.date(1979, 1 + i % 12, 1 + i % 28)
    number = identity.make_resident_id("110113", born, 500 + i)
    name = "试" + DIGITS[i // 10 % 10] + DIGITS[i % 10]
    known = {"kind": "resident_id", "number": number}
    return Post("clerk", "/people/new/", {"name": name, "ethnicity": "01"}, first=known)


class Killer:
    """Kills the site while requests are under way and starts it again; clients wait for it at `up`."""

    def __init__(self, site, kills: int) -> None:
        self.site, self.kills = site, kills
        self.changed = threading.Condition()
        self.under_way, self.answered, self.interrupted = 0, 0, 0
        self.up = threading.Event()
        self.up.set()
        self.is_over = False

    def run(self) -> None:
        rng, pause = random.Random(8), threading.Event()
        for kill in range(self.kills):
            wanted = (kill + 1) * POSTS // (self.kills + 1)
            with self.changed:
                ready = lambda wanted=wanted: self.is_over or (self.answered >= wanted and self.under_way >= 2)  # noqa: E731
                if not self.changed.wait_for(ready, PATIENCE) or self.is_over:
                    return
            pause.wait(rng.random() * 0.03)
            self.up.clear()
            self.site.kill_web()
            self.site.serve()
            self.up.set()

    def send(self, post: Post, browser: Browser) -> None:
        """Until an answer comes whole, always with the same key."""
        while True:
            assert self.up.wait(PATIENCE)
            with self.changed:
                self.under_way += 1
                self.changed.notify_all()
            try:
                post.answer = post.send(browser)
            except (OSError, http.client.HTTPException):
                self.interrupted += 1
            finally:
                with self.changed:
                    self.under_way -= 1
                    self.answered += post.answer is not None
                    self.changed.notify_all()
            if post.answer is not None:
                return


def test_a_hundred_posts_while_the_site_is_killed(site, ask):
    people = ask(free_people=POSTS // 2)["free_people"]
    assert len(people) == POSTS // 2
    posts = [*map(new_case, people), *map(new_file, range(POSTS // 2))]
    random.Random(1).shuffle(posts)
    browsers = [{name: Browser(site.port) for name in ("receiver", "clerk")} for _ in range(CLIENTS)]
    for mine in browsers:
        for name, browser in mine.items():
            browser.sign_in(name)
    for i, post in enumerate(posts):
        post.prepare(browsers[i % CLIENTS][post.account])
    killer, failures = Killer(site, KILLS), []

    def client(number: int) -> None:
        try:
            for post in posts[number::CLIENTS]:
                killer.send(post, browsers[number][post.account])
        except BaseException as failure:
            failures.append(failure)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    killing = threading.Thread(target=killer.run)
    for thread in (*clients, killing):
        thread.start()
    for thread in clients:
        thread.join(3 * PATIENCE)
    with killer.changed:
        killer.is_over = True
        killer.changed.notify_all()
    killing.join(PATIENCE)
    assert not failures
    assert killer.interrupted >= KILLS, "the kills hit nobody"
    assert {post.answer.status for post in posts} == {302}, {
        post.answer.status: post.answer.text[-2000:] for post in posts
    }
    assert len({post.answer.location for post in posts}) == POSTS
    names = [post.fields["name"] for post in posts if post.first]
    found = ask(cases_of=people, files_of=names, keys=[post.fields["_once"] for post in posts])
    assert found["cases_of"] == [1] * len(people)
    assert found["files_of"] == [1] * len(names)
    assert found["keys"] == POSTS
    assert found["half"] == [] and found["half_files"] == [] and found["unanswered_keys"] == 0
    assert found["faults"] == []


def test_an_answer_lost_on_the_way_is_given_again_after_the_kill(site, ask):
    (person,) = ask(free_people=1)["free_people"]
    browser = Browser(site.port)
    browser.sign_in("receiver")
    post = new_case(person)
    post.prepare(browser)
    first = post.send(browser)
    site.kill_web()
    site.serve()
    again = post.send(browser)
    assert (again.status, again.location) == (302, first.location)
    assert ask(cases_of=[person])["cases_of"] == [1]


def test_two_at_once_with_one_key_count_once(site, ask):
    """A double click: both requests are under way together."""
    (person,) = ask(free_people=1)["free_people"]
    browser = Browser(site.port)
    browser.sign_in("receiver")
    post = new_case(person)
    post.prepare(browser)
    gate, answers = threading.Barrier(4), []

    def click() -> None:
        own = Browser(site.port, dict(browser.cookies))
        gate.wait(PATIENCE)
        answers.append(post.send(own))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(answers) == 4
    assert {(answer.status, answer.location) for answer in answers} == {(302, answers[0].location)}
    assert ask(cases_of=[person])["cases_of"] == [1]
