"""The page that a run of the printer's fault matrix leaves behind: a row a fault, a column a phase and line."""

from pathlib import Path

import pytest

CELL, SEEN = "matrix-cell", "matrix-seen"
"""Properties of a test's report: `fault/phase/line`, and what was seen in words for the table."""
PHASES, LINES = ("before", "during", "after"), ("serial", "usb", "tcp")
HEAD = """# The printer's faults, one by one

Made by `make matrix` with the virtual printer; do not edit. Each fault comes **before** a job (the next person holds
up the card at once), **during** it, or **after** it. Each person's job is a voucher and the label of the next tube,
sent as one batch. The whole way runs: journal, engine, printer's thread, driver, line, and a far end that draws the
paper.

| word | meaning |
| --- | --- |
| *persons* | how many were sampled, each once; "cut mid-job, during" cuts at four places and "one-way, during" at two |
| *slips* | whole slips that came out, copies included |
| *refused* | persons who were asked to wait, because the kiosk knew of the fault; all were served afterwards |
| *asked* | questions to staff: "did it come out?" |
| *copies* | slips printed again, marked as a copy, after the answer "no" or at staff's wish |
| *torn* | pieces of paper with something on them that are no whole slip |
| *unknown* | slips of a one-way printer that are on no paper; the journal calls them unknowable |
| *unseen* | the kiosk called the printer ready for so long although it was not, or the fault was mended unseen |
| *back in* | seconds from the mended fault until the next person's slips were proved (one-way: sent) |
| **fails** | the cell broke its promise |

The promise, in every cell: no slip is lost, none is printed twice without a mark, no torn slip hangs on the next one,
paper and journal differ only in slips that the journal calls unconfirmed, and no restart is needed.

"""


class MatrixPage:
    """A pytest plugin for the process that gathers all reports."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties = dict(report.user_properties)
        if report.when == "call" and CELL in properties:
            self._seen[str(properties[CELL])] = _verdict(report) + str(properties.get(SEEN, "no end"))

    def pytest_sessionfinish(self) -> None:
        """Writes nothing if no cell was run."""
        if self._seen:
            self._file.write_text(HEAD + "\n".join(self._rows()) + "\n", encoding="utf-8")

    def _rows(self) -> list[str]:
        columns = [f"{phase}/{line}" for phase in PHASES for line in LINES]
        titles = " | ".join(column.replace("/", ", ") for column in columns)
        faults = dict.fromkeys(cell.split("/")[0] for cell in sorted(self._seen))
        rows = [self._row(fault, columns) for fault in faults]
        return [f"| fault | {titles} |", "| --- " * (len(columns) + 1) + "|", *rows]

    def _row(self, fault: str, columns: list[str]) -> str:
        cells = " | ".join(self._seen.get(f"{fault}/{column}", "not run") for column in columns)
        return f"| {fault} | {cells} |"


def _verdict(report: pytest.TestReport) -> str:
    if report.failed:
        return "**fails:** "
    return "**fails, known:** " if report.skipped else ""
