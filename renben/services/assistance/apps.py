from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "renben.services.assistance"
    label = "assistance"
    verbose_name = "就业援助"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.assistance import fact_columns, searches

        fact_columns.load()
        searches.load()
