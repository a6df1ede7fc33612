"""What an agency decides about its firms; the regulations leave these open."""

from renben.kernel import settings_store

settings_store.define("agreement.years", 1, "空岗报告协议一般签几年")
settings_store.define("agreement.grace_days", 5, "一期过后几天内要报空岗（最后一天遇休息日顺延）")
settings_store.define("credit.appeal_days", 10, "单位诚信申诉几天内复核")
settings_store.define("agreement.renew_days", 30, "空岗报告协议到期前多少天提醒续签")
settings_store.define("member.decide_days", 10, "会员申请几天内审核")
settings_store.define("member.visit_days", 365, "会员单位最多几天走访一次")
settings_store.define("member.pictures", 6, "单位形象页最多几张图片")
settings_store.define("fair.booths_for_members", 0, "洽谈会给会员单位留几个展位（0为不留）")
