from renben.services.placement.firms.models.agreements import Statement, VacancyAgreement
from renben.services.placement.firms.models.credit import CreditAppeal, Inspection

__all__ = ["CreditAppeal", "Inspection", "Statement", "VacancyAgreement"]
