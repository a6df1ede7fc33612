"""Settings of registration that an agency may change without a programmer."""

from renben.kernel import settings_store

settings_store.define("office.hotline", "12333", "文书上的咨询电话")
settings_store.define(
    "certificate.hukou_digits",
    {"urban": "1", "rural": "2", "": "0"},
    "《就业失业登记证》编号第7位：户口性质代码",
    "京人社就发〔2011〕80号",
)
settings_store.define(
    "certificate.number_pattern",
    "{area}{hukou}{check}{year}{serial:06d}",
    "《就业失业登记证》编号组成：区划6位、户口性质1位、校验1位、年份2位、顺序号6位",
    "京人社就发〔2011〕80号",
)
