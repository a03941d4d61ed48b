"""The configuration file: each mistake with its key, all at once."""

import subprocess
import sys
import tomllib
from copy import deepcopy
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kiosk.app import check
from kiosk.config import ConfigError, read_config, typed
from kiosk.model import StaffAction
from kiosk.virtual.demo.settings import DemoSettings, configuration
from kiosk_file import CODES, GOOD

BAD = """
[point]
region = "CN 1"
round = "r1"
point = "wy"
[tubes]
pool_size = 7
block = "12"
colour = "red"
[[scanner]]
kind = "serial"
prot = "/dev/x"
[[scanner]]
kind = "hid"
[[printer]]
kind = "parallel"
[panel]
ready = 99
"""


def test_a_short_file_is_enough():
    config = typed(tomllib.loads(GOOD), "test")
    assert config.tubes.pool_size == 10
    assert config.rules.same_scan_s == 5.0
    assert [printer.name for printer in config.printer] == ["printer"]


def test_all_mistakes_are_told_at_once_with_key_and_fix():
    with pytest.raises(ConfigError) as caught:
        typed(tomllib.loads(BAD), "test")
    assert [mistake.key for mistake in caught.value.mistakes] == [
        "point.region",
        "point.kiosk",
        "tubes.pool_size",
        "tubes.block",
        "tubes.colour",
        "scanner[1].port",
        "scanner[1].prot",
        "scanner[2]",
        "printer[1]",
        "panel.ready",
    ]
    assert str(caught.value.mistakes[2]) == "tubes.pool_size: cannot be used (it is 7). Write one of 1, 5, 10 or 20"
    assert all(mistake.wrong and mistake.fix for mistake in caught.value.mistakes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("[panel]\nready = 5\nbuzzer = 5\n", "pin 5 is named twice"),
        ('[[printer]]\nkind = "usb"\n', "two devices have the same name"),
        ('[[scanner]]\nkind = "serial"\nport = "/dev/x"\nname = "printer"\n', "two devices have the same name"),
        ('[[scanner]]\nkind = "serial"\nport = "/dev/x"\ntrigger = "host"\n', "a scanner that takes orders"),
        ('[rules]\nhealth_code_pattern = "["\n', "not a regular expression"),
        ('[rules]\nhealth_code_pattern = "a{99999999999999999999}"\n', "not a regular expression"),
        ('[rules]\nhealth_code_pattern = ".*"\n', "would fit it too"),
        ('[broker]\ncertificate = "/etc/kiosk/a.pem"\n', "would go out unencrypted"),
        ('[state]\ndirectory = "here"\n', "not an absolute path"),
    ],
)
def test_mistakes_between_keys(change, words):
    with pytest.raises(ConfigError, match=words):
        typed(tomllib.loads(GOOD + change), "test")


@pytest.mark.slow
def test_check_reads_every_file_of_keys(tmp_path):
    (tmp_path / "list.pem").write_text("no keys", encoding="ascii")
    (tmp_path / "set.json").write_text("{}", encoding="ascii")
    file = tmp_path / "kiosk.toml"
    code = f'[[code]]\nkind = "cwt"\nname = "pass"\nprefix = "PS1:"\nclaim = 2\nkeys_file = "{tmp_path}/none.pem"\n'
    table = f'[certificates]\ndcc_trust_list = "{tmp_path}/list.pem"\nshc_key_set = "{tmp_path}/set.json"\n'
    file.write_text(GOOD + code + table, encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 78
    assert "3 mistake(s)" in done.stderr
    assert f"code[1].keys_file: {tmp_path}/none.pem: No such file" in done.stderr
    assert f"certificates.dcc_trust_list: {tmp_path}/list.pem: part 1 is neither" in done.stderr
    assert f"certificates.shc_key_set: {tmp_path}/set.json: is not a set of JSON web keys" in done.stderr


SEVERAL = """
[tubes]
pool_size = 7
block = "0352"
[[code]]
kind = "number"
name = "a"
digits = 12
[[code]]
kind = "cwt"
name = "b"
prefix = "PS"
claim = 2
keys_file = "/nowhere/b.pem"
[[code]]
kind = "cwt"
name = "c"
prefix = "PS1:"
claim = 2
keys_file = "/nowhere/c.pem"
[certificates]
dcc_trust_list = "/nowhere/dcc.pem"
[[printer]]
kind = "usb"
name = "id-card"
profile = "NoSuchPrinter"
"""


@pytest.mark.slow
def test_check_tells_all_layers_at_once_as_far_as_their_tables_are_sound(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD.replace('[tubes]\nblock = "0352"\n', "") + SEVERAL, encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file), "--credentials", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 78
    assert [line.partition(":")[0].strip() for line in done.stderr.splitlines()[1:]] == [
        "tubes.pool_size",
        "code[1].digits",
        "printer[2].name",
        "printer[2].device",
        "code[3].prefix",
        "printer[2].profile",
        "code[2].keys_file",
        "code[3].keys_file",
        "certificates.dcc_trust_list",
        "round-key",
        "staff-key",
        "voucher-key",
    ]


SAMPLE = Path(__file__).parents[3] / "firmware_config" / "kiosk.toml"
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"kind": "serial"}),
    st.just([{"kind": "cwt", "claim": {}}, 1]),
    st.just("(" * 60 + ")" * 60),
    st.just("[0-9]{1,99}" * 9),
)


@given(st.data())
def test_whatever_stands_there_is_a_mistake_in_words_or_taken(data):
    table = tomllib.loads(SAMPLE.read_text(encoding="utf-8") + CODES)
    for _ in range(data.draw(st.integers(1, 3))):
        inner = table
        while True:
            keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
            key = data.draw(st.sampled_from([*keys, "new"] if isinstance(inner, dict) else keys))
            if not (key != "new" and inner[key] and isinstance(inner[key], dict | list) and data.draw(st.booleans())):
                break
            inner = inner[key]
        inner[key] = deepcopy(data.draw(JUNK))
    try:
        typed(table, "test")
    except ConfigError as error:
        assert all(mistake.key and mistake.wrong and mistake.fix for mistake in error.mistakes)  # noqa: PT017
        assert len({str(mistake) for mistake in error.mistakes}) == len(error.mistakes)  # noqa: PT017


def test_signs_of_a_sentence_in_a_value_do_not_mix_up_the_words():
    (mistake,) = typed_mistakes(GOOD.replace('"wy-0352"', '"a; b"'))
    assert (mistake.wrong, mistake.fix) == ("has the wrong form (it is 'a; b')", "Write 1 to 40 of a-z, 0-9 and -")


def test_a_file_whose_name_no_system_takes():
    (mistake,) = typed_mistakes(GOOD + '[certificates]\nshc_key_set = "/a\\u0000"\n')
    assert mistake.wrong == r"not an absolute path (it is '/a\x00')"


def typed_mistakes(text):
    with pytest.raises(ConfigError) as caught:
        typed(tomllib.loads(text), "test")
    return caught.value.mistakes


def test_a_file_may_begin_with_the_mark_of_an_editor(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_config(file).point.kiosk == "a"


@pytest.mark.slow
def test_check_looks_at_all_that_the_file_names(tmp_path):
    file, folder = tmp_path / "kiosk.toml", tmp_path / "keys"
    folder.mkdir()
    for name in ("round-key", "staff-key", "voucher-key"):
        (folder / name).write_text("ab" * 32)
    named = f"""
fonts = ["/nowhere.ttf", "{file}"]
[panel]
pin_factory = "lgipo"
[state]
directory = "{file}"
[broker]
ca_file = "{file}"
certificate = "{file}"
"""
    file.write_text(GOOD + named, encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file), "--credentials", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 78
    assert [line.partition(". ")[0].strip() for line in done.stderr.splitlines()[1:]] == [
        "printer[1].fonts: /nowhere.ttf: No such file or directory",
        f"printer[1].fonts: {file}: is no outline font",
        "panel.pin_factory: gpiozero knows no 'lgipo'",
        f"state.directory: {file} is no folder",
        f"broker.ca_file: {file}: holds no such thing",
        "broker-key: No such file or directory",
    ]


@pytest.mark.parametrize("factory", ["", 'pin_factory = "kernel"', 'pin_factory = "lgpio"', 'pin_factory = "mock"'])
def test_check_knows_each_pin_factory_that_a_panel_may_have(tmp_path, factory):
    """The usual one, which the file need not name, too."""
    file = tmp_path / "kiosk.toml"
    file.write_text(f"{GOOD}\n[panel]\nready = 17\n{factory}\n", encoding="utf-8")
    check(file, None)


def test_unknown_time_zone():
    with pytest.raises(ConfigError, match="no such time zone"):
        typed(tomllib.loads(GOOD.replace('kiosk = "a"', 'kiosk = "a"\ntimezone = "Mars/Olympus"')), "test")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[point\n", "not TOML"),
        (None, "No such file"),
        ("# 配置\n[point]\nregion = '北'\n".encode("gbk"), r"not UTF-8 \(line 1\)\. Save it as UTF-8"),
        (b"x = " + b"9" * 5000, "not TOML"),
        (b"x = " + b"[" * 2000, "not TOML"),
    ],
)
def test_an_unreadable_file(tmp_path, text, words):
    file = tmp_path / "kiosk.toml"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(ConfigError, match=words):
        read_config(file)


def test_the_demo_runs_by_configuration(tmp_path):
    text = configuration(DemoSettings(pool_size=5), tmp_path, tmp_path, 1883, None)
    assert typed(tomllib.loads(text), "demo").tubes.pool_size == 5


@pytest.mark.slow
@pytest.mark.parametrize(("text", "status"), [(GOOD, 0), (BAD, 78), (GOOD + 'profile = "NoSuchPrinter"\n', 78)])
def test_exit_status_of_check(tmp_path, text, status):
    file = tmp_path / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert ("mistake(s)" in done.stderr) == (status == 78)


@pytest.mark.slow
def test_run_without_keys_is_a_config_error_and_not_a_restart_loop(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD + f'[state]\ndirectory = "{tmp_path}"\n', encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin"})
    assert done.returncode == 78
    assert "round-key: there is no credentials directory" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["round-key", "staff-key", "voucher-key"])
@pytest.mark.parametrize("command", ["check", "run"])
def test_every_key_is_needed(tmp_path, missing, command):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD + f'[state]\ndirectory = "{tmp_path}"\n', encoding="utf-8")
    for name in {"round-key", "staff-key", "voucher-key"} - {missing}:
        (tmp_path / name).write_text("0123456789abcdef" * 4, encoding="ascii")
    arguments = ["--config", str(file), "--credentials", str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", "kiosk", command, *arguments], capture_output=True, text=True)
    assert done.returncode == 78
    assert f"{missing}: No such file or directory. Put the key into {tmp_path / missing}" in done.stderr


@pytest.mark.slow
def test_check_reads_the_voucher_key(tmp_path):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD, encoding="utf-8")
    for name in ("round-key", "staff-key", "voucher-key"):
        (tmp_path / name).write_text("0123456789abcdef", encoding="ascii")
    command = [sys.executable, "-m", "kiosk", "check", "--config", str(file), "--credentials", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (78, "")
    assert "voucher-key: is not 64 hex digits. Make a new one: openssl rand -hex 32" in done.stderr
    (tmp_path / "voucher-key").write_text("0123456789abcdef" * 4 + "\n", encoding="ascii")
    assert subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.slow
def test_staff_codes_are_drawn_and_read_back_to_their_actions(tmp_path):
    key = tmp_path / "staff-key"
    key.write_text("a staff key of the tests", encoding="ascii")
    config = tmp_path / "kiosk.toml"
    config.write_text(GOOD, encoding="utf-8")
    keys = ["--credentials", str(tmp_path), "--config", str(config)]
    command = [sys.executable, "-m", "kiosk", "staff-codes", *keys]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    texts = dict(line.split()[:2] for line in listed.splitlines())
    assert "启用管 TUBE" in listed
    assert set(texts) == {str(action) for action in StaffAction}
    subprocess.run([*command, "--out", str(tmp_path / "codes")], capture_output=True, check=True)
    for action, text in texts.items():
        (found,) = zxingcpp.read_barcodes(Image.open(tmp_path / "codes" / f"{action}.png").convert("L"))
        assert found.text == text


CAMERA = {"kind": "camera"}


def test_a_camera_needs_nothing_but_its_kind():
    table = tomllib.loads(GOOD) | {"scanner": [CAMERA]}
    [camera] = typed(table, "kiosk.toml").scanner
    assert camera.model_dump() == {
        "kind": "camera",
        "name": "camera",
        "hand": "shared",
        "number": 0,
        "width": 1280,
        "height": 960,
        "frames_s": 10.0,
        "exposure_us": 3000,
        "lens_position": None,
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [("number", -1), ("width", 1000), ("height", 961), ("frames_s", 60), ("exposure_us", -1), ("lens_position", 40)],
)
def test_what_a_camera_cannot_do_is_named(key, value):
    table = tomllib.loads(GOOD) | {"scanner": [CAMERA | {key: value}]}
    with pytest.raises(ConfigError) as caught:
        typed(table, "kiosk.toml")
    assert [mistake.key for mistake in caught.value.mistakes] == [f"scanner[1].{key}"]
