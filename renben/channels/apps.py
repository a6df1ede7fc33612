from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "renben.channels"
    label = "channels"
    verbose_name = "服务渠道"

    def ready(self) -> None:
        from renben.channels import (  # noqa: F401
            checks,
            permissions,
            permissions_fairs,
            permissions_findings,
            permissions_firms,
            permissions_hiring,
            permissions_interviews,
            permissions_loans,
            permissions_members,
            permissions_messages,
            permissions_online,
            permissions_referrals,
            permissions_reports,
            permissions_seekers,
            permissions_vacancies,
            wiring,
        )
        from renben.channels.signin import limits  # noqa: F401 - listens to sign-ins from the start

        wiring.connect()
