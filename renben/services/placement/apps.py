from django.apps import AppConfig


class PlacementConfig(AppConfig):
    name = "renben.services.placement"
    label = "placement"
    verbose_name = "职业介绍"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from renben.kernel import events
        from renben.services.exchange import hooks
        from renben.services.placement import (
            matching_changes,
            merging,
            search_sources,
            seeker_source,
            seekers_days,
            vacancies_nightly,
        )
        from renben.services.records import facts

        merging.load()
        events.listen(events.VacancyFilled, vacancies_nightly.on_filled)
        matching_changes.load()
        search_sources.load()
        seeker_source.load()
        hooks.register_sink("seeker", "renben.services.placement.seekers_import:sink")
        hooks.register_sink("vacancy", "renben.services.placement.vacancies_import:sink")
        facts.provide("seeker", "renben.services.placement.seekers_facts:fact")
        events.listen(events.PersonPlaced, seekers_days.on_person_placed)
