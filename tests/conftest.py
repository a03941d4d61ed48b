"""Options of the whole suite."""

import pytest
from hypothesis import settings

# A time limit for each example would judge the machine and its neighbours; each test has one of its own.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--dcc", metavar="FOLDER", help="JSON test vectors of the EU Digital COVID Certificate to judge")
