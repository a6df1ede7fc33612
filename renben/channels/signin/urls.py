"""Of allauth only what is needed is routed: no sign-up, no e-mail, no reset by mail, no social accounts."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from django.conf import settings
from django.urls import path

from renben.channels.signin import opening, views

urlpatterns = [
    path("accounts/login/", account_views.login, name="account_login"),
    path("accounts/logout/", account_views.logout, name="account_logout"),
    path("accounts/inactive/", account_views.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account_views.password_change, name="account_change_password"),
    path("accounts/2fa/", mfa_views.index, name="mfa_index"),
    path("accounts/2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/2fa/totp/activate/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("accounts/2fa/totp/deactivate/", views.second_factor_stays, name="mfa_deactivate_totp"),
    path("accounts/2fa/recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/2fa/recovery-codes/generate/", code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("accounts/open/", opening.open_account, name="open_account"),
    path("accounts/open/choose/", opening.choose, name="open_account_choose"),
    path("accounts/stay/", views.stay, name="stay"),
    path("accounts/", views.account, name="account"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/sign-in/<str:username>/", views.demo_sign_in, name="demo_sign_in"))
