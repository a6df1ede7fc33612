from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "renben.engines.ledgers"
    label = "ledgers"
    verbose_name = "台账"
