"""The unified social credit code (统一社会信用代码) of employers, GB 32100-2015.

18 characters: registering body (1), kind (1), area (6), organisation code (9, GB 11714), check character. The alphabet leaves
out I, O, Z, S, V.
"""

from dataclasses import dataclass, field

from .identity import _SCIENTIFIC, normalise
from .textnorm import Problem

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(slots=True)
class UsccCheck:
    """`number` is the canonical code, None when there is any problem."""

    number: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether the code may be stored."""
        return self.number is not None


def check_uscc(raw: object) -> UsccCheck:
    """Check a unified social credit code. Codes: empty, float_ruined, old_licence, length, characters, check_digit."""
    number = normalise(raw)
    problem = _problem(raw, number)
    return UsccCheck(number=number) if problem is None else UsccCheck(problems=[problem])


def _problem(raw: object, number: str) -> Problem | None:
    if not number:
        return Problem("empty", "请填写统一社会信用代码。")
    if (isinstance(raw, float | int) and len(number) > 15) or _SCIENTIFIC.fullmatch(number):
        return Problem(
            "float_ruined", "Excel 把信用代码当成数字，最后几位已经丢失。请把这一列设成“文本”格式后重新填写。"
        )
    if len(number) == 15 and number.isdigit():
        return Problem("old_licence", "这是旧的15位工商注册号，请填营业执照上18位的统一社会信用代码。")
    if len(number) != 18:
        return Problem("length", f"统一社会信用代码应是18位，现在是{len(number)}位，请对照营业执照核对。")
    values = [_VALUE.get(char, -1) for char in number]
    if -1 in values:
        wrong = number[values.index(-1)]
        hint = {
            "O": "（是不是数字0？）",
            "I": "（是不是数字1？）",
            "Z": "（是不是数字2？）",
            "S": "（是不是数字5？）",
        }.get(wrong, "")
        return Problem("characters", f"统一社会信用代码里不会有“{wrong}”{hint}，请对照营业执照改正。")
    wanted = _check_character(number[:17])
    if wanted != number[17]:
        return Problem(
            "check_digit",
            f"统一社会信用代码校验不通过：最后一位由前17位算出，照填的前17位应是“{wanted}”，填的是“{number[17]}”。"
            "多半是中间抄错了一位，请对照营业执照逐位核对，不要只改最后一位。",
        )
    return None


def _check_character(body17: str) -> str:
    return _ALPHABET[-sum(_VALUE[char] * weight for char, weight in zip(body17, _WEIGHTS, strict=True)) % 31]


def make_uscc(sequence: int, area6: str = "110113", *, prefix: str = "91") -> str:
    """A well-formed code for demonstrations and tests: `sequence` 0–99,999,999 becomes the organisation code with its own check
    character; `prefix` is registering body and kind (91 company, 92 individual business, 12 public institution, 52 非企业单位)."""
    organisation = f"{sequence:08d}"
    if len(organisation) != 8 or len(area6) != 6 or len(prefix) != 2:
        raise ValueError(f"cannot make a credit code of {sequence!r}, {area6!r}, {prefix!r}")
    check = 11 - sum(int(c) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True)) % 11
    body = f"{prefix}{area6}{organisation}{'X' if check == 10 else check % 11}"
    return body + _check_character(body)
