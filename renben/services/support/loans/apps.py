from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "renben.services.support.loans"
    label = "loans"
    verbose_name = "小额担保贷款"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.kernel import events
        from renben.services.exchange import hooks
        from renben.services.records import facts
        from renben.services.support.loans import merging, policy_view, refusing

        merging.load()
        policy_view.load()
        hooks.register_sink("loan_opening", "renben.services.support.loans.opening_import:sink")
        events.listen(events.CaseClosed, refusing.on_case_closed)
        facts.provide("loan", "renben.services.support.loans.facts:fact")
