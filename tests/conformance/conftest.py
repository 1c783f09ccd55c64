import os
import sys
from collections import defaultdict

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))

from fixtures import installation, machine_before, pytest_configure  # noqa: E402, F401

outcomes: dict = defaultdict(dict)  # step -> client -> what became of it


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    client = item.callspec.params.get("client_type") if hasattr(item, "callspec") else None
    if client is None or (report.when != "call" and report.passed):
        return
    step = item.function.__name__.removeprefix("test_").replace("_", " ")
    outcomes[step].setdefault(client.name, []).append("ok" if report.passed else report.outcome.upper())


def pytest_terminal_summary(terminalreporter):
    """What each client could do, as a table: a row for each step."""
    clients = sorted({client for row in outcomes.values() for client in row})
    if not clients:
        return
    width = max(len(step) for step in outcomes)
    terminalreporter.section("conformance")
    terminalreporter.write_line(" " * width + "".join(f"  {client:>8}" for client in clients))
    for step, row in outcomes.items():
        cells = [_cell(row.get(client)) for client in clients]
        terminalreporter.write_line(f"{step:<{width}}" + "".join(f"  {cell:>8}" for cell in cells))


def _cell(results) -> str:
    if not results:
        return "-"
    bad = [result for result in results if result != "ok"]
    return bad[0] if bad else "ok" if len(results) == 1 else f"{len(results)} ok"
