"""Code lists of registration: reasons and statuses that other tables, forms and rules share. No database here."""

from __future__ import annotations

from django.db import models


class SeparationReason(models.TextChoices):
    """离职原因. Which of them count as involuntary is a parameter (`ui.involuntary_reasons`), not decided here."""

    CONTRACT_EXPIRED = "contract_expired", "劳动合同期满终止"
    EMPLOYER_PROPOSED_MUTUAL = "employer_proposed_mutual", "单位提出、协商解除"
    DISMISSED_BY_EMPLOYER = "dismissed_by_employer", "单位解除劳动合同"
    REMOVED_OR_EXPELLED = "removed_or_expelled", "辞退、除名、开除"
    EMPLOYER_CLOSED = "employer_bankrupt_closed_dissolved", "单位破产、关闭或解散"
    WORKER_TERMINATES = "worker_terminates_under_lcl38", "因单位过错由职工解除"
    RESIGNED = "resigned", "本人辞职"
    EMPLOYEE_PROPOSED_MUTUAL = "employee_proposed_mutual", "本人提出、协商解除"


class PriorStatus(models.TextChoices):
    """失业前的情况: it decides which proof is needed (J-4.2.1 step 3). Codes are those of the procedure's field."""

    EMPLOYED = "employed", "在单位工作"
    BUSINESS = "business", "个体经营或办企业"
    FLEXIBLE = "flexible", "灵活就业"
    FIRST_TIME = "first_time", "没有工作过"


class CloseReason(models.TextChoices):
    """注销失业登记的情形; the codes of `unemp_reg.dereg_reasons`, and two ends of the file itself that need no rule."""

    HIRED = "hired", "被用人单位录用"
    SELF_EMPLOYED = "self_employed_licensed", "从事个体经营或创办企业并领照"
    STABLE_INCOME = "stable_income", "已有稳定收入且不低于最低工资"
    PENSION = "pension", "已享受基本养老保险待遇"
    DISABLED = "disabled_totally", "完全丧失劳动能力"
    LEFT = "study_military_emigrate", "入学、服兵役或移居境外"
    IMPRISONED = "imprisoned", "被判刑收监执行"
    REFUSED_SERVICE = "refused_service", "终止就业要求或拒绝接受就业服务"
    NO_CONTACT = "no_contact_months", "连续未与公共就业服务机构联系"
    DIED = "died", "死亡"
    DUPLICATE = "duplicate", "重复登记"


class StopEvent(models.TextChoices):
    """停发失业保险金的情形; codes of `ui.stop_events`, and two ends of the file itself that need no rule."""

    REEMPLOYED = "reemployed", "重新就业"
    MILITARY_SERVICE = "military_service", "应征服兵役"
    EMIGRATED = "emigrated", "移居境外"
    PENSION = "receives_basic_pension", "享受基本养老保险待遇"
    IMPRISONED = "imprisoned", "被判刑收监执行"
    REFUSED_JOB = "refused_suitable_job_without_reason", "无正当理由拒绝介绍的适当工作"
    REFUSED_TRAINING = "refused_training_without_reason", "无正当理由拒绝提供的培训"
    REGISTRATION_CLOSED = "registration_closed", "失业登记已注销"
    LUMP_SUM = "lump_sum_paid", "剩余月份已一次性发给"


class Channel(models.TextChoices):
    """How somebody was told or contacted."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    SMS = "sms", "短信"
    LETTER = "letter", "书面"
    IN_PERSON = "in_person", "当面"
    ONLINE = "online", "网上"


BENEFIT_MONTHLY = "ui_monthly"
BENEFIT_LUMP_SUM = "ui_lump_sum"
BENEFIT_FARM_LUMP_SUM = "ui_farm_lump_sum"
HEADINGS = {
    BENEFIT_MONTHLY: "失业保险金（按月）",
    BENEFIT_LUMP_SUM: "一次性失业保险金",
    BENEFIT_FARM_LUMP_SUM: "农民合同制工人一次性生活补助",
}
