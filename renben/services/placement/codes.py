"""Code lists of placement (职业介绍): seekers, vacancies, referrals. No database here."""

from __future__ import annotations

from django.db import models


class SeekerClass(models.TextChoices):
    """求职人员类别 (J-5.2.1, C-8.1.1). Codes are those of the field `seeker_class`."""

    GENERAL = "general", "一般求职人员"
    DIFFICULT = "difficult", "求职困难人员"


class Difficulty(models.TextChoices):
    """Why somebody finds it hard to get work: family or own causes (规程第五章第二节), as counters hear them."""

    CARE = "care", "要照顾老人、小孩或病人"
    ILLNESS = "illness", "本人有病或残疾"
    SKILLS = "skills", "没有技能或学历低"
    AGE = "age", "年龄偏大"
    LONG_JOBLESS = "long_jobless", "长期没有工作"
    REMOTE = "remote", "住得偏远，上班不便"
    OTHER = "other", "其他原因"


class SeekerSource(models.TextChoices):
    """Where a registration for work was made."""

    COUNTER = "counter", "窗口登记"
    WEB = "web", "本人网上登记"


class Visibility(models.TextChoices):
    """Who may see a seeker's wish besides the staff: the person decides and may change it any day."""

    STAFF = "staff", "只给就业服务人员看"
    MASKED = "masked", "单位可看，不显示姓名和电话"
    OPEN = "open", "单位可看姓名，联系先经本人同意"


class WorkKind(models.TextChoices):
    """用工形式."""

    FULL = "full", "全日制"
    PART = "part", "非全日制（小时工）"
    SEASON = "season", "季节性、临时"
    DISPATCH = "dispatch", "劳务派遣"
    INTERN = "intern", "见习"


class Shift(models.TextChoices):
    """班次."""

    DAY = "day", "白班"
    ROTATING = "rotating", "倒班（含夜班）"
    NIGHT = "night", "固定夜班"


class WagePeriod(models.TextChoices):
    """How a wage is counted. Comparing needs months: see `vacancies.monthly_fen`."""

    MONTH = "month", "每月"
    DAY = "day", "每天"
    HOUR = "hour", "每小时"
    PIECE = "piece", "计件（按月折算）"


class Access(models.TextChoices):
    """无障碍 and other needs that a work place meets or does not; asked of seekers, stated by vacancies."""

    WHEELCHAIR = "wheelchair", "轮椅可通行"
    SEATED = "seated", "可以坐着干"
    QUIET = "quiet", "不靠听力也能干"
    SIGHT = "sight", "视力不好也能干"
    LIGHT = "light", "不搬重物"
    HOME = "home", "可以在家干"


class VacancySource(models.TextChoices):
    """Where a vacancy came from (J-5.1.2, Q-2.1.5 四类来源 and the employer's own space)."""

    COUNTER = "counter", "单位到窗口登记"
    VISIT = "visit", "上门走访开发"
    FAIR = "fair", "招聘洽谈会"
    ONLINE = "online", "单位网上填报"
    IMPORT = "import", "表格导入"
    STATION = "station", "社区（村）采集"
    INTERNET = "internet", "互联网岗位信息"


class Unfit(models.TextChoices):
    """Why a referral did not become work. Reasons come back into advice and matching."""

    WAGE = "wage", "工资低于期望"
    DISTANCE = "distance", "上班太远"
    HOURS = "hours", "时间、班次不合适"
    WORK = "work", "不想干这一行"
    CONDITIONS = "conditions", "工作环境不合适"
    FAMILY = "family", "家里有事走不开"
    SKILLS = "skills", "技能或经验不够"
    PAPERS = "papers", "学历或证书不够"
    FILLED = "filled", "岗位已招满"
    NO_SHOW = "no_show", "没去面试"
    UNREACHED = "unreached", "联系不上"
    OTHER = "other", "其他原因"
