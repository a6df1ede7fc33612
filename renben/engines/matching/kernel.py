"""The compiled kernel: points and filters over slices of int16 columns, then the exact best k, all in whole numbers.

Each operation of a program is one branch-free loop over a block of a column, which the compiler turns into vector instructions;
a filter that fails sets the score to `NEVER`. Only rows that can still enter the list are looked at one by one. Nothing here
holds Python's lock, so several threads run it side by side.

Compiled code is kept below `$RENBEN_HOME/cache`; importing this module loads numba (over a second), so it is imported late.
"""

from __future__ import annotations

import numba
import numpy as np

from renben.kernel.postgres import renben_home

from .program import (
    AT_LEAST,
    AT_MOST,
    COVERS,
    EQUAL,
    FLAGS,
    LEVELS2,
    LEVELS4,
    OVERLAP,
    RAMP,
    RINGS,
    VALUE,
    WIDTH,
    WITHIN,
)

numba.config.CACHE_DIR = str(renben_home() / "cache" / "numba")

NEVER = np.int16(-32768)
BLOCK = 2048
LANES = 32
"""int16 values of one vector register; buckets are stored in multiples, so that no loop has a remainder."""
SCORE_SHIFT, TIE_SHIFT, OFFSET = 48, 32, 16384
LOW32 = 0xFFFFFFFF
EXACT = 1 << 24
"""Whole numbers below this are exact in float32, and so is the whole part of their quotient."""

_jit = numba.njit(nogil=True, error_model="numpy", boundscheck=False)
_cached = numba.njit(nogil=True, cache=True, error_model="numpy", boundscheck=False)
"""For what Python calls: its compiled code holds all the rest."""


@_jit
def _levels2(score, c0, v0, p0, c1, v1, p1, otherwise):
    for i in range(score.size):
        found = otherwise
        found = p0 if c0[i] == v0 else found
        found = p1 if c1[i] == v1 else found
        score[i] += found


@_jit
def _levels4(score, c0, v0, p0, c1, v1, p1, c2, v2, p2, c3, v3, p3, otherwise):
    for i in range(score.size):
        found = otherwise
        found = p0 if c0[i] == v0 else found
        found = p1 if c1[i] == v1 else found
        found = p2 if c2[i] == v2 else found
        found = p3 if c3[i] == v3 else found
        score[i] += found


@_jit
def _ramp(score, column, value, sign, shift, width, limit):
    if limit * width < EXACT:
        full, part = np.float32(width), np.int32(limit)
        for i in range(score.size):
            along = np.int32(sign) * (np.int32(column[i]) - np.int32(value)) + np.int32(shift)
            along = min(max(along, np.int32(0)), np.int32(width))
            score[i] += np.int16(np.float32(part * along) / full)
    else:
        for i in range(score.size):
            along = sign * (np.int64(column[i]) - value) + shift
            along = min(max(along, 0), width)
            score[i] += limit * along // width


@_jit
def _rings(score, xs, ys, x, y, rings):
    for i in range(score.size):
        across, up = np.int64(xs[i]) - x, np.int64(ys[i]) - y
        square = across * across + up * up
        found = np.int64(0)
        for ring in range(rings.shape[0]):
            found = rings[ring, 1] if square <= rings[ring, 0] else found
        score[i] += found


@_jit
def _flags(score, column, value, each, floor, limit):
    for i in range(score.size):
        bits = np.uint32(np.uint16(column[i] & value))
        bits = bits - ((bits >> np.uint32(1)) & np.uint32(0x5555))
        bits = (bits & np.uint32(0x3333)) + ((bits >> np.uint32(2)) & np.uint32(0x3333))
        bits = (bits + (bits >> np.uint32(4))) & np.uint32(0x0F0F)
        count = np.int64((bits + (bits >> np.uint32(8))) & np.uint32(0x1F))
        score[i] += min(max(each * count, floor), limit)


@_jit
def _value(score, column, sign, floor, limit):
    for i in range(score.size):
        score[i] += min(max(sign * np.int64(column[i]), floor), limit)


@_jit
def _among(count, column, a, b, c, d, e, f, g, h):
    for i in range(count.size):
        code = column[i]
        found = (code == a) | (code == b) | (code == c) | (code == d)
        found |= (code == e) | (code == f) | (code == g) | (code == h)
        count[i] += np.int16(found)


@_jit
def _capped(score, count, each, limit):
    for i in range(score.size):
        score[i] += min(each * count[i], limit)


@_jit
def _overlap(score, count, op, cells, low, high, slots, columns):
    """Codes of the rows that are among the asker's, eight of his at a time (he repeats none)."""
    count[:] = 0
    codes = np.full(8, NEVER, dtype=np.int16)
    for first in range(op[5], op[6], 8):
        some = min(8, op[6] - first)
        codes[some:] = NEVER
        codes[:some] = slots[first : first + some]
        for column in columns[op[3] : op[4]]:
            _among(
                count,
                cells[column, low:high],
                codes[0],
                codes[1],
                codes[2],
                codes[3],
                codes[4],
                codes[5],
                codes[6],
                codes[7],
            )
    _capped(score, count, np.int16(op[1]), np.int16(op[2]))


@_jit
def _at_least(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if column[i] >= value else NEVER


@_jit
def _at_most(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if column[i] <= value else NEVER


@_jit
def _equal(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if column[i] == value else NEVER


@_jit
def _covers(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if (value & ~column[i]) == 0 else NEVER


@_jit
def _within(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if (column[i] & ~value) == 0 else NEVER


@_jit
def _shares(score, column, value):
    for i in range(score.size):
        score[i] = score[i] if (column[i] & value) != 0 else NEVER


@_jit
def condition(score, kind, column, value):
    """Sets the score to NEVER where the column does not have the relation to the value."""
    if kind == AT_LEAST:
        _at_least(score, column, value)
    elif kind == AT_MOST:
        _at_most(score, column, value)
    elif kind == EQUAL:
        _equal(score, column, value)
    elif kind == COVERS:
        _covers(score, column, value)
    elif kind == WITHIN:
        _within(score, column, value)
    else:
        _shares(score, column, value)


@_jit
def part(score, op, cells, low, high, slots, rings, columns, count):
    """Adds the points of one operation for the rows low to high."""
    kind = op[0]
    if kind == LEVELS2:
        _levels2(
            score,
            cells[op[2], low:high], slots[op[3]], np.int16(op[4]),
            cells[op[5], low:high], slots[op[6]], np.int16(op[7]),
            np.int16(op[1]),
        )  # fmt: skip
    elif kind == LEVELS4:
        _levels4(
            score,
            cells[op[2], low:high], slots[op[3]], np.int16(op[4]),
            cells[op[5], low:high], slots[op[6]], np.int16(op[7]),
            cells[op[8], low:high], slots[op[9]], np.int16(op[10]),
            cells[op[11], low:high], slots[op[12]], np.int16(op[13]),
            np.int16(op[1]),
        )  # fmt: skip
    elif kind == RAMP:
        _ramp(score, cells[op[1], low:high], slots[op[2]], op[3], op[4], op[5], op[6])
    elif kind == RINGS:
        _rings(score, cells[op[1], low:high], cells[op[2], low:high], slots[op[3]], slots[op[4]], rings[op[5] : op[6]])
    elif kind == FLAGS:
        _flags(score, cells[op[1], low:high], slots[op[2]], op[3], op[4], op[5])
    elif kind == VALUE:
        _value(score, cells[op[1], low:high], op[2], op[3], op[4])
    elif kind == OVERLAP:
        _overlap(score, count, op, cells, low, high, slots, columns)


@_jit
def leave(keys, vias, filled, key, via):
    """Makes room for a better row of an owner who is listed already: answers how many stay, or -1 when the listed row is better.

    Of two rows of one owner with the same key, the one with the lower via stays.
    """
    for i in range(filled):
        if keys[i] & LOW32 == key & LOW32:
            if key < keys[i] or (key == keys[i] and via >= vias[i]):
                return -1
            for j in range(i, filled - 1):
                keys[j], vias[j] = keys[j + 1], vias[j + 1]
            return filled - 1
    return filled


@_jit
def enter(keys, vias, filled, key, via):
    """Puts a pair into a list sorted from best to worst; the last one falls out of a full list. Answers how many are filled."""
    i = filled if filled < keys.size else filled - 1
    filled = i + 1
    while i > 0 and keys[i - 1] < key:
        keys[i], vias[i] = keys[i - 1], vias[i - 1]
        i -= 1
    keys[i], vias[i] = key, via
    return filled


@_jit
def key_of(score, tie, tie_first, number):
    """One whole number that orders pairs: score, then tie, then the lower number. `tie_first`: 1 high, -1 low, 0 no rule."""
    turned = np.int64(0)
    if tie_first > 0:
        turned = np.int64(tie) + 32768
    elif tie_first < 0:
        turned = 32767 - np.int64(tie)
    return ((np.int64(score) + OFFSET) << SCORE_SHIFT) | (turned << TIE_SHIFT) | (LOW32 - np.int64(number))


@_jit
def scan(start, used, store, program, slots, base, asker, repeats, area_column, area_bit, keys, vias, filled, work):
    """Brings the rows of one bucket into the list; answers how many are filled. `repeats`: an owner may come up twice."""
    cells, numbers, variants, tie_column, tie_first = store
    ops, rings, columns, rows_are_offers = program
    score, counts = work
    for first in range(0, used, BLOCK):
        size = min(BLOCK, used - first)
        low, rounded = start + first, (size + LANES - 1) // LANES * LANES
        block = score[:rounded]
        block[:] = base
        for o in range(ops.shape[0]):
            if ops[o, 0] < AT_LEAST:
                part(block, ops[o], cells, low, low + rounded, slots, rings, columns, counts[:rounded])
            else:
                condition(block, ops[o, 0], cells[ops[o, 2], low : low + rounded], slots[ops[o, 3]])
        if area_column >= 0:
            _shares(block, cells[area_column, low : low + rounded], area_bit)
        need = np.int64(NEVER) + 1
        if filled == keys.size:
            need = max(need, (keys[filled - 1] >> SCORE_SHIFT) - OFFSET)
        for i in range(size):
            if block[i] < need:
                continue
            row = low + i
            tie = cells[tie_column, row] if tie_first else np.int16(0)
            key = key_of(block[i], tie, tie_first, numbers[row])
            if filled == keys.size and key < keys[filled - 1]:
                continue
            other = np.int64(variants[row])
            via = asker * 8 + other if rows_are_offers else other * 8 + asker
            staying = leave(keys, vias, filled, key, via) if repeats else filled
            if staying >= 0:
                filled = enter(keys, vias, staying, key, via)
                if filled == keys.size:
                    need = max(need, (keys[filled - 1] >> SCORE_SHIFT) - OFFSET)
    return filled


@_cached
def best(store, buckets, program, questions, first_owner, past_owner, keys, vias, filled):
    """The best rows for the owners first to past: into keys (int64, -1 free), vias (int16) and filled (int64), a row each.

    via: number of the wish times 8 plus number of the offer's form.
    """
    starts, useds, groups, areas = buckets
    slots, base, failed, owner_bounds, asker_groups, asker_areas, askers, repeats, area_columns, area_bits = questions
    work = np.empty(BLOCK + LANES, dtype=np.int16), np.empty(BLOCK + LANES, dtype=np.int16)
    rows_are_offers = program[3]
    for owner in range(first_owner, past_owner):
        mine, via, count = keys[owner], vias[owner], 0
        mine[:] = -1
        for q in range(owner_bounds[owner], owner_bounds[owner + 1]):
            if failed[q]:
                continue
            low, high = asker_groups[q], asker_groups[q] + 1
            if low < 0:
                low, high = (0, groups + 1) if rows_are_offers else (groups, groups)
            # Wishes for any group stand in a bucket of their own, which every offer looks into.
            for turn in range(low, high if rows_are_offers else high + 1):
                group = turn if turn < high else groups
                for area in range(areas):
                    bucket = group * areas + area
                    if useds[bucket] and (not rows_are_offers or (asker_areas[q] >> np.uint64(area)) & np.uint64(1)):
                        count = scan(
                            starts[bucket], useds[bucket], store, program, slots[q], base[q], askers[q],
                            repeats[owner], area_columns[q], area_bits[q], mine, via, count, work,
                        )  # fmt: skip
        filled[owner] = count


def warm_up() -> None:
    """Compiles the kernel, or reads it from the folder of compiled code: half a minute the first time, a second later.

    Called before the first question of a person: when the server starts and when an index is made anew.
    """
    columns, rows = np.zeros((1, 2 * BLOCK), dtype=np.int16), np.zeros(2 * BLOCK, dtype=np.uint32)
    one, none = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    best(
        (columns, rows, np.zeros(2 * BLOCK, dtype=np.uint8), 0, 0),
        (one, one, 0, 1),
        (np.zeros((0, WIDTH), dtype=np.int64), np.zeros((0, 2), dtype=np.int64), none, True),
        (np.zeros((0, 1), dtype=np.int16), np.zeros(0, dtype=np.int16), none, one, none, np.zeros(0, dtype=np.uint64),
         none, np.zeros(0, dtype=bool), none, np.zeros(0, dtype=np.int16)),
        0, 0, np.zeros((0, 1), dtype=np.int64), np.zeros((0, 1), dtype=np.int16), none,
    )  # fmt: skip
