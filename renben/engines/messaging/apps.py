from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "renben.engines.messaging"
    label = "messaging"
    verbose_name = "消息告知"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.engines.messaging import merging

        merging.load()
