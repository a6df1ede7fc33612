"""Settings of the employers' space."""

from renben.kernel import settings_store

REQUEST_DAYS = "employer.request_days"
settings_store.define(
    REQUEST_DAYS, 3, "单位在网上求助，几个工作日内答复（规程没有规定天数，由本机构自己定）", "J-5.3.2"
)
