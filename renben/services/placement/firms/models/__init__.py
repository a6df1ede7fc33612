from renben.services.placement.firms.models.agreements import Statement, VacancyAgreement

__all__ = ["Statement", "VacancyAgreement"]
