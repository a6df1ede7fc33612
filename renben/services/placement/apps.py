from django.apps import AppConfig


class PlacementConfig(AppConfig):
    name = "renben.services.placement"
    label = "placement"
    verbose_name = "职业介绍"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement import merging

        merging.load()
