"""Every URL. Areas of the workbench bring their own list; each view declares its policy (checked at start-up)."""

from django.urls import include, path

from renben.channels import errors
from renben.channels.workbench import today

NAMES = (
    "cases",
    "duties",
    "ledgers",
    "imports",
    "archives",
    "benefits",
    "support",
    "grants",
    "loans",
    "posts",
    "hiring",
    "contacts",
    "employers",
    "agreements",
    "credit",
    "members",
    "procedures",
    "policies",
    "fairs",
    "interviews",
    "vacancies",
    "vacancy_reports",
    "requests",
    "seekers",
    "referrals",
    "telling",
    "online",
)
AREAS = {area: f"{area}/" for area in NAMES}

urlpatterns = [
    path("", today.today, name="today"),
    path("today/export/", today.today_export, name="today_export"),
    path("", include("renben.channels.signin.urls")),
    path("", include("renben.channels.portal.urls")),
    path("", include("renben.channels.workbench.urls")),
    path("employer/", include(("renben.channels.employer.urls", "employer"))),
]
for area, prefix in AREAS.items():
    urlpatterns.append(path(prefix, include((f"renben.channels.workbench.{area}_urls", area))))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
