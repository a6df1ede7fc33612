from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "renben.services.support"
    label = "support"
    verbose_name = "政策扶持"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.kernel import events
        from renben.services.exchange import hooks
        from renben.services.records import facts
        from renben.services.support import merging, policy_view, refusing

        merging.load()
        policy_view.load()
        facts.provide("subsidy", "renben.services.support.printed:fact")
        hooks.register_sink("subsidy_opening", "renben.services.support.opening_import:sink")
        events.listen(events.CaseClosed, refusing.on_case_closed)
