"""What keeps pages quick in a district of 247,000 people: plans, statements per page, and rights read anew each time."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.html import parse_html
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import load
from renben.channels.templatetags.renben import control
from renben.channels.workbench.people import PeopleFilter, ids_in_order, selected
from renben.kernel import clock
from renben.kernel.models import Delegation, Person, Post
from renben.kernel.policy import Principal
from tests import build

CROWD = """
INSERT INTO kernel_person (name, pinyin, initials, sex, birth_on, ethnicity, education, hukou_kind, organization_id,
    phone_enc, address_enc, health, disability_enc, id_masked, search_keys, labour_status, is_demo, created_at, updated_at,
    version)
SELECT '王' || i, 'wang', 'w', 'M', '1980-01-01', '01', '', '', (%s::bigint[])[1 + i %% %s], '', '', '', '', '',
    ARRAY['n:王', 'n:王' || i %% 700, 'p:w' || i %% 300], '', true, now(), now(), 1
FROM generate_series(1, 20000) i
"""


@pytest.fixture
def crowd(district):
    """20,000 people over the villages, with fresh statistics."""
    villages = [village.pk for village in district.villages]
    with connection.cursor() as cursor:
        cursor.execute(CROWD, [villages, len(villages)])
        cursor.execute("SELECT renben_statistics()")
    return district


def plan_of(rows) -> str:
    with connection.cursor() as cursor:
        sql, params = rows.values_list("pk", flat=True)[:2001].query.sql_with_params()
        cursor.execute("EXPLAIN " + sql, params)
        return "\n".join(line for (line,) in cursor.fetchall())


def asked(user, **data):
    principal = Principal(user)
    form = PeopleFilter(principal, data)
    assert form.is_valid()
    return selected(principal, form)


@pytest.mark.parametrize("place", ["centre", "street"])
@pytest.mark.parametrize("text", ["王7", "王王", "wq", "1234", "110113198001010012"])
def test_search_takes_people_from_the_search_index(crowd, place, text):
    user = crowd.staff("leader", crowd.centre if place == "centre" else crowd.streets[0])
    plan = plan_of(asked(user, q=text))
    assert "person_search_keys" in plan, plan
    assert "kernel_person_pkey" not in plan, plan


def test_found_people_come_newest_first_or_by_pinyin(district, clerk):
    made = [build.person(district.villages[0], name) for name in ("李强", "李安", "李博")]
    assert ids_in_order(asked(clerk, q="李"), 10) == [made[1].pk, made[2].pk, made[0].pk]
    assert ids_in_order(asked(clerk, q="李"), 1) == [made[2].pk], "the newest stays when the list is cut off"
    assert ids_in_order(asked(clerk), 10) == [made[1].pk, made[2].pk, made[0].pk]


def statements(client, path: str, **query) -> int:
    client.get(path, query)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path, query).status_code == 200
    return len(seen)


def test_pages_ask_few_statements(clerk, sign_in, district):
    client = sign_in(clerk)
    people = [build.person(district.villages[0], "李建国") for _ in range(3)]
    assert statements(client, "/people/") <= 7
    assert statements(client, "/people/", q="李") <= 7
    assert statements(client, f"/people/{people[0].pk}/") <= 11, "one of them: policies the person may be entitled to"
    assert statements(client, "/cases/") <= 9
    assert statements(client, "/") <= 12


def test_rights_are_read_in_one_statement(clerk, django_assert_num_queries):
    principal = Principal(clerk)
    with django_assert_num_queries(1):
        assert principal.may("person.view") and principal.staff.user_id == clerk.pk and principal.home.tier == "street"


def test_what_is_held_own_and_lent(district, clerk):
    today, lender = clock.today(), district.staff("first_review", district.streets[1], "李主任")
    admin = district.staff("system_admin", district.centre, "管理员")
    for giver in (lender, admin):
        Delegation.objects.create(
            from_staff=giver.staff,
            to_staff=clerk.staff,
            start_on=today,
            end_on=today + dt.timedelta(days=2),
            reason="请假",
            created_by=giver,
            created_at=clock.now(),
        )

    def held(day: dt.date) -> list[tuple]:
        return [(p.role, p.organization.path, p.acting_for and p.acting_for.name) for p in Principal(clerk, day).posts]

    own, lent = ("counter", district.streets[0].path, None), ("first_review", district.streets[1].path, "李主任")
    assert held(today) == [own, lent], "own posts first; posts of 三员 are never lent"
    assert held(today + dt.timedelta(days=2)) == [own]
    Delegation.objects.filter(from_staff=lender.staff).update(revoked_at=clock.now())
    assert held(today) == [own]
    Post.objects.filter(staff=clerk.staff).update(end_on=today + dt.timedelta(days=1))
    assert held(today) == [own] and held(today + dt.timedelta(days=1)) == []
    district.streets[0].is_active = False
    district.streets[0].save()
    assert held(today) == [] and Principal(clerk).staff == clerk.staff


def test_a_right_that_ends_is_gone_at_the_next_request(clerk, sign_in, district):
    client = sign_in(clerk)
    assert client.get("/people/").status_code == 200
    Post.objects.filter(staff=clerk.staff).update(start_on=dt.date(2020, 1, 1), end_on=clock.today())
    assert client.get("/people/").status_code == 403
    Post.objects.filter(staff=clerk.staff).update(end_on=None)
    assert client.get("/people/").status_code == 200
    clerk.is_active = False
    clerk.save()
    assert client.get("/people/").status_code == 302


def test_a_session_that_ran_out_or_is_unknown_signs_nobody_in(clerk, sign_in, district, frozen_time):
    client = sign_in(clerk)
    frozen_time.shift(dt.timedelta(hours=13))
    assert client.get("/people/").status_code == 302
    client.cookies["renben"] = "0" * 32
    assert client.get("/people/").status_code == 302


def test_an_office_outside_the_choices_is_no_filter_but_no_leak_either(clerk, sign_in, district):
    inside = build.person(district.villages[0], "李建国")
    outside = build.person(district.villages[2], "赵红梅")
    page = sign_in(clerk).get(reverse("people:list"), {"office": district.streets[1].pk}).content.decode()
    assert f"/people/{outside.pk}/" not in page and f"/people/{inside.pk}/" in page


@pytest.mark.parametrize("field", ["status", "hukou", "office"])
@pytest.mark.parametrize("value", ["", "urban", "<script>"])
def test_a_list_of_choices_is_drawn_as_django_draws_it(clerk, district, field, value):
    bound = PeopleFilter(Principal(clerk), {field: value})[field]
    assert parse_html(control(bound)) == parse_html(bound.as_widget(attrs={"class": "form-select"}))


def test_the_application_may_ask_for_statistics(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosecdef FROM pg_proc WHERE proname = 'renben_statistics'")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT renben_statistics()")
    assert not Person.objects.exists()


@contextmanager
def answering(drops: int):
    """A server that keeps connections, but breaks `drops` of them after an answer."""
    left = [drops]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(500 if self.path == "/bad" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if left[0]:
                left[0] -= 1
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_load_generator_counts_what_fails_and_reopens_what_was_closed(monkeypatch, capsys):
    monkeypatch.setattr(load, "THREADS", 1)
    with answering(drops=2) as port:
        plan = {"port": port, "rate": 40, "seconds": 0.5, "sessions": [""], "paths": [["a", 0, "/"], ["b", 0, "/bad"]]}
        monkeypatch.setattr("sys.stdin", _Input(json.dumps(plan)))
        load.main()
    answer = json.loads(capsys.readouterr().out)
    assert [status for _, _, status in answer["results"]] == [200, 500] * 10
    assert answer["reconnects"] == 2
    assert all(seconds > 0 for _, seconds, _ in answer["results"])


class _Input:
    def __init__(self, text: str) -> None:
        self.text = text

    def read(self) -> str:
        return self.text
