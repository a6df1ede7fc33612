from django.apps import AppConfig


class HiringConfig(AppConfig):
    name = "renben.services.support.hiring"
    label = "hiring"
    verbose_name = "用人单位岗位补贴和社会保险补贴"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.kernel import events
        from renben.services.support.hiring import merging, policy_view, settling

        merging.load()
        policy_view.load()
        events.listen(events.PaymentListPaid, settling.on_paid)
        events.listen(events.PaymentLinesReturned, settling.on_returned)
