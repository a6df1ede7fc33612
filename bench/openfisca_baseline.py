"""The same four rights by OpenFisca-Core, as a program of its own: it runs in another environment (never installed with ours) and
imports nothing of ours. Called by `bench_rules` when RENBEN_BENCH_OPENFISCA names that environment's python.

usage: python openfisca_baseline.py FIGURES.json COLUMNS.npz → JSON {seconds, sums} on standard output; seconds of the processor, so that
a busy machine does not count.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD, ROUNDS = "2012-06", 3
Person = build_entity(key="person", plural="persons", label="person", is_person=True)


def scale(steps: list[list[int]]) -> dict:
    """A table by threshold in OpenFisca's shape."""
    dated = [({"values": {"2000-01-01": low}}, {"values": {"2000-01-01": amount}}) for low, amount in steps]
    return {
        "metadata": {"type": "single_amount"},
        "brackets": [{"threshold": low, "amount": amount} for low, amount in dated],
    }


def tree(figures: dict) -> dict:
    scalars = {key: {"values": {"2000-01-01": value}} for key, value in figures["scalars"].items()}
    return scalars | {key: scale(steps) for key, steps in figures["scales"].items()}


def fact(name: str, kind: type) -> type[Variable]:
    return type(name, (Variable,), {"value_type": kind, "entity": Person, "definition_period": MONTH})


class duration(Variable):
    value_type, entity, definition_period = int, Person, MONTH

    def formula(person, period, parameters):
        paid, p = person("paid", period), parameters(period)
        beyond = p.base + paid // 12 - p.basis
        return np.minimum(np.where(paid >= p.long_from, beyond, p.table.calc(paid)), p.cap)


class amount(Variable):
    value_type, entity, definition_period = float, Person, MONTH

    def formula(person, period, parameters):
        p = parameters(period)
        own = p.amounts.calc(person("paid", period))
        return np.where(person("index", period) >= p.first_tier_from, np.minimum(own, p.first_tier), own)


class hardship(Variable):
    value_type, entity, definition_period = bool, Person, MONTH

    def formula(person, period, parameters):
        p, female, age = parameters(period), person("female", period), person("age", period)
        ready = (age >= p.working_from) & (age < np.where(female, p.retired_f, p.retired_m))
        for name in ("willing", "able", "registered"):
            ready = ready & person(name, period)
        old = age >= np.where(female, p.old_f, p.old_m)
        return ready & (old | person("dibao", period) | person("disabled", period))


class subsidy(Variable):
    value_type, entity, definition_period = int, Person, MONTH

    def formula(person, period, parameters):
        p, grade, age = parameters(period), person("grade", period), person("age", period)
        old = age >= np.where(person("female", period), p.flexible_f, p.flexible_m)
        days = person("days", period) >= np.where(person("again", period), p.days_again, p.days_first)
        long_term = (person("left", period) <= p.near) | (grade == 3)
        granted = (old | (grade >= 2)) & days & person("registered", period)
        return np.where(granted, np.where(long_term, p.long_months, p.months), 0)


def main(figures_file: str, columns_file: str) -> None:
    columns = dict(np.load(columns_file))
    with open(figures_file, encoding="utf-8") as file:
        figures = json.load(file)
    system = TaxBenefitSystem([Person])
    system.parameters = ParameterNode("", data=tree(figures))
    for name, column in columns.items():
        system.add_variable(fact(name, bool if column.dtype == bool else int))
    for variable in (duration, amount, hardship, subsidy):
        system.add_variable(variable)
    size = len(columns["paid"])
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        simulation = SimulationBuilder().build_default_simulation(system, size)
        for name, column in columns.items():
            simulation.set_input(name, PERIOD, column)
        sums = {name: float(simulation.calculate(name, PERIOD).sum(dtype=np.float64)) for name in figures["outputs"]}
        seconds.append(time.process_time() - start)
    print(json.dumps({"seconds": min(seconds), "sums": sums}))


if __name__ == "__main__":
    main(*sys.argv[1:])
