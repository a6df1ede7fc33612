"""What placement offers to the procedure engine: names only, resolved when first used."""

_SEEKERS = "renben.services.placement.seekers_steps"
_VACANCIES = "renben.services.placement.vacancies_steps"
_REFERRALS = "renben.services.placement.referral_steps"

ACTIONS = {
    "fair.attach": "renben.services.placement.fairs.known_facts:attach",
    "seeker.register": f"{_SEEKERS}:register",
    "seeker.register_at_counter": f"{_SEEKERS}:register_at_counter",
    "vacancy.check_employer": f"{_VACANCIES}:check_employer",
    "vacancy.check_brochure": f"{_VACANCIES}:check_brochure",
    "vacancy.enter": f"{_VACANCIES}:enter",
    "vacancy.followed": f"{_VACANCIES}:followed",
    "employer.station_listed": "renben.services.placement.station_visits:listed",
    "employer.station_visited": "renben.services.placement.station_visits:visited",
    "employer.visited": f"{_VACANCIES}:visited",
    "vacancy.told_on_visit": f"{_VACANCIES}:told_on_visit",
    "vacancy.told_at_station": f"{_VACANCIES}:told_at_station",
    "referral.recommend": f"{_REFERRALS}:recommended",
    "referral.recommend_at_station": f"{_REFERRALS}:recommended_at_station",
    "referral.follow": f"{_REFERRALS}:followed",
    "referral.follow_at_station": f"{_REFERRALS}:followed_at_station",
}

FIELD_FAMILIES = {
    "agreement": "renben.services.placement.firms.known_facts:known",
    "fair": "renben.services.placement.fairs.known_facts:known",
    "vacancy": "renben.services.placement.vacancies_facts:known",
    "seeker": "renben.services.placement.seekers_facts:known",
    "referral": "renben.services.placement.referral_facts:known",
}

FORMS = ("求职登记表",)
