from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "renben.services.support"
    label = "support"
    verbose_name = "政策扶持"
    default_auto_field = "django.db.models.BigAutoField"
