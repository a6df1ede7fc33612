from renben.services.placement.models.employers import EmployerVisit, KeyProject
from renben.services.placement.models.matching import MatchingChange
from renben.services.placement.models.referrals import Referral, ReferralContact
from renben.services.placement.models.seekers import Seeker, SeekerWish
from renben.services.placement.models.vacancies import Vacancy, VacancyEvent, VacancyReport

__all__ = [
    "EmployerVisit",
    "KeyProject",
    "MatchingChange",
    "Referral",
    "ReferralContact",
    "Seeker",
    "SeekerWish",
    "Vacancy",
    "VacancyEvent",
    "VacancyReport",
]
