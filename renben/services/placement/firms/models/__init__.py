from renben.services.placement.firms.models.agreements import Statement, VacancyAgreement
from renben.services.placement.firms.models.contacts import ContactDays, EmployerCall
from renben.services.placement.firms.models.credit import CreditAppeal, Inspection
from renben.services.placement.firms.models.members import FirmPage, FirmPicture, Membership

__all__ = [
    "ContactDays",
    "CreditAppeal",
    "EmployerCall",
    "FirmPage",
    "FirmPicture",
    "Inspection",
    "Membership",
    "Statement",
    "VacancyAgreement",
]
