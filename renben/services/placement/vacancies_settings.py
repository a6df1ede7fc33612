"""Settings of vacancies that an agency may change without a programmer."""

from renben.kernel import settings_store

settings_store.define("vacancy.valid_days", 30, "招聘岗位默认有效几天（原文没有统一天数，经办人可改）")
settings_store.define("vacancy.valid_days_max", 180, "招聘岗位最长有效几天")
settings_store.define("vacancy.wage_many_times", 2.5, "工资高于同职业中位数几倍时提示核对")
settings_store.define("vacancy.wage_sample", 8, "同职业至少有几个岗位才比较工资")
settings_store.define("vacancy.same_text", 0.9, "同一单位两个岗位的文字相同到几成时提示重复")
