"""What the two pages of 照表填报 share that say what goes where: facts around the table, and the wording of choices."""

from __future__ import annotations

import itertools
from typing import Any

from django import forms

from renben.engines.ledgers.definitions import LedgerError
from renben.engines.ledgers.template_sheets import Label
from renben.engines.ledgers.template_words import FACTS

FREE_CELLS = 2
EMPTY = ("", "（留空，不填）")


class AroundForm(forms.Form):
    """The name of a table; one choice per place around it, two cells more by address (or as many as are filled already)."""

    name = forms.CharField(label="表名", max_length=80)

    def choice(self, name: str, label: str, choices: list[tuple[str, str]], initial: str) -> None:
        """One select that brings its own label for a screen reader."""
        widget = forms.Select(attrs={"aria-label": label})
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=False, initial=initial, widget=widget
        )

    def add_around(self, labels: tuple[Label, ...], kept: tuple[Label, ...]) -> None:
        """`labels` as the sheet has them, `kept` as they are filled now; those without a label are free cells."""
        self.labels = labels
        facts = [EMPTY, *FACTS.items()]
        chosen = {(cell.cell, cell.label): cell.fact for cell in kept}
        for place, label in enumerate(labels):
            value = chosen.get((label.cell, label.label), label.fact)
            self.choice(f"cell_{place}", f"{label.cell} 的“{label.label}”填什么", facts, value)
        free = [cell for cell in kept if not cell.label]
        self.free_cells = max(FREE_CELLS, len(free))
        for place, cell in itertools.zip_longest(range(self.free_cells), free):
            self.fields[f"at_{place}"] = forms.CharField(
                label="单元格",
                required=False,
                max_length=7,
                initial=cell.cell if cell else "",
                widget=forms.TextInput(attrs={"aria-label": f"另填的单元格 {place + 1}，例如 B2"}),
            )
            self.choice(f"fact_{place}", f"另填的单元格 {place + 1} 填什么", facts, cell.fact if cell else "")

    @property
    def around(self) -> list[tuple[Label, Any]]:
        return [(label, self[f"cell_{place}"]) for place, label in enumerate(self.labels)]

    @property
    def free(self) -> list[tuple[Any, Any]]:
        return [(self[f"at_{place}"], self[f"fact_{place}"]) for place in range(self.free_cells)]

    def cells(self) -> tuple[Label, ...]:
        """The facts as they were chosen. LedgerError for an address without a fact or the other way round."""
        asked = self.cleaned_data
        cells = [Label(label.cell, label.label, asked[f"cell_{place}"]) for place, label in enumerate(self.labels)]
        for place in range(self.free_cells):
            address, fact = asked[f"at_{place}"].strip().upper(), asked[f"fact_{place}"]
            if bool(address) != bool(fact):
                raise LedgerError("另填的单元格要写地址（例如 B2），也要选填什么；不填就都空着。")
            if address:
                cells.append(Label(address, "", fact))
        return tuple(cells)
