"""The check character at the end of case, certificate and ticket numbers.

ISO 7064 MOD 37,36 and MOD 11,10 miss some transpositions of neighbours, and MOD 37-2 needs an extra sign (*) that people cannot
read out. This scheme stays within 0–9 A–Z and misses neither a wrong character nor two swapped neighbours: a symbol is a pair
(x, y) of the fields GF(4) and GF(9), and the check makes the sums Σ aⁱ·x and Σ bⁱ·y zero with a, b generators of the fields. A
wrong symbol changes x or y and with it one sum; a swap of neighbours changes it by (aⁱ - aⁱ⁺¹)·(x - x'), which is zero only when
both symbols are equal. Next neighbours swapped (abc → cba) are found too.
"""

from .textnorm import halfwidth

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}


def _times_a(x: int) -> int:
    """x·a in GF(4) = GF(2)[a]/(a²+a+1), bit 0 the unit, bit 1 a."""
    return ((x << 1) & 3) ^ (3 if x & 2 else 0)


def _times_b(y: int) -> int:
    """y·b in GF(9) = GF(3)[b]/(b²-b-1), b a generator; y = low + 3·high."""
    low, high = y % 3, y // 3
    return high + 3 * ((low + high) % 3)


def _plus9(y: int, z: int) -> int:
    return (y % 3 + z % 3) % 3 + 3 * ((y // 3 + z // 3) % 3)


def _step(state: int, symbol: int) -> int:
    """state·(a, b) + symbol, on the pair packed as x·9 + y."""
    x = _times_a(state // 9) ^ (symbol // 9)
    y = _plus9(_times_b(state % 9), symbol % 9)
    return x * 9 + y


_TABLE = [[_step(state, symbol) for symbol in range(36)] for state in range(36)]
_CLOSING = [next(symbol for symbol in range(36) if _TABLE[state][symbol] == 0) for state in range(36)]


def _state(symbols: str) -> int:
    state = 1  # not zero, so that leading zeros count
    for char in symbols:
        state = _TABLE[state][_VALUE[char]]
    return state


def _symbols(s: str) -> str:
    """The letters and digits of `s` in upper case; separators, brackets and Chinese characters do not count."""
    return "".join(char for char in halfwidth(s).upper() if char in _VALUE)


def check_character(s: str) -> str:
    """The check character (0–9, A–Z) of a number. ValueError when there is no letter or digit in it."""
    symbols = _symbols(s)
    if not symbols:
        raise ValueError(f"nothing to check in {s!r}")
    return ALPHABET[_CLOSING[_state(symbols)]]


def append(s: str) -> str:
    """`s` with its check character behind it."""
    return s + check_character(s)


def is_valid(s: str) -> bool:
    """Whether the last letter or digit is the check character of the rest; case, width and separators do not matter."""
    symbols = _symbols(s)
    return len(symbols) > 1 and _state(symbols) == 0
