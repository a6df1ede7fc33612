from renben.services.registration.models.archives import ArchiveHandover, ArchiveMovement, PersonnelArchive
from renben.services.registration.models.benefits import BenefitMonth, BenefitOpening, UnemploymentBenefit
from renben.services.registration.models.certificates import CertificateStock, RegistrationCertificate, StockMovement
from renben.services.registration.models.registrations import (
    DynamicRecord,
    InformRecord,
    MonthlyContact,
    RegistrationChange,
    UnemploymentRegistration,
)

__all__ = [
    "ArchiveHandover",
    "ArchiveMovement",
    "BenefitMonth",
    "BenefitOpening",
    "CertificateStock",
    "DynamicRecord",
    "InformRecord",
    "MonthlyContact",
    "PersonnelArchive",
    "RegistrationCertificate",
    "RegistrationChange",
    "StockMovement",
    "UnemploymentBenefit",
    "UnemploymentRegistration",
]
