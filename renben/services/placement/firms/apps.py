from django.apps import AppConfig


class FirmsConfig(AppConfig):
    name = "renben.services.placement.firms"
    label = "firms"
    verbose_name = "用人单位协议、诚信、会员"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.services.placement.firms import merging, settings_keys  # noqa: F401 - declares its settings
        from renben.services.records import facts

        merging.load()
        facts.provide("agreement", "renben.services.placement.firms.known_facts:fact")
