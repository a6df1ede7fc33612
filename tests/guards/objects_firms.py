"""Objects of the employers' space for the URL sweep: those of the firm whose contact looks at them."""

from __future__ import annotations

from tests.guards import objects_placement  # noqa: F401 - declares the objects seen here
from tests.guards.objects import FACTORIES

SAME = {"firm_vacancy": "own_vacancy", "firm_contact": "employer_contact", "firm_referral": "referral"}
for _firm, _subject in SAME.items():
    FACTORIES[_firm] = FACTORIES[_subject]
