"""What ran on which token and what could not, as a table for people; ``--junitxml`` has it for programs."""

from collections import Counter
from pathlib import Path

import pytest

from .options import CONDITIONS

_HERE = "tests/device/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, where device tests ran."""
    tokens: dict[str, Counter[str]] = {}
    missing: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            if not getattr(report, "nodeid", "").startswith(_HERE):
                continue
            if outcome == "passed" and report.when != "call":
                continue
            token = _token(report.nodeid)
            tokens.setdefault(token, Counter())[outcome] += 1
            if outcome == "skipped":
                word = _condition(str(report.longrepr))
                missing.setdefault(token, Counter())[word] += 1
    if not tokens:
        return
    terminalreporter.section("tokens")
    terminalreporter.write_line(f"{'token':<14}{'passed':>8}{'failed':>8}{'could not':>11}  for want of")
    for token, counts in sorted(tokens.items()):
        words = ", ".join(
            f"{word} ({count})" for word, count in sorted(missing.get(token, Counter()).items())
        )
        failed = counts["failed"] + counts["error"]
        terminalreporter.write_line(
            f"{token:<14}{counts['passed']:>8}{failed:>8}{counts['skipped']:>11}  {words}"
        )


def _token(nodeid: str) -> str:
    """The token's name: the first parameter of a test that holds one."""
    _, bracket, parameters = nodeid.partition("[")
    name = parameters.rstrip("]").split("-")[0]
    return (
        name if bracket and (name in ("virtual", "micropython") or Path("/dev", name).exists()) else "others"
    )


def _condition(reason: str) -> str:
    return next((word for word in CONDITIONS if f"needs_{word}:" in reason), "other reasons")
