"""What an agency decides about its fairs; the regulations leave these open."""

from renben.kernel import settings_store

settings_store.define("fair.booths", 30, "招聘洽谈会一般有几个展位")
settings_store.define("fair.booths_each", 2, "一家单位一次最多订几个展位")
settings_store.define("fair.no_show_wait_days", 90, "订了展位没到的单位，几天内不能再订（0为不限）")
