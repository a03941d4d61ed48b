"""Each mistake in the words of whoever writes the file."""

import subprocess
import sys

import pytest

from kiosk_file import GOOD, told

POINT = """[point]
region = "cn-511781"
round = "2022-05-r1"
point = "wy-0352"
kiosk = "a"
"""
URL = '[[code]]\nkind = "url"\nname = "town"\nhost = "code.example.org"\nfield = "token"\n'


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ('point = "WY 1"', "point.point: has the wrong form (it is 'WY 1'). Write 1 to 40 of a-z, 0-9 and -"),
        ("kiosk = 1", 'point.kiosk: is not a text (it is 1). Write it in quotes: "..."'),
        ('point = ""', "point.point: has the wrong form (it is ''). Write 1 to 40 of a-z, 0-9 and -"),
    ],
)
def test_words_of_the_point(change, mistake):
    key = change.partition(" ")[0]
    lines = [change if line.startswith(f"{key} =") else line for line in GOOD.splitlines()]
    assert told("\n".join(lines)) == [mistake]


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (
            URL.replace("code.example.org", "https://Code"),
            (
                "code[1].host: has the wrong form (it is 'https://Code'). "
                "Write the host alone, in small letters, such as code.example.org"
            ),
        ),
        (URL.replace('"token"', '""'), "code[1].field: is empty. Name one at least"),
        (
            URL.replace("town", "Town"),
            "code[1].name: has the wrong form (it is 'Town'). Write 1 to 40 of a-z, 0-9 and -",
        ),
        (
            URL.replace("[[code]]", "[code]"),
            "code: may stand more than once, so it is a list. Write [[code]] instead of [code]",
        ),
        ("[[panel]]\nready = 5\n", "panel: stands once, so it is no list. Write [panel] instead of [[panel]]"),
        (
            "[panel]\nready = true\n",
            "panel.ready: is not a whole number (it is true). Write digits alone, without quotes",
        ),
        ("[panel]\nready = 99\n", "panel.ready: is too large (it is 99). Write 27 or less"),
        ("[rules]\nsame_scan_s = 0.1\n", "rules.same_scan_s: is too small (it is 0.1). Write 0.5 or more"),
        (
            '[rules]\nsame_scan_s = "5"\n',
            "rules.same_scan_s: is not a number (it is '5'). Write digits, without quotes",
        ),
        (
            '[rules]\naccept_without_paper = "no"\n',
            "rules.accept_without_paper: is neither true nor false (it is 'no'). Write true or false, without quotes",
        ),
        ("profile = 1\n", 'printer[1].profile: is not a text (it is 1). Write it in quotes: "..."'),
        (
            "[panel]\nbuttons = 5\n",
            "panel.buttons: is not a table. Write [panel.buttons] on a line of its own, its keys below",
        ),
        ('prints = "label"\n', "printer[1].prints: is not a list. Write prints = [...]"),
    ],
)
def test_words_of_what_is_wrong(change, mistake):
    assert told(GOOD + change) == [mistake]


@pytest.mark.parametrize("name", ["scanner", "printer"])
def test_one_bracket_where_two_are_meant(name):
    wrong = f"{name}: may stand more than once, so it is a list. Write [[{name}]] instead of [{name}]"
    assert told(GOOD.replace(f"[[{name}]]", f"[{name}]")) == [wrong]


@pytest.mark.parametrize(
    ("profile", "known"),
    [("tm-t88ii", "TM-T88II"), ("zz", "default")],
)
def test_a_printer_that_nobody_knows_is_answered_by_those_that_are_known(tmp_path, profile, known):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD + f'profile = "{profile}"\n', encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 78
    assert f"printer[1].profile: python-escpos knows no printer '{profile}'. Write one of " in done.stderr
    assert known in done.stderr.partition("Write one of ")[2].strip().split(", ")
