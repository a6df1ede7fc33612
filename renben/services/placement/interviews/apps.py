from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    name = "renben.services.placement.interviews"
    label = "interviews"
    verbose_name = "远程面试"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.interviews import settings_keys  # noqa: F401 - declares its settings
