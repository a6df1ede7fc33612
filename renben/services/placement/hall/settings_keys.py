"""What an agency decides about halls of online fairs; each hall may be given its own when it is set up."""

from renben.kernel import settings_store

settings_store.define("hall.slot_minutes", 10, "线上洽谈一个时间段几分钟")
settings_store.define("hall.numbers_each", 3, "线上招聘会一个人可以同时在几间洽谈室排队、约时间")
settings_store.define("hall.early_minutes", 15, "线上招聘会提前几分钟可以进场取号")
settings_store.define("hall.absent_minutes", 10, "线上招聘会开始几分钟后单位还没进来，提醒工作人员")
