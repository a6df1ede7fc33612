from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "renben.engines.accounts"
    label = "accounts"
    verbose_name = "网上办事账号"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.engines.accounts import activation, merging  # noqa: F401 - declares its settings

        merging.load()
