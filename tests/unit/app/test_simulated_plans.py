"""What happens in a simulated district follows from its seed."""

import pytest

from kiosk.app.simulation.plans import District, Fault, Faults, happenings
from kiosk.cli import main

DISTRICT = District(20, 30, 35 * 3600)


def test_everybody_comes_once_and_faults_are_as_many_as_wanted():
    found = happenings(DISTRICT, Faults(0.2, 5, 3, 2), 7)
    people = [each.person for each in found if each.fault is None and not each.again]
    assert sorted(people) == list(range(600))
    count = {fault: sum(each.fault is fault for each in found) for fault in Fault}
    assert count == {Fault.CUT: 4, Fault.MENDED: 4, Fault.REBOOT: 5, Fault.LOST: 3, Fault.CLOCK: 2}
    assert [each.at_s for each in found] == sorted(each.at_s for each in found)
    assert found == happenings(DISTRICT, Faults(0.2, 5, 3, 2), 7)
    assert found != happenings(DISTRICT, Faults(0.2, 5, 3, 2), 8)


def test_faults_are_read_as_they_are_written():
    assert Faults.read("none") == Faults(0, 0, 0, 0, 0, 0, 0)
    assert Faults.read("outages=0.5,kills=2") == Faults(0.5, 0, 0, 0, 0, 2, 0)


def test_faults_that_nobody_knows_are_refused_in_words(capsys):
    with pytest.raises(SystemExit) as end:
        main(["simulate", "--faults", "earthquakes=3"])
    assert end.value.code == 2
    assert "'earthquakes' is none of outages, reboots, lost, clocks, restarts, kills" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["outages=2", "outages=-1", "outages=x", "reboots=nan", "reboots=1.5", "kills=-1"])
def test_amounts_that_cannot_be_are_refused_with_what_may_stand_there(text):
    with pytest.raises(ValueError, match=r"from 0 to 1|no number of them"):
        Faults.read(text)
