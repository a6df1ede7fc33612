from django.apps import AppConfig


class FairsConfig(AppConfig):
    name = "renben.services.placement.fairs"
    label = "fairs"
    verbose_name = "招聘洽谈会"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.fairs import merging, settings_keys  # noqa: F401 - declares its settings

        merging.load()
