"""Work that comes by itself: each job is idempotent, so a second run or a late one does no harm."""

from __future__ import annotations

import json

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.job_context import JobContext

from renben.channels.portal import searches
from renben.engines.procedures import duties
from renben.engines.search import changes as search_changes
from renben.engines.search import searching
from renben.engines.search import sources as search_sources
from renben.kernel import audit, clock
from renben.kernel.models import Organization
from renben.services.placement import (
    matching_changes,
    matching_prices,
    project_gaps,
    seekers_days,
    station_visits,
    vacancies_nightly,
    visits,
)
from renben.services.placement.firms import agreements, members
from renben.services.placement.saved import alerting
from renben.services.registration import contacts
from renben.services.support.finding import running
from renben.services.support.hiring import watching as hiring_watching

STALLED_AFTER_SECONDS = 60


@app.periodic(cron="* * * * *")
@app.task(name="jobs.rescue", queueing_lock="jobs.rescue", pass_context=True)
async def rescue_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker was killed run again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        await manager.retry_job(job)


@app.periodic(cron="* * * * *")
@app.task(name="search.drain", queueing_lock="search.drain")
def drain_search(timestamp: int) -> None:
    """检索: changes left by a process that was killed between its commit and the index."""
    search_changes.drain()


@app.periodic(cron="50 3 * * *")
@app.task(name="search.check", queueing_lock="search.check")
def check_search(timestamp: int) -> None:
    """检索: an index that is damaged or lags behind the database is built anew."""
    for name in search_sources.names():
        searching.check(name)


@app.periodic(cron="10 1 * * *")
@app.task(name="registration.month_contacts", queueing_lock="registration.month_contacts")
def month_contacts(timestamp: int) -> None:
    """每月联系: the month's list of every street stands before the office opens (J-4.2.1 动态管理)."""
    month = contacts.first_of(clock.today())
    for street in Organization.objects.filter(tier="street", is_active=True).order_by("path"):
        contacts.open_month_contacts(organization=street, month=month)


@app.periodic(cron="20 0 * * *")
@app.task(name="duties.open", queueing_lock="duties.open")
def open_duties(timestamp: int) -> None:
    """定期职责: what this day's calendar asks of every office stands before the doors open."""
    duties.open_due()


@app.periodic(cron="30 0 * * *")
@app.task(name="seekers.day", queueing_lock="seekers.day")
def seekers_day(timestamp: int) -> None:
    """求职登记: ended by work or by time; the offices are asked to ask before the end."""
    seekers_days.run_day()


@app.periodic(cron="10 0 * * *")
@app.task(name="vacancies.expire", queueing_lock="vacancies.expire")
def expire_vacancies(timestamp: int) -> None:
    """招聘岗位: what is past its last day ends before the day begins; what ends tomorrow is asked about."""
    vacancies_nightly.expire_due()


@app.periodic(cron="15 0 * * *")
@app.task(name="employers.remind", queueing_lock="employers.remind")
def remind_of_employers(timestamp: int) -> None:
    """用人单位: whom nobody has been in touch with for so long becomes a task of the own office."""
    visits.remind()
    project_gaps.remind()
    station_visits.filed()


@app.periodic(cron="25 0 * * *")
@app.task(name="agreements.chase", queueing_lock="agreements.chase")
def chase_reports(timestamp: int) -> None:
    """空岗报告: what a firm owed and did not report becomes a task of the office that signed."""
    agreements.chase()


@app.periodic(cron="28 0 * * *")
@app.task(name="members.remind", queueing_lock="members.remind")
def remind_of_members(timestamp: int) -> None:
    """会员单位: a visit owed within the year and a term that ends soon become tasks."""
    members.remind()


@app.periodic(cron="45 1 * * *")
@app.task(name="hiring.watch", queueing_lock="hiring.watch")
def watch_hired(timestamp: int) -> None:
    """用人单位补贴: who seems to have left becomes a task; a fact that came late is owed back or paid after (hiring)."""
    hiring_watching.watch()


@app.periodic(cron="40 0 * * *")
@app.task(name="findings.run", queueing_lock="findings.run")
def find_people(timestamp: int) -> None:
    """政策找人: every policy over the whole register; whom one seems to fit becomes a task of the own station."""
    running.run_all()


@app.periodic(cron="20 1 * * *")
@app.task(name="matching.prices", queueing_lock="matching.prices")
def settle_prices(timestamp: int) -> None:
    """推荐岗位: posts that too many are shown move down by a few points, those that nobody sees move up."""
    matching_prices.settle()


@app.periodic(cron="50 1 * * *")
@app.task(name="matching.clean", queueing_lock="matching.clean")
def clean_matching(timestamp: int) -> None:
    """匹配: notes of changes that every process has read are cleared away."""
    matching_changes.clean()


@app.periodic(cron="40 5 * * *")
@app.task(name="jobs.saved", queueing_lock="jobs.saved")
def tell_new_jobs(timestamp: int) -> None:
    """保存的条件: what was published since the last time, one message a person, there before breakfast."""
    alerting.run(searches.wanted_of)


@app.periodic(cron="30 1 * * *")
@app.task(name="audit.anchor", queueing_lock="audit.anchor")
def anchor(timestamp: int) -> None:
    """The heads of the audit chain as a file of the day; the operator keeps copies elsewhere."""
    faults, heads = audit.verify()
    folder = settings.RENBEN_HOME / "anchors"
    folder.mkdir(parents=True, exist_ok=True)
    content = {"heads": heads, "faults": [fault.text for fault in faults]}
    (folder / f"{clock.today():%Y%m%d}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1))
