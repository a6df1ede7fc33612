from django.apps import AppConfig


class SavedConfig(AppConfig):
    name = "renben.services.placement.saved"
    label = "saved_searches"
    verbose_name = "保存的条件"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.saved import saving  # noqa: F401 - declares its settings
