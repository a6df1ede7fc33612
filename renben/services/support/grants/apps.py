from django.apps import AppConfig


class GrantsConfig(AppConfig):
    name = "renben.services.support.grants"
    label = "grants"
    verbose_name = "区级补贴奖励"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.kernel import events
        from renben.services.support.grants import again, following, merging, refusing

        merging.load()
        again.load()
        following.listen()
        events.listen(events.CaseClosed, refusing.on_case_closed)
