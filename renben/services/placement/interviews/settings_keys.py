"""What an agency decides about remote interviews."""

from renben.kernel import settings_store

settings_store.define("interview.minutes", 30, "远程面试一场几分钟")
settings_store.define("interview.early_minutes", 15, "远程面试可以提前几分钟进入")
settings_store.define(
    "interview.ice_servers",
    [],
    '远程面试的中继服务器（STUN、TURN 地址，同一个网络里可以不填），例如 [{"urls": "stun:10.0.0.8"}]',
)
