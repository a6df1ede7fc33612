"""`kill -9` of the database in the middle of writes: what was acknowledged is there, and the audit chain holds."""

from __future__ import annotations

import json
import random
import threading

import pytest

from renben.kernel import postgres

pytestmark = pytest.mark.faults

ROUNDS = 20
BETWEEN = 40  # acknowledged writes before each kill
PATIENCE = 60


class Acknowledged:
    """What the writers say was committed, as it comes in."""

    def __init__(self) -> None:
        self.cases: list[str] = []
        self.subjects: list[str] = []
        self.changed = threading.Condition()

    def listen(self, stream) -> threading.Thread:
        def hear() -> None:
            for line in stream:
                kind, _, token = line.strip().partition(" ")
                with self.changed:
                    (self.cases if kind == "case" else self.subjects).append(token)
                    self.changed.notify_all()

        thread = threading.Thread(target=hear)
        thread.start()
        return thread

    def count(self) -> int:
        return len(self.cases) + len(self.subjects)

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.count() >= count, PATIENCE), f"writers stopped at {self.count()}"

    def so_far(self) -> dict[str, list[str]]:
        with self.changed:
            return {"cases": list(self.cases), "subjects": list(self.subjects)}


def test_twenty_kills_lose_no_acknowledged_write(district, monkeypatch):
    monkeypatch.setenv("RENBEN_HOME", str(district.home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    postgres.start()
    rng, said = random.Random(20), Acknowledged()
    checker = district.child("tests.faults.checker")
    writers = [district.child("tests.faults.writer", str(10 * i)) for i in range(2)]
    listeners = [said.listen(writer.stdout) for writer in writers]
    try:
        for round_ in range(ROUNDS):
            said.wait_for(said.count() + rng.randrange(BETWEEN // 2, BETWEEN))
            assert district.kill_database() > 1, "no server with its backends was there to kill"
            owed = said.so_far()
            assert postgres.start().started, "the killed server still looked alive"
            print(json.dumps(owed), file=checker.stdin, flush=True)
            found = json.loads(checker.stdout.readline())
            assert found["lost"] == [], f"round {round_}"
            assert found["faults"] == [], f"round {round_}"
            assert found["half"] == [], f"round {round_}"
            assert found["doubled"] == 0
        assert len(said.cases) > ROUNDS and len(said.subjects) > ROUNDS
    finally:
        for child in (*writers, checker):
            child.stdin.close()
            child.wait(PATIENCE)
        for listener in listeners:
            listener.join(PATIENCE)
        for child in (*writers, checker):
            child.stdout.close()
