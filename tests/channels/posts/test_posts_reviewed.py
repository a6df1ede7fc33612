"""A month on a post looked at again: a corrected fact makes a task of the determination it would change, and of no other."""

from __future__ import annotations

import pytest

from renben.engines.rules import reviewing
from renben.kernel import events
from renben.kernel.models import Task
from renben.services.support.posts.models import PostAmount
from tests.channels.posts.test_posts_corrections import WAGE, paid
from tests.channels.posts.test_posts_pages import say, text_of
from tests.services.support.posts.conftest import day

pytestmark = pytest.mark.django_db


def tasks() -> list[Task]:
    return list(Task.objects.filter(key__startswith="determination.changed:", cleared_at=None).order_by("id"))


def test_a_later_fact_shows_the_determinations_that_would_change(office, maker, checker):
    placement, _ = paid(office, maker, checker)
    corrected = events.PersonFactsChanged(placement.person_id, ("health",))
    events.emit(corrected)
    assert tasks() == [], "nothing would be another"
    placement.ends_on = day("2011-03-31")
    placement.save()
    events.emit(corrected)
    (task,) = tasks()
    assert "公益性岗位月待遇" in task.title
    assert "在岗最后一天由“2012-12-31”改为“2011-03-31”" in task.reason and "拨付合计（元）会由" in task.reason
    april = PostAmount.objects.get(placement=placement, month=day("2011-04-01"), heading="post_wage")
    assert task.url == f"/policies/determinations/{april.determination_id}/"
    assert "在岗最后一天" in text_of(maker.get(task.url))
    placement.ends_on = day("2012-12-31")
    placement.save()
    events.emit(corrected)
    assert tasks() == [], "put back, the task goes"


def test_a_difference_that_is_listed_is_no_task_any_more(office, maker, checker):
    placement, url = paid(office, maker, checker)
    say(maker, f"{url}wage/", **WAGE)
    assert reviewing.check_person(placement.person_id) == 0 and tasks() == []
