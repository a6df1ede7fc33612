"""Code lists of the district's grants. No database here."""

from __future__ import annotations

from django.db import models

from renben.services.support.codes import HEADINGS as SUBSIDY_HEADINGS
from renben.services.support.hiring.codes import HEADINGS as HIRING_HEADINGS
from renben.services.support.rules_district import ITEMS

PROCEDURE = "Q-1.3.6"
BASIS = "顺劳社字〔2009〕42号"
DOMAIN = "grant.district"
TELEPHONE = "89444923"
"""监督举报电话 of Q-1.3.6 信息公示, as the procedure names it among its channels."""


class Item(models.TextChoices):
    """Which of the five; codes are those of the field `policy_item` and of the rule."""

    HARDSHIP = "hardship", ITEMS["hardship"]
    SETTLING = "settling", ITEMS["settling"]
    REFERRAL = "referral", ITEMS["referral"]
    TRAINEE = "trainee", ITEMS["trainee"]
    STARTUP = "startup", ITEMS["startup"]


class Level(models.IntegerChoices):
    """审核级数: who looks, in order."""

    FIRST = 1, "初审"
    SECOND = 2, "复审"
    FINAL = 3, "终审"


class Through(models.TextChoices):
    """How an objection came in."""

    PHONE = "phone", "监督举报电话"
    WEB = "web", "网站"
    LETTER = "letter", "来信"
    VISIT = "visit", "来访"


HEADINGS = {f"district_{item.value}": item.label for item in Item}
ALL_HEADINGS = SUBSIDY_HEADINGS | HEADINGS | HIRING_HEADINGS
"""Every heading of subsidies whose lists are made, confirmed and sent to the bank on the same pages."""


def heading_of(item: str) -> str:
    """The heading under which an item is paid: nobody is paid twice under it for one month."""
    return f"district_{item}"
