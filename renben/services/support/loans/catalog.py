"""What loans offer to the procedure engine: names only, resolved when first used."""

_STEPS = "renben.services.support.loans.steps"
_FACTS = "renben.services.support.loans.facts"

ACTIONS = {
    "loan.apply": f"{_STEPS}:apply",
    "loan.verify": f"{_STEPS}:verify",
    "loan.send_up": f"{_STEPS}:send_up",
}

FIELD_SOURCES = {
    "loan.round": f"{_FACTS}:round_of",
}
