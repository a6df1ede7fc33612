"""What an agency decides about its firms; the regulations leave these open."""

from renben.kernel import settings_store

settings_store.define("agreement.years", 1, "空岗报告协议一般签几年")
settings_store.define("agreement.grace_days", 5, "一期过后几天内要报空岗（最后一天遇休息日顺延）")
settings_store.define("credit.appeal_days", 10, "单位诚信申诉几天内复核")
settings_store.define("agreement.renew_days", 30, "空岗报告协议到期前多少天提醒续签")
