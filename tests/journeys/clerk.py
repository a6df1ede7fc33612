"""Somebody of an office in a real browser: starts cases, fills forms the way their labels ask, prints, looks things up."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from renben.kernel.identity import make_resident_id
from renben.kernel.workcalendar import load_work_calendar

if TYPE_CHECKING:
    from tests.journeys.conftest import Visitor

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FORM = "form[data-main]"
CONTROLS = """() => [...document.querySelectorAll("form[data-main] :is(input, textarea, select)")]
  .filter((box) => box.offsetParent !== null && !box.disabled && !["hidden", "file"].includes(box.type))
  .map((box) => {
    const cell = box.closest("td"), row = box.closest("tr"), field = box.closest(".field");
    const head = cell?.closest("table").tHead.rows[0].cells[cell.cellIndex];
    return {
      name: box.name,
      kind: box.tagName === "SELECT" ? "select" : box.type,
      value: box.value,
      isFigure: ["numeric", "decimal"].includes(box.inputMode),
      isFirst: document.getElementsByName(box.name)[0] === box,
      isPicked: [...document.getElementsByName(box.name)].some((one) => one.checked),
      isOptional: !!field?.querySelector(":scope > fieldset > legend .optional, :scope > label .optional") && !field.dataset.when
        || !!head?.querySelector(".optional"),
      row: row ? row.rowIndex : 0,
      first: box.tagName === "SELECT" ? [...box.options].map((one) => one.value).find(Boolean) ?? "" : "",
    };
  })"""
_people = itertools.count(1)


@dataclass(frozen=True)
class Citizen:
    """Somebody whose file was opened in a walk: the file's address, the name, the number on the card."""

    file: str
    name: str
    number: str


def workday_after(days: int, on: dt.date | None = None) -> dt.date:
    """The last of so many working days after a day, today if none is named (D-01: the day itself does not count)."""
    table, day = load_work_calendar(), on or dt.date.today()
    for _ in range(days):
        day += dt.timedelta(days=1)
        while not table.is_workday(day):
            day += dt.timedelta(days=1)
    return day


def until(day: dt.date) -> str:
    """A day as the list of steps shows that a limit ends on it."""
    return f"{day.month}月{day.day}日 17:00 止"


class Clerk:
    """One person at one screen. A case is known by its address; what a walk does not say is typed by the kind of box."""

    def __init__(self, one: Visitor) -> None:
        self.one, self.page = one, one.page

    @property
    def here(self) -> str:
        """Address of the page, without its question."""
        return self.page.url.split("?")[0].split("#")[0]

    def go(self, address: str) -> int:
        return self.page.goto(address if "://" in address else self.one.url(address)).status

    def reads(self, section: str = "") -> str:
        """The words on the page, or in the section with this heading id."""
        return self.page.locator(f"section[aria-labelledby={section}]" if section else "body").inner_text()

    # People and cases

    def opens_a_file(self, name: str, *, born: dt.date = dt.date(1974, 3, 1), sex: str = "女", **more: str) -> Citizen:
        """新建档案 of somebody not known yet, at the clerk's own office."""
        turn = next(_people)
        number = make_resident_id("110102", born + dt.timedelta(days=turn), 2 * turn + (sex == "男"))
        self.go("/people/new/")
        self.page.fill("[name=number]", number)
        self.one.press("下一步")
        for field, value in {"name": name, "phone": f"1390000{turn:04d}", **more}.items():
            self.page.fill(f"{FORM} [name={field}]", value)
        self.one.press("建档")
        assert "档案已建好" in self.reads()
        return Citizen(self.here, name, number)

    def starts(self, procedure_id: str, about: Citizen | str = "") -> str:
        """新建办件, for a person, an employer or the office itself; the case's address."""
        file = about.file if isinstance(about, Citizen) else about
        kind = "employer/" if "/employers/" in file else ""
        self.go(f"/cases/new/{kind}{file.strip('/').split('/')[-1]}/" if file else "/cases/new/")
        self.page.select_option("select[name=procedure]", procedure_id)
        self.one.press("受理")
        assert re.search(r"/cases/\d+/$", self.here), self.reads()
        return self.here

    def finds(self, procedure_id: str, about: Citizen | None = None) -> str:
        """The newest case of a procedure in the list 办件 (and of this person); its address."""
        self.go(f"/cases/?procedure={procedure_id}&q={about.name if about else ''}")
        with self.page.expect_navigation():
            self.page.locator("table.list tbody a[href^='/cases/']").first.click()
        return self.here

    # The form of a step

    def types(self, **wanted: Any) -> None:
        """Fill the open step: `wanted` by name (a list of mappings for a table, cell by cell), the rest as the boxes ask."""
        wanted = {name: text for field, value in wanted.items() for name, text in _flat(field, value)}
        cells = sorted({tuple(name.split("-")[:2]) for name in wanted if "-" in name})
        rows = {table: sum(one == table for one, _ in cells) for table, _ in cells}
        seen: set[str] = set()
        while boxes := [box for box in self.page.evaluate(CONTROLS) if box["name"] not in seen]:
            for box in boxes:  # an answer may bring up further questions
                if box["name"] in wanted or self._is_asked(box, rows):
                    self._type(box, wanted)
            seen |= {box["name"] for box in boxes}
            for table, count in rows.items():
                self._make_room(table, count)
        assert not wanted.keys() - seen, f"{self.page.url}：表单上没有 {wanted.keys() - seen}"

    @staticmethod
    def _is_asked(box: dict[str, Any], rows: dict[str, int]) -> bool:
        """Whether a box must be filled: not an optional one, and in a table only those of the lines that are wanted (one)."""
        return not box["isOptional"] and box["row"] <= rows.get(box["name"].partition("-")[0], 1)

    def _make_room(self, table: str, rows: int) -> None:
        """再加一行, until a table that is on the form has as many as are wanted."""
        body = self.page.locator(f"table[data-rows={table}] tbody tr:visible")
        while 0 < body.count() < rows:
            self.page.click(f"[data-rows-add={table}]")

    def _type(self, box: dict[str, Any], wanted: dict[str, Any]) -> None:
        name, kind, chosen = box["name"], box["kind"], wanted.get(box["name"])
        place = f'{FORM} [name="{name}"]'
        if kind in ("radio", "checkbox"):
            wants = [chosen] if isinstance(chosen, str) else chosen
            if wants is None:  # a choice that nobody cares about: the first; papers: all of them
                wants = [box["value"]] if name == "received" or (box["isFirst"] and not box["isPicked"]) else []
            if box["value"] in wants:
                self.page.check(f'{place}[value="{box["value"]}"]')
        elif kind == "select":
            self.page.select_option(place, chosen or box["value"] or box["first"])
        elif chosen is not None:
            self.page.fill(place, chosen)
        elif not box["value"]:
            plain = {"date": dt.date.today().isoformat(), "time": "09:30", "number": "3"}
            self.page.fill(place, plain.get(kind, "3" if box["isFigure"] else "如实填写"))

    def does(self, case: str, button: str, *, step: str = "", **wanted: Any) -> None:
        """Fill the step that is open in a case (or the one named) and press the button of its outcome."""
        self.go(f"{case}?step={step}" if step else case)
        title = self.page.locator("#form-title").inner_text()
        offered = self.page.locator("main .form-actions button").all_inner_texts()
        assert any(button in one for one in offered), (
            f"“{title}”没有“{button}”，有 {offered}：{self.reads('form-title')}"
        )
        self.types(**wanted)
        self.one.press(button)
        refused = self.page.locator(".error-summary, .notice-error")
        assert not refused.count(), f"{title}：{refused.all_inner_texts()}"
        assert self.here == case, self.page.url

    def page_button(self, case: str) -> str:
        """Words of the first button that the open step of a case offers."""
        self.go(case)
        return self.page.locator("main .form-actions button").first.inner_text()

    def sends_back(self, case: str, button: str, reason: str, *, step: str = "") -> None:
        """退回, with its reason."""
        self.go(f"{case}?step={step}" if step else case)
        self.page.locator("main summary", has_text=button).click()
        with self.page.expect_navigation():
            form = self.page.locator("details[open] form", has=self.page.locator(f'button:has-text("{button}")'))
            form.locator("[name=reason]").fill(reason)
            form.locator("button").click()

    def refuses(self, case: str, button: str, reason: str, *, step: str = "") -> None:
        """不予办理, with reason, article and how to appeal, as the page asks."""
        self.go(f"{case}?step={step}" if step else case)
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=button).click()
        self.page.fill("[name=reason]", reason)
        self.one.press("不予办理")

    def attaches(self, field: str, name: str) -> None:
        self.page.set_input_files(
            f"input[name={field}__new]", {"name": name, "mimeType": "application/pdf", "buffer": SCAN}
        )

    # What is left behind

    def prints(self, case: str, step: str) -> list[str]:
        """Press every print button of a step; each gives a PDF that stands among the papers issued. The forms' names."""
        self.go(f"{case}?step={step}")
        names = [re.sub(r"^打印《|》$", "", one) for one in self.page.locator(".print-form button").all_inner_texts()]
        for name in names:
            self.go(f"{case}?step={step}")
            with self.page.expect_navigation(url=re.compile(r"/documents/\d+\.pdf$"), wait_until="commit") as shown:
                self.page.get_by_role("button", name=f"打印《{name}》", exact=True).click(no_wait_after=True)
            answer = self.one.context.request.get(shown.value.url)
            assert answer.ok and answer.body().startswith(b"%PDF"), name
        self.go(f"{case}?step={step}")
        issued = self.page.locator("section[aria-labelledby=papers-title] ul").all_inner_texts() if names else []
        assert all(name in "".join(issued) for name in names), issued
        return names

    def finds_in_ledger(self, ledger: str, words: str, case: str = "") -> None:
        """The ledger, found by its name, has a line with these words; it leads to the case, or to what a module keeps of it."""
        self.go(f"/ledgers/?q={ledger}")
        with self.page.expect_navigation():
            self.page.locator("main a", has_text=re.compile(f"^{re.escape(ledger)}$")).first.click()
        rows = self.page.locator("table.list tbody tr", has_text=words)
        links = rows.locator("a").evaluate_all("all => all.map(one => one.href)")
        assert links, f"《{ledger}》里没有“{words}”"
        if case:
            assert case in {link.split("?")[0] for link in links}, f"《{ledger}》的“{words}”不通到这一件"
        else:
            assert self.go(links[0]) == 200, links[0]

    def timeline(self, case: str) -> list[str]:
        """What happened in the whole matter, line by line, as this person reads it on the case's page."""
        self.go(case)
        return self.page.locator("ol.timeline li").all_inner_texts()

    def is_closed(self, case: str, words: str = "办结") -> None:
        self.go(case)
        assert self.page.locator(FORM).count() == 0, self.reads()
        assert re.search(f"^{words} · ", self.page.locator("main").inner_text(), re.M), self.reads()

    def due(self, step: str) -> str:
        """What stands under a step in the list at the left: its signal and the day it ends."""
        return self.page.locator("ol.steps li", has_text=step).first.inner_text()


def one_timeline(*ends: tuple[Clerk, str]) -> None:
    """Everybody who has a case of the matter reads the same: what each office did, in the same order."""
    told = [clerk.timeline(case) for clerk, case in ends]
    assert all(lines == told[0] for lines in told[1:]), told
    offices = {line.split(" · ")[1] for line in told[0]}
    assert len(offices) > 1, offices


def _flat(field: str, value: Any) -> list[tuple[str, Any]]:
    """A field's value by the names of its boxes."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [(f"{field}-{number}-{name}", cell) for number, row in enumerate(value) for name, cell in row.items()]
    return [(field, value)]
