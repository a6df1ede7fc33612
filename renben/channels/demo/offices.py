"""Staff of the demonstration district and the accounts shown on the demonstration's sign-in page."""

from __future__ import annotations

import datetime as dt
import random

from django.contrib.auth.hashers import make_password

from renben.channels.demo import names
from renben.kernel import clock
from renben.kernel.models import Organization, Post, StaffMember, User
from renben.kernel.roles import Role

PASSWORD = "Renben-2026-demo"
START = dt.date(2020, 1, 1)

NAMED = (
    ("leader", Role.LEADER, "district", "区级主管领导", "看全区时限和台账：哪个街镇有黄牌、红牌，点进去就是那一件。"),
    (
        "reviewer",
        Role.SECOND_REVIEW,
        "district",
        "区级复审",
        "在“今天”里打开一件“核定失业保险待遇”，看它怎样算出月数和每月金额。",
    ),
    (
        "receiver",
        Role.FIRST_REVIEW,
        "district",
        "区级初审（档案）",
        "把一份 Excel《档案转移花名册》导入，审核后转到街镇。",
    ),
    ("clerk", Role.COUNTER, "street", "街道窗口经办", "提取档案、告知、登记失业、打印《就业失业登记证》。"),
    ("clerk2", Role.COUNTER, "street2", "另一街道窗口经办", "试着查前一个街道的人：查不到，这就是辖区边界。"),
    ("street_leader", Role.LEADER, "street", "街道主管领导", "看本所时限，给请假的同事办理委托代办。"),
    ("village", Role.COMMUNITY_WORKER, "community", "社区（村）协管员", "只看得到本村的人；在手机上也能用。"),
    ("sysadmin", Role.SYSTEM_ADMIN, "district", "系统管理员", "维护工作日历和设置；看不到任何人的档案。"),
    ("secadmin", Role.SECURITY_ADMIN, "district", "安全管理员", "管理账号与岗位；看不到任何人的档案。"),
    ("auditor", Role.AUDIT_ADMIN, "district", "审计管理员", "查谁在什么时候看过、改过什么，核验审计链。"),
)

PER_OFFICE = {
    "district": (Role.COUNTER, Role.FIRST_REVIEW, Role.SECOND_REVIEW, Role.COUNSELLOR, Role.INFORMATION, Role.HOTLINE),
    "street": (
        Role.COUNTER,
        Role.COUNTER,
        Role.FIRST_REVIEW,
        Role.LEADER,
        Role.CASE_WORKER,
        Role.INFORMATION,
        Role.COUNSELLOR,
    ),
    "community": (Role.COMMUNITY_WORKER,),
}


def staff_everywhere(rng: random.Random) -> tuple[list[dict], dict[str, User]]:
    """Users, staff and posts for every office. Returns the accounts to show and the named users by account name."""
    offices = list(Organization.objects.order_by("path"))
    streets = [o for o in offices if o.tier == "street"]
    hashed = make_password(PASSWORD)  # one hash for all: thousands of demo accounts share it anyway
    changed_at = clock.now() - dt.timedelta(days=45)  # not expired on the first day, whenever the district is built
    users: list[User] = []
    posts: list[tuple[str, Organization]] = []

    def hire(username: str, role: str, office: Organization) -> User:
        user = User(
            username=username,
            display_name=names.full_name(rng, rng.choice("MF")),
            password=hashed,
            password_changed_at=changed_at,
        )
        users.append(user)
        posts.append((role, office))
        return user

    place = {
        "district": offices[0],
        "street": streets[0],
        "street2": streets[1],
        "community": next(o for o in offices if o.parent_id == streets[0].pk),
    }
    named = {username: hire(username, role, place[tier]) for username, role, tier, _, _ in NAMED}
    for office in offices:
        for i, role in enumerate(PER_OFFICE.get(office.tier, ()), start=1):
            hire(f"d{office.path.replace('/', '')}{i}", role, office)
    users = User.objects.bulk_create(users, batch_size=2000)
    members = StaffMember.objects.bulk_create(
        [StaffMember(user=user, name=user.display_name, phone=f"010-6944{rng.randrange(10**4):04d}") for user in users],
        batch_size=2000,
    )
    Post.objects.bulk_create(
        [
            Post(staff=m, role=role, organization=office, start_on=START)
            for m, (role, office) in zip(members, posts, strict=True)
        ],
        batch_size=2000,
    )
    accounts = [
        {"username": username, "label": f"{label}（{place[tier].short_name}）", "hint": hint}
        for username, _, tier, label, hint in NAMED
    ]
    return accounts, {u.username: u for u in users if u.username in named}
