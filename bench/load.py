"""Open-loop load from a process of its own: requests leave on schedule whether or not earlier ones have been answered.

Standard input: JSON `{port, rate, seconds, sessions: [cookie], paths: [[label, session, path]]}`.
Standard output: JSON `[[label, seconds, status]]`, seconds counted from the moment the request was due.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

THREADS = 48


def main() -> None:
    plan = json.load(sys.stdin)
    results: list[tuple[str, float, int]] = []
    local = threading.local()

    def ask(label: str, session: int, path: str, due: float) -> None:
        connection = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
        try:
            connection.request("GET", path, headers={"Cookie": plan["sessions"][session]})
            response = connection.getresponse()
            response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        results.append((label, time.perf_counter() - due, status))

    begun = time.perf_counter() + 0.2
    with ThreadPoolExecutor(THREADS) as pool:
        for i in range(int(plan["rate"] * plan["seconds"])):
            due = begun + i / plan["rate"]
            time.sleep(max(0.0, due - time.perf_counter()))
            pool.submit(ask, *plan["paths"][i % len(plan["paths"])], due)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
