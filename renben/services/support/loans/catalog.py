"""What loans offer to the procedure engine: names only, resolved when first used."""

_STEPS = "renben.services.support.loans.steps"
_AFTER = "renben.services.support.loans.steps_after"
_FIRMS = "renben.services.support.loans.steps_firms"
_FACTS = "renben.services.support.loans.facts"

ACTIONS = {
    "loan.apply": f"{_STEPS}:apply",
    "loan.verify": f"{_STEPS}:verify",
    "loan.send_up": f"{_STEPS}:send_up",
    "loan.review": f"{_STEPS}:review",
    "loan.sign": f"{_STEPS}:sign",
    "loan.receive": f"{_STEPS}:receive",
    "loan.assess": f"{_STEPS}:assess",
    "loan.track": f"{_STEPS}:track",
    "loan.archive": f"{_STEPS}:archive",
    "loan.receive_firm": f"{_FIRMS}:receive",
    "loan.recognise": f"{_FIRMS}:recognise",
    "loan.finance": f"{_FIRMS}:submit",
    "loan.check": f"{_AFTER}:check",
    "loan.visit": f"{_AFTER}:visit",
    "loan.visit_firms": f"{_AFTER}:visit_firms",
    "loan.inspect_firm": f"{_AFTER}:inspect_firm",
    "loan.settle": f"{_AFTER}:settle",
    "loan.interest": f"{_AFTER}:interest",
    "loan.watch": f"{_AFTER}:watch",
    "loan.vouch": f"{_AFTER}:vouch",
    "loan.collect": f"{_AFTER}:collect",
}

FIELD_SOURCES = {
    "loan.asked": "renben.services.support.loans.facts_firms:asked",
    "loan.round": f"{_FACTS}:round_of",
    "loan.borrower_name": f"{_FACTS}:borrower_name",
    "loan.guarantor": f"{_FACTS}:guarantor",
    "loan.sent_on": f"{_FACTS}:sent_on",
    "loan.pledge_value": f"{_FACTS}:pledge_value",
    "loan.file_number": f"{_FACTS}:file_number",
    "loan.due_on": f"{_FACTS}:due_on",
    "loan.settled_on": f"{_FACTS}:settled_on",
    "loan.state": f"{_FACTS}:repayment_state",
    "loan.recovered": f"{_FACTS}:recovered",
    "loan.owed": f"{_FACTS}:owed",
    "loan.running_shops": f"{_FACTS}:running_shops",
    "loan.running_firms": f"{_FACTS}:running_firms",
    "loan.month_checks": f"{_FACTS}:month_checks",
    "loan.quarter_visits": f"{_FACTS}:quarter_visits",
    "loan.quarter_firms": f"{_FACTS}:quarter_firms",
}
