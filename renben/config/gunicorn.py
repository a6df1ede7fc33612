"""Hooks of the web server. The command line of `renben serve` holds the settings."""

from __future__ import annotations

import gc
from typing import Any


def when_ready(server: Any) -> None:
    """Before the workers are forked: URLs, templates and catalogues are read once and shared, and so is their memory."""
    from django.urls import get_resolver

    from renben.engines.coding import lookup

    get_resolver().reverse_dict  # noqa: B018 - reading it builds it
    lookup.warm()
    gc.collect()
    # What lives from now on until the end is not looked through again; a collection touches only a request's own objects.
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    gc.set_threshold(20_000, 20, 20)
