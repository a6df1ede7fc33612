"""What placement offers to the procedure engine: names only, resolved when first used."""

_SEEKERS = "renben.services.placement.seekers_steps"

ACTIONS = {
    "seeker.register": f"{_SEEKERS}:register",
    "seeker.register_at_counter": f"{_SEEKERS}:register_at_counter",
}

FIELD_FAMILIES = {"seeker": "renben.services.placement.seekers_facts:known"}

FORMS = ("求职登记表",)
