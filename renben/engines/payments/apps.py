from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "renben.engines.payments"
    label = "payments"
    verbose_name = "资金发放"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.engines.payments import merging

        merging.load()
