"""The demonstration district: reproducible, marked 演示数据, built with the same actions staff use."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable

from django.db import connection, transaction

from renben.engines.procedures import duties
from renben.kernel import calendar_table, clock, foundation, settings_store
from renben.kernel.models import Organization, Person, Setting, User

ACCOUNTS = "demo.accounts"


def print_accounts() -> None:
    """The accounts of the demonstration, for whoever started it."""
    from renben.channels.demo.offices import PASSWORD

    stored = Setting.objects.filter(key=ACCOUNTS).values_list("value", flat=True).first() or []
    print("演示账号（口令都是 " + PASSWORD + "）：")
    for account in stored:
        print(f"  {account['username']:<14}{account['label']}　{account['hint']}")


def build(*, people: int, seed: int, as_of: str | None, if_empty: bool, say: Callable[[str], None]) -> int:
    """Build the district. Refuses to touch a database that has people in it."""
    if Person.objects.exists():
        if if_empty:
            return 0
        say("数据库里已经有人员档案，演示数据只能建在空库里。请换一个 RENBEN_HOME，或新建一个数据库。")
        return 1
    if not 500 <= people <= 2_000_000:
        say("演示人数请在 500 到 2000000 之间。")
        return 1
    started = time.monotonic()
    today = dt.date.fromisoformat(as_of) if as_of else clock.today()
    foundation.lay_foundation()
    with transaction.atomic():  # all of it or nothing: a demonstration cut off half-way would tell untrue stories
        log = _fill(random.Random(seed), people, today, say)
    stuck = {name: n for name, n in log.items() if name.startswith("blocked")}
    if stuck:
        say(f"　未能继续的办件：{stuck}")
    say(f"演示区已建成（{time.monotonic() - started:.0f} 秒）。")
    return 0


def _fill(rng: random.Random, people: int, today: dt.date, say: Callable[[str], None]) -> dict[str, int]:
    from renben.channels.demo import findings, loans, offices, population, referrals, seekers, subsidies, work
    from renben.channels.demo.applications import applications
    from renben.channels.demo.employer_space import employer_space
    from renben.channels.demo.firms import firms as firms_kept
    from renben.channels.demo.grants import grants
    from renben.channels.demo.hiring import hiring
    from renben.channels.demo.public_posts import public_posts
    from renben.channels.demo.referral_history import history
    from renben.channels.demo.vacancies import vacancies_of

    streets = list(Organization.objects.filter(tier="street").order_by("path"))
    stations = list(Organization.objects.filter(tier="community").select_related("region").order_by("path"))
    accounts, _ = offices.staff_everywhere(rng)
    firms = population.employers(rng, streets, max(people // 60, 20))
    candidates = population.settle(rng, stations, firms, people, today)
    accounts += _citizen(candidates[0])
    Setting.objects.update_or_create(key=ACCOUNTS, defaults={"value": accounts})
    _analyze()
    say(f"{people} 人、{len(firms)} 家单位、{User.objects.count()} 个账号已建立。")
    calendar = calendar_table.current()
    log = work.work(rng, calendar, today, candidates[1:], people, say)
    log += subsidies.subsidies(work.District(rng, calendar, today), people)
    say(f"{public_posts(work.District(rng, calendar, today))} 人在公益性岗位上，两个月的待遇已拨付。")
    say(f"用人单位补贴：一家单位 {hiring(work.District(rng, calendar, today))} 人，上半年的已拨付，这半年的待复审。")
    say(f"区级补贴奖励 {grants(work.District(rng, calendar, today))} 件，在不同的环节。")
    log += loans.loans(work.District(rng, calendar, today))
    posts = vacancies_of(rng, today, people)
    say(f"招聘岗位 {sum(posts.values()) - posts['expired']} 个，其中 {posts['expired']} 个已到期。")
    opened = duties.open_due(today)
    say(f"{opened.opened} 件定期职责已按日历开立。")
    found = findings.findings(rng, today)
    say(f"政策找人：{found['found']} 人次符合或可能符合，已跟进 {sum(found.values()) - found['found']} 人次。")
    say(f"{seekers.seekers(rng, today)} 份求职登记已建立。")
    earlier = history(rng, today, people)
    made = referrals.referrals(rng, today, people)
    say(f"岗位推荐 {sum(made.values()) - made['calls']} 次，其中就业 {made['hired']} 人；以前一年的 {earlier} 次。")
    accounts += [*employer_space(rng, today), *applications(today)]
    held = firms_kept(rng, today)
    say(f"空岗报告协议 {held['agreements']} 份，会员单位 {held['members']} 家，催报 {held['missing']} 次。")
    Setting.objects.update_or_create(key=ACCOUNTS, defaults={"value": accounts})
    _analyze()
    return log


def _analyze() -> None:
    """Fresh statistics: without them the planner reads whole tables. By the owner's function: the application may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT renben_statistics()")


def _citizen(person_id: int) -> list[dict]:
    """One labourer with an account of their own."""
    from django.contrib.auth.hashers import make_password

    from renben.channels.demo.offices import PASSWORD

    person = Person.objects.get(pk=person_id)
    User.objects.create(username="citizen", display_name=person.name, password=make_password(PASSWORD), person=person)
    return [{"username": "citizen", "label": "劳动者本人", "hint": "看自己的档案和办件办到哪一步了。"}]


settings_store.define(ACCOUNTS, [], "演示账号")
