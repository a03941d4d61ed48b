"""A county's mosquitto and its bridges to the city, as firmware_config has them, on the real one."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from county_files import Office, bridges, own_broker, shipped_rights

from drivers.mqtt_broker import BrokerLine as TableLine
from drivers.mqtt_broker import MqttBroker
from kiosk.cli import main
from kiosk.office.broker_line import BrokerLine, LineError
from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rights import rights
from kiosk.ports import DeviceGone, Message
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

R1 = "sampling/v1/wuyuan/r1"
OWN, BESIDE, ELSEWHERE = f"{R1}/wy-0352/a", f"{R1}/wy-0352/b", f"{R1}/wy-0353/a"
EPOCH = "0" * 32
SOON_S = 20.0


@pytest.fixture
def office(tmp_path) -> Office:
    return Office(tmp_path / "office")


Run = Callable[..., MosquittoBroker]


@pytest.fixture
def run(office, tmp_path) -> Iterator[Run]:
    """Brokers with a folder of their own; `more` is appended to what county/kiosk.conf says."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    running: list[MosquittoBroker] = []

    def start(name: str, rights: str, more: str = "") -> MosquittoBroker:
        folder = tmp_path / name
        folder.mkdir()
        broker = MosquittoBroker(folder, given=lambda port: own_broker(office, folder, rights, port) + more)
        running.append(broker)
        broker.start()
        return broker

    yield start
    for broker in running:
        broker.stop()


@pytest.fixture
def county(run: Run) -> MosquittoBroker:
    return run("county", shipped_rights("county"))


@pytest.fixture
def table(office, county) -> Iterator[Callable[..., MqttBroker]]:
    """Tables at the county's broker, with the daemon's own driver; `client` where it calls itself otherwise."""
    opened: list[MqttBroker] = []

    def connect(name: str, *hears: str, client: str = "") -> MqttBroker:
        own = office.name(name)
        files = str(office.ca), str(own.certificate), str(own.key)
        driver = MqttBroker(TableLine("127.0.0.1", county.port, client or name.replace("/", "-"), "5", *files))
        driver.open(Message(f"{R1}/{name}/status", 1, b'{"state":"lost"}'), hears)
        opened.append(driver)
        return driver

    yield connect
    for driver in opened:
        driver.close()


Reader = Callable[..., BrokerLine]


@pytest.fixture
def reader(office) -> Iterator[Reader]:
    """The office's line to a broker, as whoever `name` is."""
    opened: list[BrokerLine] = []

    def connect(broker: MosquittoBroker, name: str, *hears: str, qos: int = 1, **otherwise: object) -> BrokerLine:
        at = replace(office.at(broker.port, name), **otherwise)
        opened.append(BrokerLine(at, hears, qos))
        opened[-1].open()
        return opened[-1]

    yield connect
    for line in opened:
        line.close()


def read(line: BrokerLine, is_enough: Callable[[dict[str, bytes]], bool]) -> dict[str, bytes]:
    """The last word of each topic, once it is enough, or after all patience."""
    found: dict[str, bytes] = {}
    end = time.monotonic() + SOON_S
    while not is_enough(found) and time.monotonic() < end:
        found |= {each.topic: each.payload for each in line.read(0.1)}
    return found


def standing(reader: Reader, broker: MosquittoBroker, name: str, *hears: str) -> dict[str, bytes]:
    """All that stands there for whoever `name` is."""
    line = reader(broker, name, *hears, qos=0)
    found: dict[str, bytes] = {}
    while not line.is_whole:
        found |= {each.topic: each.payload for each in line.read(0.1)}
    line.close()
    return found


def said(driver: MqttBroker, *messages: Message) -> tuple[set[str], dict[str, str]]:
    """Topics that the broker took, and those that it refused with its words."""
    for message in messages:
        driver.publish(message)
    taken: set[str] = set()
    refused: dict[str, str] = {}
    end = time.monotonic() + SOON_S
    while len(taken) + len(refused) < len(messages) and time.monotonic() < end:
        taken |= {each.topic for each in driver.acknowledged(0.1)}
        refused |= {each.topic: words for each, words in driver.refused()}
    return taken, refused


def heard(driver: MqttBroker, wanted: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    end = time.monotonic() + SOON_S
    while wanted not in found and time.monotonic() < end:
        driver.acknowledged(0.1)
        found |= dict(driver.heard())
    return found


# --- who may come, and what they may do


def test_only_who_has_a_certificate_of_the_office_is_let_in(county, reader, tmp_path):
    reader(county, "board")
    with pytest.raises(LineError, match="broker"):
        reader(county, "board", certificate=None, key=None)
    other = Office(tmp_path / "other").name("board")
    with pytest.raises(LineError, match="broker"):
        reader(county, "board", certificate=other.certificate, key=other.key)


def test_a_broker_of_another_authority_is_not_believed(county, reader, tmp_path):
    with pytest.raises(LineError, match="certificate verify failed"):
        reader(county, "board", ca=Office(tmp_path / "other").ca)


def test_a_table_says_what_is_its_own_and_is_refused_all_else_and_served_on(county, table, reader):
    others = [f"{BESIDE}/counts/{EPOCH}", f"{ELSEWHERE}/status", f"{OWN}/ask", f"{OWN}/order", "sampling/check/1"]
    own = [f"{OWN}/{leaf}" for leaf in ("status", f"counts/{EPOCH}", "health", "units", "tubes/035200000104")]
    own += [f"{OWN}/people/{EPOCH}/0", f"{OWN}/answer"]
    taken, refused = said(table("wy-0352/a"), *(Message(topic, 1, b"{}") for topic in [*others, *own]))
    assert taken == set(own)
    assert refused == dict.fromkeys(others, "Not authorized")
    assert set(standing(reader, county, "board", "sampling/#")) == set(own) - {f"{OWN}/people/{EPOCH}/0"}


def test_tables_of_a_point_hear_each_others_sheets_and_nobody_elses(county, table, reader):
    sheet, strange = f"{OWN}/people/{EPOCH}/0", f"{ELSEWHERE}/people/{EPOCH}/0"
    rows = rights(names_of(["wy-0352/a", "wy-0352/b", "wy-0353/a", "board"]))
    (county.directory / "kiosk.acl").write_text(rows)
    county.restart()
    beside = table("wy-0352/b", "sampling/v1/#")
    said(table("wy-0353/a"), Message(strange, 1, b"strange"))
    said(table("wy-0352/a"), Message(f"{OWN}/health", 1, b"{}"), Message(sheet, 1, b"sheet"))
    assert heard(beside, sheet) == {sheet: b"sheet"}
    assert standing(reader, county, "board", "sampling/v1/#") == {f"{OWN}/health": b"{}"}


def test_a_table_that_was_left_out_is_not_even_told_what_it_said_itself_and_so_notices(county, table):
    left_out, status, sheet = (
        table("wy-0359/a", "sampling/v1/#"),
        f"{R1}/wy-0359/a/status",
        f"{R1}/wy-0359/a/people/0/0",
    )
    assert said(left_out, Message(sheet, 1, b"sheet"), Message(status, 1, b"online"))[1] == {}
    assert heard(left_out, status) == {status: b"online"}


def test_what_the_centre_asks_and_orders_reaches_the_table(county, table, reader):
    kiosk = table("wy-0352/a", f"{OWN}/ask", f"{OWN}/order", f"{OWN}/status")
    centre = reader(county, "centre")
    assert centre.publish_all([(f"{OWN}/ask", b"ask"), (f"{OWN}/order", b"order")]) == {}
    assert heard(kiosk, f"{OWN}/order") == {f"{OWN}/ask": b"ask", f"{OWN}/order": b"order"}
    for name, refused in {"board": 2, "collector": 2, "records": 1}.items():
        line = reader(county, name)
        assert list(line.publish_all([(f"{OWN}/order", b""), (f"{OWN}/ask", b"")]).values()) == [0x87] * refused
    said(kiosk, Message(f"{OWN}/status", 2, b"own"))
    assert heard(kiosk, f"{OWN}/status")[f"{OWN}/status"] == b"own"


def test_who_calls_itself_as_another_table_does_not_take_its_line(table):
    kiosk = table("wy-0352/a", client="wy-0352-a")
    thief = table("wy-0352/b", client="wy-0352-a")
    assert said(kiosk, Message(f"{OWN}/health", 1, b"{}"))[0] == {f"{OWN}/health"}
    assert said(thief, Message(f"{BESIDE}/health", 1, b"{}"))[0] == {f"{BESIDE}/health"}


def test_a_stolen_kiosk_that_is_withdrawn_says_nothing_more_and_what_it_had_counted_still_counts(county, table, reader):
    stolen, other, counts = table("wy-0352/a"), table("wy-0352/b"), f"{OWN}/counts/{EPOCH}"
    said(stolen, Message(counts, 1, b"9"))
    rows = rights(names_of(["wy-0352/a", "wy-0352/b", "board"]), names_of(["wy-0352/a"]))
    (county.directory / "kiosk.acl").write_text(rows)
    county.reload()
    end = time.monotonic() + SOON_S
    while not (refused := said(stolen, Message(f"{OWN}/tubes/1", 2, b"{}"))[1]) and time.monotonic() < end:
        pass
    assert refused == {f"{OWN}/tubes/1": "Not authorized"}
    stolen.close()
    assert standing(reader, county, "board", f"{R1}/#")[counts] == b"9"
    assert said(other, Message(f"{BESIDE}/health", 1, b"{}"))[1] == {}


def test_a_packet_that_is_too_large_costs_its_sender_the_line_and_nobody_else(county, table):
    large, other = table("wy-0352/a"), table("wy-0352/b")
    with pytest.raises(DeviceGone, match="broker"):
        said(large, Message(f"{OWN}/health", 1, b" " * (1 << 20)))
    assert said(other, Message(f"{BESIDE}/health", 1, b"{}"))[0] == {f"{BESIDE}/health"}


# --- what it keeps


def saved_since(database: Path, moment: float) -> None:
    end = time.monotonic() + SOON_S
    while not (database.exists() and database.stat().st_mtime > moment):
        assert time.monotonic() < end, "was never saved"
        time.sleep(0.05)


def test_a_late_reader_is_told_all_also_after_a_pulled_plug(county, table, reader):
    tubes = {f"{OWN}/tubes/{n}": b"%d" % n for n in range(1100)}
    assert said(table("wy-0352/a"), *(Message(*each) for each in zip(tubes, range(1100), tubes.values(), strict=True)))[
        0
    ] == set(tubes)
    assert read(reader(county, "collector", f"{R1}/#"), lambda found: len(found) == 1100) == tubes
    saved_since(county.directory / "mosquitto.db", time.time())
    county.kill()
    county.start()
    assert read(reader(county, "collector", f"{R1}/#"), lambda found: len(found) == 1100) == tubes


@pytest.mark.parametrize("spoilt", ["zeros", "half"])
def test_a_database_that_a_power_cut_left_broken_is_moved_aside_and_said(county, table, capsys, spoilt, reader):
    said(table("wy-0352/a"), *(Message(f"{OWN}/tubes/{n}", n, b" " * 100) for n in range(100)))
    county.stop()
    database = county.directory / "mosquitto.db"
    assert main(["broker", "mend", str(database), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"fault": None, "kept": None}
    whole = database.read_bytes()
    broken = bytes(len(whole)) if spoilt == "zeros" else whole[: len(whole) // 2]
    database.write_bytes(broken)
    with pytest.raises(RuntimeError, match="mosquitto ended"):
        county.start()
    assert main(["broker", "mend", str(database)]) == 0
    words = capsys.readouterr().out
    assert f"It is kept as {database}.damaged-1, and the broker begins with none" in words
    assert database.with_name("mosquitto.db.damaged-1").read_bytes() == broken
    county.start()
    assert standing(reader, county, "board", "sampling/#") == {}


# --- the check


def checked(capsys, broker: MosquittoBroker, *more: object) -> tuple[int, dict[str, bool], str]:
    """The status, what was found good or not, and all words."""
    status = main(["broker", "check", "--host", "127.0.0.1", "--port", str(broker.port), "--json", *map(str, more)])
    told = json.loads(capsys.readouterr().out)
    words = "\n".join(f"{each['words']}: {each['fix']}" for each in told["findings"])
    return status, {each["subject"]: each["is_good"] for each in told["findings"]}, words


def test_the_check_finds_the_countys_broker_sound_and_leaves_nothing_there(office, county, capsys, reader):
    own = office.name("check")
    files = "--ca", office.ca, "--certificate", own.certificate, "--key", own.key
    status, found, words = checked(capsys, county, *files)
    assert (status, found) == (0, {"late": True, "cleared": True, "rights": True, "certificates": True})
    assert "was told 1100 of 1100 retained messages" in words
    assert "refused, reason 0x87" in words
    assert standing(reader, county, "board", "sampling/#") == {}


def test_the_check_fails_on_mosquitto_as_it_comes_and_says_what_to_write(run, tmp_path, capsys):
    with MosquittoBroker(tmp_path) as broker:
        status, found, words = checked(capsys, broker)
    assert (status, found) == (1, {"late": False, "cleared": True, "rights": False})
    # 1,000 that wait and what is on the way; mosquitto 2.0.21 has 40 of those.
    assert re.search("was told 10[24]0 of 1100 retained messages: Write max_queued_messages 1000000", words)
    assert "was taken: Name an acl_file" in words


def test_the_check_fails_where_a_refusal_costs_the_line(office, run, capsys):
    county = run("county", shipped_rights("county"), "max_queued_messages 0\n")
    own = office.name("check")
    files = "--ca", office.ca, "--certificate", own.certificate, "--key", own.key
    status, found, words = checked(capsys, county, *files)
    assert (status, found["late"], found["rights"]) == (1, True, False)
    assert "Write max_queued_messages 1000000: with 0 mosquitto hangs up" in words


def test_the_check_says_who_it_is_that_has_no_rights_and_that_nobody_is_there(office, county, capsys):
    own = office.name("board")
    status, found, words = checked(
        capsys, county, "--ca", office.ca, "--certificate", own.certificate, "--key", own.key
    )
    assert (status, found["late"]) == (1, False)
    assert "1100 of 1100 retained messages were refused, reason 0x87: Let this certificate read and write" in words
    assert main(["broker", "check", "--host", "127.0.0.1", "--port", "1"]) == 69
    assert "It could not be judged to the end" in capsys.readouterr().err


# --- on to the city


def test_after_an_outage_of_the_city_and_a_pulled_plug_here_the_city_has_the_newest_of_all_and_every_record(
    office, run, reader
):
    city = run("city", shipped_rights("city"))
    county = run("county", shipped_rights("county"), bridges(office, city.port))
    leaves = "status", f"counts/{EPOCH}", "health", "units"
    state = [f"sampling/v1/wuyuan/r{n}/wy-0352/a/{leaf}" for n in range(20) for leaf in leaves]
    records = {f"{OWN}/tubes/{n}": b"%d" % n for n in range(1200)}
    kiosk = reader(county, "wy-0352/a")
    kiosk.publish_all((topic, b"first") for topic in state)
    assert len(read(reader(city, "collector", "sampling/#"), lambda found: len(found) == 80)) == 80
    city.kill()
    for turn in range(15):
        kiosk.publish_all((topic, b"%d" % turn) for topic in state)
    kiosk.publish_all([*records.items(), (f"{OWN}/people/{EPOCH}/0", b"{}")])
    kiosk.publish_all((topic, b"newest") for topic in state)
    saved_since(county.directory / "mosquitto.db", time.time())
    county.kill()
    county.start()
    city.start()
    wanted = dict.fromkeys(state, b"newest") | records
    assert read(reader(city, "collector", "sampling/#"), lambda found: found == wanted) == wanted
    assert standing(reader, city, "collector", "sampling/#") == wanted


def test_an_order_of_the_citys_centre_comes_down_to_the_county(office, run, reader):
    city = run("city", shipped_rights("city"))
    county = run("county", shipped_rights("county"), bridges(office, city.port))
    hears = reader(county, "board", f"{OWN}/order")
    reader(city, "centre").publish(f"{OWN}/order", b"a new round")
    assert read(hears, bool) == {f"{OWN}/order": b"a new round"}


def test_a_county_says_nothing_in_the_place_of_another(run, reader):
    city = run("city", shipped_rights("city"))
    other = "sampling/v1/anfu/r1/wy-0352/a/status"
    assert reader(city, "county/wuyuan/state").publish_all([(other, b"{}")]) == {other: 0x87}
