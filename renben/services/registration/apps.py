from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "renben.services.registration"
    label = "registration"
    verbose_name = "就业和失业管理"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.exchange import hooks
        from renben.services.registration import (
            fact_columns,
            merging,
            policy_view,
            searches,
            settings_keys,  # noqa: F401 - importing defines the settings
        )

        merging.load()
        policy_view.load()
        fact_columns.load()
        searches.load()
        hooks.register_sink("benefit_opening", "renben.services.registration.benefit_import:sink")
        hooks.register_sink("archive", "renben.services.registration.archive_import:sink")
