"""Code tables that are trees (`catalog/codes/<name>.csv` with `code,name,level,parent_code`): names, ancestors, ranges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from renben.kernel.regions_data import CODES_DIR, read_table


@dataclass(frozen=True, slots=True)
class Code:
    """One row: `level` 1 is the widest."""

    code: str
    name: str
    level: int
    parent: str


class CodeTree:
    """A read-only tree of codes in the order of the file."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._codes = {
            row["code"]: Code(row["code"], row["name"], int(row["level"]), row["parent_code"]) for row in rows
        }
        self._children: dict[str, list[str]] = {}
        for code in self._codes.values():
            if code.parent and code.parent not in self._codes:
                raise ValueError(f"代码表中 {code.code} 的上级 {code.parent} 不存在。")
            self._children.setdefault(code.parent, []).append(code.code)

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    def __iter__(self):
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)

    def __getitem__(self, code: str) -> Code:
        return self._codes[code]

    def name(self, code: str) -> str:
        """The name of a code; the code itself when the table does not have it."""
        found = self._codes.get(code)
        return found.name if found else code

    def ancestry(self, code: str) -> list[str]:
        """The codes from the widest group down to `code`; empty for a code the table does not have."""
        line: list[str] = []
        while code in self._codes:
            line.append(code)
            code = self._codes[code].parent
        return line[::-1]

    def path(self, code: str) -> list[str]:
        """The names along `ancestry`."""
        return [self._codes[one].name for one in self.ancestry(code)]

    def children(self, code: str = "") -> list[str]:
        """The codes right below `code`; the widest groups for an empty one."""
        return list(self._children.get(code, ()))

    def named(self, words: str, limit: int = 20) -> list[Code]:
        """Rows whose name or code holds `words`: names that begin with them first, then shorter names before longer ones."""
        if not words:
            return []
        found = [code for code in self._codes.values() if words in code.name or code.code.startswith(words)]
        found.sort(key=lambda code: (not code.name.startswith(words), len(code.name), code.code))
        return found[:limit]


@cache
def code_tree(name: str, folder: Path = CODES_DIR) -> CodeTree:
    """The tree of a table of the catalogue, read once per process.

    Raises ValueError (Chinese text) when a row names a parent that does not exist.
    """
    return CodeTree(read_table(folder / f"{name}.csv"))
