from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "renben.services.reception"
    label = "reception"
    verbose_name = "总服务台"
    default_auto_field = "django.db.models.BigAutoField"
