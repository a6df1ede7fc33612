from django.apps import AppConfig


class SpaceConfig(AppConfig):
    name = "renben.services.placement.space"
    label = "employer_space"
    verbose_name = "单位空间"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.space import merging, settings_keys  # noqa: F401 - declares its settings

        merging.load()
