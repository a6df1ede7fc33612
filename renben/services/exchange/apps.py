from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "renben.services.exchange"
    label = "exchange"
    verbose_name = "外部数据"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.exchange import merging

        merging.load()
