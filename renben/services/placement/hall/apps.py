from django.apps import AppConfig


class HallConfig(AppConfig):
    name = "renben.services.placement.hall"
    label = "hall"
    verbose_name = "线上洽谈厅"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.hall import counting, opening, queueing, settings_keys  # noqa: F401 - declares its settings

        opening.load()
        queueing.load()
        counting.load()
