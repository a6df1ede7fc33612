"""Django app of the search engine: only the table of pending changes needs the database."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """App label ``search``."""

    name = "renben.engines.search"
    label = "search"
    verbose_name = "检索"
    default_auto_field = "django.db.models.BigAutoField"
