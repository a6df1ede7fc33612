from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "renben.channels"
    label = "channels"
    verbose_name = "服务渠道"

    def ready(self) -> None:
        from renben.channels import (  # noqa: F401
            checks,
            permissions,
            permissions_findings,
            permissions_loans,
            permissions_seekers,
            wiring,
        )
        from renben.channels import permissions_referrals  # noqa: F401
        from renben.channels import permissions_vacancies  # noqa: F401
        from renben.channels.signin import limits  # noqa: F401 - listens to sign-ins from the start

        wiring.connect()
