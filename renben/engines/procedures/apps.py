from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "renben.engines.procedures"
    label = "procedures"
    verbose_name = "规程引擎"
    default_auto_field = "django.db.models.BigAutoField"
