from renben.services.placement.firms.models.agreements import Statement, VacancyAgreement
from renben.services.placement.firms.models.credit import CreditAppeal, Inspection
from renben.services.placement.firms.models.members import FirmPage, FirmPicture, Membership

__all__ = ["CreditAppeal", "FirmPage", "FirmPicture", "Inspection", "Membership", "Statement", "VacancyAgreement"]
