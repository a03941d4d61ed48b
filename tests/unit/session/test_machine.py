"""No order of scans, acts of staff, faults and power cuts breaks what holds at a table."""

import pytest
from hypothesis import HealthCheck, settings

from session_machine import Table

Table.TestCase.settings = settings(
    max_examples=100, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTable = pytest.mark.timeout(240)(pytest.mark.slow(Table.TestCase))
