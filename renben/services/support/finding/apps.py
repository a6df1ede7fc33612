from django.apps import AppConfig


class FindingConfig(AppConfig):
    name = "renben.services.support.finding"
    label = "finding"
    verbose_name = "政策找人"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.records import facts
        from renben.services.support.finding import fact_columns, following, merging, searches

        fact_columns.load()
        searches.load()
        merging.load()
        following.listen()
        facts.provide("finding", "renben.services.support.finding.printed:fact")
