"""Options of the whole suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--dcc", metavar="FOLDER", help="JSON test vectors of the EU Digital COVID Certificate to judge")
