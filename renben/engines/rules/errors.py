"""Errors of the rules engine; each knows the code that the worked cases and the command line show."""

from __future__ import annotations

from datetime import date


class RuleError(Exception):
    """Base of everything the engine refuses to answer. ``code`` is the machine word, ``str(error)`` the Chinese text."""

    code = "rule_error"


class CatalogueError(RuleError):
    """A parameter file is malformed or a name resolves to nothing: a fault of the catalogue, not of the input."""

    code = "catalogue_error"


class NoSuchDomain(RuleError):
    """The domain name is not registered."""

    code = "no_such_domain"

    def __init__(self, domain: str):
        self.domain = domain
        super().__init__(f"没有名为 {domain} 的判定。")


class InputError(RuleError):
    """An input key is unknown, missing, of the wrong type, an unknown code or out of range; ``key`` names it.

    Codes: ``unknown_key``, ``missing_key``, ``wrong_type``, ``unknown_code``, ``out_of_range``.
    """

    def __init__(self, code: str, key: str, text: str):
        self.code = code
        self.key = key
        super().__init__(text)

    def as_result(self) -> dict[str, str]:
        """The answer of a case that cannot be judged: never a plain false (facts contract)."""
        return {"error": self.code, "key": self.key, "message": str(self)}


class NoStandardOnFile(RuleError):
    """No value of ``parameter`` is on file on ``on`` (D-07): answered, never extrapolated."""

    code = "no_standard_on_file"

    def __init__(self, parameter: str, label: str, on: date, reason: str):
        self.parameter = parameter
        self.on = on
        self.reason = reason
        super().__init__(f"{on.isoformat()} 没有“{label}”的现行标准：{reason}")


class CalendarYearMissing(RuleError):
    """The work calendar has no entry for the year needed (D-02, strict side)."""

    code = "calendar_missing"
