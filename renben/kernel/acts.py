"""One business act is one transaction: all of it or nothing, with its audit entries written together at the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from renben.kernel import audit

P = ParamSpec("P")
T = TypeVar("T")


def whole(function: Callable[P, T]) -> Callable[P, T]:
    """Run in one transaction. An act inside an act takes no savepoint: when it fails, the act around it fails with it."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        if audit.is_kept():
            with transaction.atomic(savepoint=False):
                return function(*args, **kwargs)
        with transaction.atomic(), audit.together():
            return function(*args, **kwargs)

    return wrapped
