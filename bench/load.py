"""Open-loop load from a process of its own: requests leave on schedule whether or not earlier ones have been answered.

Standard input: JSON `{port, rate, seconds, sessions: [cookie], paths: [[label, session, path]]}`.
Standard output: JSON `{results: [[label, seconds, status]], reconnects}`, seconds counted from the moment the request was
due, so that waiting for a free thread counts too; status 0 is a request that was not answered.

Connections are kept alive. One that the server closed between two requests is opened anew and the request sent again, as
browsers do; its time goes on meanwhile, and `reconnects` tells how often.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

THREADS = 48


def get(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    """The status of the answer, read to its end."""
    connection.request("GET", path, headers={"Cookie": cookie})
    response = connection.getresponse()
    response.read()
    return response.status


def again(connection: http.client.HTTPConnection, path: str, cookie: str) -> int:
    try:
        return get(connection, path, cookie)
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0


def main() -> None:
    plan = json.load(sys.stdin)
    results: list[tuple[str, float, int]] = []
    reconnects: list[str] = []
    connections: list[http.client.HTTPConnection] = []
    local = threading.local()

    def ask(label: str, session: int, path: str, due: float) -> None:
        connection = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=30)
            connections.append(connection)
        is_kept = connection.sock is not None
        try:
            status = get(connection, path, plan["sessions"][session])
        except (ConnectionError, http.client.BadStatusLine):
            connection.close()
            status = 0
            if is_kept:
                reconnects.append(path)
                status = again(connection, path, plan["sessions"][session])
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
    for connection in connections:
        connection.close()
    json.dump({"results": results, "reconnects": len(reconnects)}, sys.stdout)


if __name__ == "__main__":
    main()
