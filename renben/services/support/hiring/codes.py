"""Code lists of the subsidies for firms that hire: what is asked for, whom it is asked for. No database here."""

from __future__ import annotations

from django.db import models

BASIS = "京人社就发〔2012〕308号"


class Item(models.TextChoices):
    """What a firm asks for: insurance by month, the post by full year of the contract."""

    SI = "si", "社会保险补贴"
    POST = "post", "岗位补贴"


class Group(models.TextChoices):
    """Of which kind somebody was when the firm hired them. The codes in the middle are those of the parameter."""

    HARDSHIP = "hardship", "就业困难人员"
    REGISTERED = "registered_unemployed", "登记失业人员"
    TRANSFER = "transfer_registered", "转移就业登记的农村劳动力"
    ASK = "ask", "还要核实"
    NONE = "none", "不在补贴范围"


class Origin(models.TextChoices):
    """Where a line of the roster came from."""

    KNOWN = "known", "就业登记带出"
    TYPED = "typed", "录入"
    IMPORTED = "imported", "花名册导入"


class Level(models.IntegerChoices):
    """Who looks, in order; two different people."""

    FIRST = 1, "初审"
    SECOND = 2, "复审"


HEADING = {Item.SI: "employer_si", Item.POST: "employer_post"}
HEADINGS = {heading: f"用人单位{Item(item).label}" for item, heading in HEADING.items()}
"""Headings of the payment lists: nobody is paid twice under one of them for one month, whichever firm asks."""
