from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "renben.services.registration"
    label = "registration"
    verbose_name = "就业和失业管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.exchange import hooks
        from renben.services.registration import (
            merging,
            policy_view,
            settings_keys,  # noqa: F401 - importing defines the settings
        )

        merging.load()
        policy_view.load()
        hooks.register_sink("archive", "renben.services.registration.archive_import:sink")
