"""Pages of a labourer's own (我的……): for an account that is a person; everybody else is told so and led home."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from renben.kernel.models import Person
from renben.kernel.policy import SIGNED_IN, page


def own_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets `request.person`, the person signed in; nothing it shows may be another's."""

    @page(SIGNED_IN)
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = Person.objects.filter(pk=request.user.person_id).select_related("organization__parent").first()
        if person is None:
            messages.info(request, "这是劳动者本人的页面。您现在的账号不是劳动者本人的，请换本人的账号登录。")
            return redirect("/")
        request.person = person
        return view(request, *args, **kwargs)

    return wrapped
