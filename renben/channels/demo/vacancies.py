"""Vacancies of the demonstration: employers whose licences were seen, posts at every stage, worked by the same acts staff use."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from renben.channels.demo import names
from renben.channels.demo.work import Desk
from renben.kernel import clock, employers
from renben.kernel.models import Employer, EmployerContact, EmployerLicence, Organization
from renben.kernel.roles import Role
from renben.kernel.uscc import make_uscc
from renben.services.placement import vacancies, vacancies_nightly
from renben.services.placement.codes import VacancySource
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import Ad

SHARE = 5
"""Vacancies each employer of a shown street has at least."""
FEWEST, MOST, ONE_IN = 120, 600, 12
"""Vacancies: one for so many people, within bounds."""
DAYS = 45
OF_SHOWN = 3
"""Employers in each street of an account shown on the sign-in page, so that its clerk finds posts to work on."""
STAGES = (("published", 70), ("filled", 8), ("paused", 3), ("withdrawn", 4), ("returned", 6), ("submitted", 9))
"""What became of a vacancy by today, in weights."""


@dataclass(frozen=True)
class Job:
    """A kind of post: yuan of the period from and to, what is done, what is asked for."""

    title: str
    duties: str
    needs: str
    low: int
    high: int
    kind: str = "full"
    period: str = "month"
    shift: str = "day"
    education: str = ""
    years: int = 0
    skills: tuple[str, ...] = ()
    access: tuple[str, ...] = ()


JOBS = (
    Job(
        "仓库分拣员", "按出库单拣货、核数、打包，下班前把货位归整好。", "认得字，手脚勤快", 4600, 6200, shift="rotating"
    ),
    Job(
        "叉车司机", "驾驶叉车装卸、码垛，每天出车前检查车况。", "持有效叉车证", 5800, 7600, years=1, skills=("开叉车",)
    ),
    Job("快递装卸员", "夜间到港车辆卸货、扫描、装车。", "能上夜班", 5500, 7500, shift="night"),
    Job("送货司机", "按路线给门店送货，回单当天交齐。", "C1驾照，熟悉本区道路", 6000, 8000, years=2, skills=("驾驶",)),
    Job("保洁员", "负责楼层和卫生间清洁，垃圾分类清运。", "不限", 2900, 3500, access=("light",)),
    Job("物业维修工", "接报修，修水电、门窗和灯具，做好记录。", "持低压电工证", 5000, 6500, years=2, skills=("电工",)),
    Job("秩序维护员", "门岗值守、巡逻、登记来访车辆和人员。", "无犯罪记录，服从排班", 4200, 5200, shift="rotating"),
    Job("园林养护工", "浇水、修剪、打药、清理绿地。", "不限", 3600, 4500),
    Job("餐厅服务员", "迎客、点单、上菜、收台。", "说普通话，有健康证", 4000, 5200),
    Job("中餐厨师", "炒菜、备料，管好灶台卫生。", "会做家常菜，有健康证", 6500, 9000, years=3, skills=("烹饪",)),
    Job("面点师", "和面、包制、蒸煮，供应早餐和主食。", "会做面食", 5000, 6800, years=1, skills=("面点",)),
    Job("洗碗工", "清洗、消毒、摆放餐具。", "不限", 3600, 4200),
    Job("超市理货员", "上货、标价、查保质期，整理排面。", "不限", 3500, 4300),
    Job("收银员", "扫码收款、开票、交接账目。", "仔细，会用电脑", 3700, 4500, access=("seated",)),
    Job("导购", "介绍商品、试穿试用、记好顾客要求。", "喜欢与人打交道", 4000, 6500),
    Job(
        "数控车工",
        "看图加工轴套类零件，自检尺寸。",
        "看得懂图纸",
        6500,
        9500,
        years=2,
        education="40",
        skills=("数控车",),
    ),
    Job("钳工", "设备装配、调试，处理装配问题。", "中级以上", 6000, 8500, years=3, education="40", skills=("钳工",)),
    Job("电焊工", "二保焊、氩弧焊，焊后打磨。", "持焊工证", 6500, 9000, years=2, skills=("电焊",)),
    Job("质检员", "按标准抽检、记录、贴标，不合格的隔离。", "认真，会用卡尺", 4800, 6000, education="60"),
    Job("包装工", "流水线包装、贴标、装箱。", "坐着干活", 4000, 5000, access=("seated", "light")),
    Job("食品生产操作工", "配料、看机、清洗设备。", "有健康证", 4300, 5600, shift="rotating"),
    Job(
        "缝纫工",
        "车缝衣片、钉扣、锁边。",
        "会用平缝机",
        4500,
        6500,
        period="piece",
        skills=("缝纫",),
        access=("seated",),
    ),
    Job("印刷机长", "开机、调墨、换版，带一名助手。", "做过胶印", 7000, 9500, years=3, skills=("印刷",)),
    Job(
        "会计",
        "做账、报税、月底结账，整理凭证。",
        "熟悉小企业账务",
        6000,
        8500,
        education="30",
        years=2,
        skills=("会计",),
    ),
    Job("出纳", "收付款、跑银行、登日记账。", "细心可靠", 4500, 5800, education="30"),
    Job(
        "文员", "收发文件、做表格、订会议室、接待来访。", "会用办公软件", 4200, 5500, education="30", access=("seated",)
    ),
    Job("人事专员", "招人、办入离职、算考勤。", "懂劳动法规", 5000, 7000, education="30", years=1),
    Job(
        "客服坐席",
        "接电话、记问题、转办、回访。",
        "普通话清楚",
        4300,
        6000,
        shift="rotating",
        access=("seated", "light"),
    ),
    Job("网店运营", "上新、做活动、看数据、管库存。", "做过网店", 5500, 8500, years=1, skills=("网店运营",)),
    Job(
        "软件测试员",
        "写用例、跑测试、跟问题到修好。",
        "懂测试流程",
        8000,
        12000,
        education="30",
        years=1,
        skills=("测试",),
    ),
    Job("家政服务员", "上门保洁、做饭、照看老人。", "有健康证", 28, 35, kind="part", period="hour"),
    Job(
        "养老护理员",
        "协助老人起居、喂饭、测量体温血压。",
        "有耐心，会护理的优先",
        5000,
        6800,
        shift="rotating",
        skills=("护理",),
    ),
    Job("月嫂", "照护产妇和新生儿，做月子餐。", "持母婴护理证书", 7500, 11000, years=1, skills=("母婴护理",)),
    Job("幼儿园保育员", "照看幼儿饮食、午睡和卫生。", "持保育员证，有健康证", 4000, 5000, education="60"),
    Job("草莓采摘工", "大棚采摘、分级、装盒。", "不限", 160, 200, kind="season", period="day"),
    Job("蔬菜种植工", "育苗、定植、浇水、采收。", "干过农活", 150, 180, kind="season", period="day"),
    Job("机场旅客引导员", "值机区引导旅客、推手推车、解答询问。", "普通话清楚", 4500, 5800, shift="rotating"),
    Job("行李装卸员", "分拣、装卸行李，守好安全规定。", "能上夜班", 5500, 7000, shift="rotating"),
    Job(
        "汽车维修工", "保养、检测、换件，填维修单。", "做过汽修", 5500, 8000, years=2, education="40", skills=("汽修",)
    ),
    Job("洗车工", "外观清洗、内饰清洁。", "不限", 3800, 5000),
    Job(
        "建筑瓦工",
        "砌墙、抹灰、贴砖。",
        "干过两年以上",
        280,
        350,
        kind="season",
        period="day",
        years=2,
        skills=("瓦工",),
    ),
    Job("绿化司机", "开洒水车、清运枝叶。", "B2驾照", 5800, 7000, years=2, skills=("驾驶",)),
)
EXTRAS = (
    "每月十号发工资",
    "上六休一",
    "有老师傅带",
    "离公交站步行十分钟",
    "长期做",
    "适应了可以转岗",
    "工具单位配",
    "淡旺季不裁人",
)
BENEFITS = ("包工作餐", "有班车接送", "节日发福利", "满一年有年休假", "夏天发防暑降温费", "住单位宿舍", "")
SLIPS = ("限男性，", "女士优先，", "已婚已育者优先，", "需交服装押金200元，", "不招农民工，")
"""What an employer may not ask for, as careless ones write it; the check finds it."""
ASIDES = ("45岁以下，", "本地户口优先，", "形象好，")


def _licensed(rng: random.Random, firms: list[Employer], today: dt.date) -> dict[int, EmployerContact]:
    """Licences that were seen, and whom to call, for every employer that recruits."""
    now = clock.now()
    EmployerLicence.objects.bulk_create(
        EmployerLicence(
            employer=firm,
            kind="business",
            number=firm.uscc,
            issuer="北京市顺义区市场监督管理局",
            issued_on=today - dt.timedelta(days=rng.randrange(400, 4000)),
            recorded_at=now,
        )
        for firm in firms
    )
    contacts = {}
    for firm in firms:
        contacts[firm.pk] = employers.save_contact(
            employer_id=firm.pk,
            by=None,
            name=names.full_name(rng, rng.choice("MF")),
            duty=rng.choice(("人事经理", "办公室主任", "负责人")),
            phone=f"139{rng.randrange(10**8):08d}",
        )
    return contacts


def _ad(rng: random.Random, firm: Employer, contact: EmployerContact, job: Job, *, careless: bool) -> Ad:
    step = 1 if job.period == "hour" else 10 if job.period == "day" else 100
    shift = step * rng.randrange(0, 5)
    low, high = (job.low + shift) * 100, (job.high + shift * 2) * 100
    needs = (rng.choice(SLIPS) if careless else rng.choice(ASIDES) if rng.random() < 0.06 else "") + job.needs
    street = firm.organization
    return Ad(
        title=job.title,
        duties=job.duties + "，".join(rng.sample(EXTRAS, 2)) + "。",
        requirements=needs,
        headcount=rng.choice((1, 1, 2, 2, 3, 5, 8, 10)),
        work_kind=job.kind,
        wage_period=job.period,
        wage_low_fen=low,
        wage_high_fen=high,
        benefits="，".join(dict.fromkeys(text for text in rng.sample(BENEFITS, 2) if text)),
        insurances=[] if job.kind in ("part", "season") else ["养老", "医疗", "失业", "工伤"],
        region_id=street.region_id,
        place=f"{street.short_name}{rng.choice(('工业区', '大街', '路'))}{rng.randrange(1, 90)}号",
        shift=job.shift,
        hours_week=24 if job.kind == "part" else 40 if rng.random() < 0.6 else 48,
        education=job.education,
        experience_years=job.years,
        skills=list(job.skills),
        offers_housing=rng.random() < 0.25,
        offers_meals=rng.random() < 0.45,
        access=list(job.access),
        contact_name=contact.name,
        contact_phone=employers.contact_phone(contact),
    )


def _moment(day: dt.date, rng: random.Random) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9 + rng.randrange(7), rng.randrange(60)), tzinfo=clock.ZONE)


def _later(vacancy: Vacancy, stage: str, clerk: Any, rng: random.Random) -> None:
    """What became of a published vacancy by today."""
    if stage == "filled":
        vacancies.fill(vacancy=vacancy, count=vacancy.headcount, by=clerk, reason="单位自己招到，电话核实")
    elif stage == "paused":
        vacancies.pause(vacancy=vacancy, by=clerk, reason="单位说先不招")
    elif stage == "withdrawn":
        vacancies.withdraw(vacancy=vacancy, by=clerk, reason=rng.choice(("单位不招了", "岗位取消")))
    elif vacancy.headcount > 2 and rng.random() < 0.2:
        vacancies.fill(vacancy=vacancy, count=1, by=clerk, reason="单位自己招到一人")


def _one(rng: random.Random, firm: Employer, contact: EmployerContact, desk: Desk, today: dt.date) -> str:
    """One vacancy from the counter to where it stands today."""
    stage = rng.choices([name for name, _ in STAGES], [weight for _, weight in STAGES])[0]
    ago = rng.randrange(0, 4) if stage in ("submitted", "returned") else rng.randrange(1, DAYS)
    day, street = today - dt.timedelta(days=ago), firm.organization
    clerk = desk.at(street.pk, [Role.COUNTER])
    with clock.as_of(_moment(day, rng)):
        vacancy = vacancies.register(
            employer=firm,
            organization=street,
            ad=_ad(rng, firm, contact, rng.choice(JOBS), careless=stage == "returned"),
            by=clerk,
            source=rng.choice(
                (VacancySource.COUNTER, VacancySource.COUNTER, VacancySource.VISIT, VacancySource.STATION)
            ),
            is_demo=True,
        )
        if stage == "returned":
            told = "\n".join(vacancies.fault_text(fault) for fault in vacancies.musts(vacancy.faults))
            vacancies.return_to_employer(vacancy=vacancy, reason=told, by=clerk)
        elif stage != "submitted":
            vacancies.publish(vacancy=vacancy, by=clerk)
    if stage in ("submitted", "returned"):
        return stage
    with clock.as_of(_moment(day + dt.timedelta(days=rng.randrange(0, ago + 1)), rng)):
        _later(vacancy, stage, clerk, rng)
    return stage


def _shown_offices(rng: random.Random) -> list[Employer]:
    """Employers of the first two streets, whose counters the accounts on the sign-in page belong to."""
    made = []
    for street in Organization.objects.filter(tier="street").select_related("region").order_by("path")[:2]:
        for _ in range(OF_SHOWN):
            number = 760_001 + len(made)
            made.append(
                employers.build_employer(
                    uscc=make_uscc(number),
                    name=f"北京{rng.choice(('顺和', '顺兴', '顺安'))}{len(made) + 1}号{rng.choice(('物业', '餐饮', '商贸'))}有限公司",
                    organization=street,
                    industry=rng.choice(("C36", "F51", "H61", "K70")),
                    kind="有限责任公司",
                    phone=f"010-6944{rng.randrange(10**4):04d}",
                    is_demo=True,
                )
            )
    return Employer.objects.bulk_create(made)


def vacancies_of(rng: random.Random, today: dt.date, people: int) -> Counter[str]:
    """Employers that recruit and their posts; the night's work then ends what is past its term."""
    count = min(max(people // ONE_IN, FEWEST), MOST)
    firms = list(Employer.objects.filter(merged_into=None).select_related("organization__region").order_by("id"))
    shown = _shown_offices(rng)
    firms = shown + sorted(rng.sample(firms, min(len(firms), max(count // 4, 10))), key=lambda firm: firm.pk)
    contacts, desk, log = _licensed(rng, firms, today), Desk.of_all(), Counter[str]()
    for number in range(count):
        firm = shown[number % len(shown)] if number < SHARE * len(shown) else rng.choice(firms)
        log[_one(rng, firm, contacts[firm.pk], desk, today)] += 1
    log["expired"] = vacancies_nightly.expire_due(today)["expired"]
    return log
