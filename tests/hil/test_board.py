"""`kiosk board` on a real mosquitto, as an office runs it: once, as a page in a real browser, and started again."""

import base64
import http.client
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from district_words import counted, healthy, stated
from kiosk.messages import Address
from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.office.brokers.certificates import Authority, withdraw
from kiosk.office.brokers.names import name_of
from kiosk.ports import Message, PrinterFault
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

CHROMIUM = Path("/usr/bin/chromium")
POINTS = 352
PATIENCE_S = 60
KNOWN = "east gate 7"


@pytest.fixture
def county(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    folder = tmp_path / "county"
    folder.mkdir()
    text = "listener {} 127.0.0.1\nmax_queued_messages 0\nallow_anonymous true\npersistence false\n"
    with MosquittoBroker(folder, given=text.format) as broker:
        yield broker


class Tables:
    """Tables that say what they are told to say."""

    def __init__(self, port: int) -> None:
        self.line = BrokerLine(BrokerAt("127.0.0.1", port, "tables"), ())
        self.line.open()

    def say(self, *messages: Message) -> None:
        for message in messages:
            self.line.publish(message.topic, message.payload)

    def district(self, points: int) -> None:
        """Ten people at each; no paper at every fiftieth, nobody at every hundredth."""
        said = []
        for n in range(points):
            table = Address("cn", "r1", f"wy-{n:04d}", "a")
            said.append(stated("online", 1, table=table))
            if n % 100 == 99:
                said.append(stated("lost", 1, table=table))
            said.append(counted(10, table=table))
            said.append(healthy(*([PrinterFault.PAPER_OUT] if n % 50 == 49 else []), table=table))
        self.line.publish_all([(message.topic, message.payload) for message in said], PATIENCE_S)


@pytest.fixture
def speak() -> Iterator[Callable[[int], Tables]]:
    made: list[Tables] = []

    def start(port: int) -> Tables:
        made.append(Tables(port))
        return made[-1]

    yield start
    for tables in made:
        tables.line.close()


def command(port: int, *given: object) -> list[str]:
    words = [sys.executable, "-m", "kiosk", "board", "--host", "127.0.0.1", "--port", str(port)]
    return [*words, *map(str, given)]


def once(port: int, *given: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(port, "--once", *given), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


def test_once_it_says_all_that_stands_there_to_people_and_programs(county, tmp_path, speak):
    tables = speak(county.port)
    tables.district(100)
    (tmp_path / "points.csv").write_text("编号,名称,应采\nwy-0000,东门,20\nwy-9999,西门,30\n", encoding="gb18030")
    found = json.loads(once(county.port, "--json", "--points", tmp_path / "points.csv").stdout)
    assert (found["people"], found["round"], found["paperless"]) == (1000, "r1", 2)
    assert found["points"] == {"trouble": 1, "silent": 1, "never": 1, "stopped": 0, "online": 98}
    assert found["tiles"][0]["name"] == "东门"
    rows = once(county.port, "--csv", "-").stdout.splitlines()
    assert len(rows) == 101
    assert rows[50].startswith("wy-0049,,trouble,10,,0,1,a paper-out printer,,2022-04-15T13:20:00+08:00")
    said = once(county.port, "--language", "en").stdout.splitlines()
    assert said[0] == "1000 people, 0 an hour, round r1"
    assert "needs somebody  wy-0049  a: out of paper (The printer)" in said


def test_nobody_there_nothing_there_and_nonsense_there_are_told_apart(county, speak):
    assert once(county.port, "--json").returncode == 1
    assert "no kiosk has said anything" in once(county.port).stderr
    nobody = once(1)
    assert nobody.returncode == 69
    assert "refused" in nobody.stderr
    tables = speak(county.port)
    tables.say(stated("online", 1), Message("sampling/v1/cn/r1/wy-0001/a/health", 1, b'{"name":"110199199001010010"}'))
    found = once(county.port, "--json")
    assert json.loads(found.stdout)["not_understood"] == 1
    assert "wy-0001/a/health" in found.stderr
    assert "110199199001010010" not in found.stderr + found.stdout


class Refused(Exception):  # noqa: N818 - the page says so
    """By its number."""


def free_port() -> int:
    """None that the system gives to whoever connects: between our look and the board's, many do beside a bench."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


class Page:
    """A board that serves its page."""

    def __init__(self, port: int, log: Path, *given: object, password: str | None = None, listen: str = "") -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        environment = os.environ | ({} if password is None else {"KIOSK_BOARD_PASSWORD": password})
        words = command(port, "--listen", listen or f"127.0.0.1:{self.port}", *given)
        with log.open("w") as file:
            self.process = subprocess.Popen(words, stdout=file, stderr=file, env=environment)

    def get(self, path: str, password: str | None = None, host: str = "127.0.0.1") -> bytes:
        """Raises OSError, Refused."""
        told = base64.b64encode(f"x:{password}".encode()).decode()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            asked = {} if password is None else {"Authorization": f"Basic {told}"}
            line.request("GET", path, headers={"Host": f"{host}:{self.port}", **asked})
            with line.getresponse() as answer:
                if answer.status != 200:
                    raise Refused(answer.status)
                return answer.read()

    def board(self, wanted: int, password: str | None = None) -> dict[str, object]:
        """Once it counts so many people."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                found = json.loads(self.get("/board.json", password))
            except OSError as error:
                found = {"people": str(error)}
            if found["people"] == wanted:
                return dict(found)
            assert time.monotonic() < end, (found, self.process.poll())
            time.sleep(0.1)

    def until_it_serves(self) -> None:
        end = time.monotonic() + PATIENCE_S
        with socket.socket() as line:
            while line.connect_ex(("127.0.0.1", self.port)):
                assert time.monotonic() < end, self.process.poll()
                time.sleep(0.1)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def serve(county, tmp_path) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def start(*given, **others) -> Page:
        pages.append(Page(county.port, tmp_path / "board.log", *given, **others))
        return pages[-1]

    yield start
    for page in pages:
        if page.process.poll() is None:
            page.process.kill()
            page.process.wait()


def test_it_survives_its_own_restart_and_its_brokers(county, serve, tmp_path, speak):
    store = tmp_path / "board.sqlite"
    tables = speak(county.port)
    tables.district(3)
    page = serve("--store", store)
    page.board(30)
    tables.say(counted(17, seq=5))
    page.board(37)
    seen = store, "--round", "r1", "--at", "2099-01-01T00:00", "--json"
    while json.loads(once(county.port, "--store", *seen).stdout)["people"] != 7:
        time.sleep(0.1)
    page.process.kill()
    page.process.wait()
    county.stop()
    offline = serve("--store", store, "--round", "r1")
    found = offline.board(37)
    assert found["connected"] is False
    county.start()
    speak(county.port).say(counted(19, seq=6))
    found = offline.board(39)
    assert found["connected"] is True
    assert offline.stop() == 0
    then = once(county.port, "--store", *seen)
    assert json.loads(then.stdout)["points"] == {"wy-0001": 9}, "those whose coming was seen"


def test_whoever_is_not_to_read_it_does_not(serve, county, speak, tmp_path):
    speak(county.port).district(1)
    page = serve(password=KNOWN)
    page.board(10, KNOWN)
    for password in (None, "", f"{KNOWN}8"):
        for path in ("/", "/board.json", "/events", "/metrics", "/point/wy-0000", "/board.js"):
            with pytest.raises(Refused, match="401"):
                page.get(path, password)
    for n in range(400):
        with pytest.raises(Refused, match=r"401|429") as found:
            page.get("/board.json", f"{KNOWN}{n}")
        if str(found.value) == "429":
            break
    with pytest.raises(Refused, match="429"):
        page.get("/board.json", KNOWN)
    log = (tmp_path / "board.log").read_text()
    assert "board-password-guessed" in log
    assert KNOWN not in log
    local = serve()
    local.board(10)
    with pytest.raises(Refused, match="421"):
        local.get("/board.json", host="board.example.org")
    open_to_all = serve(listen="0.0.0.0:0")
    assert open_to_all.process.wait(PATIENCE_S) == 78
    in_clear = serve(listen="0.0.0.0:18999", password=KNOWN)
    assert in_clear.process.wait(PATIENCE_S) == 78


def test_a_reader_who_is_withdrawn_hears_no_more_though_the_page_is_open(serve, county, speak, tmp_path):
    speak(county.port).district(1)
    authority = Authority(tmp_path / "ca")
    ours, reader = authority.server("localhost", 5), authority.client(name_of("office-2"), 5)
    ca = tmp_path / "ca" / "ca.pem"
    page = serve("--tls-certificate", ours.certificate, "--tls-key", ours.key, "--readers-ca", ca)
    tls = ssl.create_default_context(cafile=str(ca))
    tls.load_cert_chain(reader.certificate, reader.key)

    def ask(path: str) -> http.client.HTTPSConnection:
        line = http.client.HTTPSConnection("localhost", page.port, timeout=PATIENCE_S, context=tls)
        line.request("GET", path)
        return line

    page.until_it_serves()
    with closing(ask("/events")) as line, line.getresponse() as events:
        assert b'"people":' in events.readline()
        withdraw(tmp_path / "ca", [name_of("office-2")])
        while events.readline():
            pass
    with closing(ask("/board.json")) as line, line.getresponse() as answer:
        assert answer.status == 403


def test_prometheus_reads_it(serve, county, speak):
    speak(county.port).district(2)
    page = serve()
    page.board(20)
    lines = page.get("/metrics").decode().splitlines()
    assert "sampling_people 20.0" in lines
    assert 'sampling_point_people{point="wy-0001"} 10.0' in lines


@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
def test_in_a_browser_352_points_stand_there_and_a_change_is_seen(serve, county, speak):
    from playwright.sync_api import expect, sync_playwright

    tables = speak(county.port)
    tables.district(POINTS)
    page = serve("--language", "en")
    page.board(10 * POINTS)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        screen = browser.new_page(viewport={"width": 1920, "height": 1080})
        screen.on("pageerror", lambda error: faults.append(str(error)))
        screen.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        screen.goto(page.address)
        expect(screen.locator(".tile")).to_have_count(POINTS, timeout=PATIENCE_S * 1000)
        assert screen.locator("#people").inner_text() == "3\u202f520"
        assert screen.locator('#states [data-state="silent"] b').inner_text().endswith("3")
        first = screen.locator(".tile").first
        assert (first.get_attribute("data-state"), first.inner_text().split()[0]) == ("trouble", "wy-0049")
        assert screen.evaluate("document.documentElement.scrollHeight <= innerHeight"), "all in one look"
        tables.say(counted(25, seq=9, table=Address("cn", "r1", "wy-0007", "a")))
        expect(screen.locator("#people")).to_have_text("3\u202f535", timeout=PATIENCE_S * 1000)
        seventh = Address("cn", "r1", "wy-0007", "a")
        tables.say(healthy(PrinterFault.PAPER_OUT, table=seventh, seq=9))
        expect(screen.locator(".tile").first).to_contain_text("wy-0007", timeout=PATIENCE_S * 1000)
        expect(screen.locator(".tile")).to_have_count(POINTS)
        tables.say(healthy(table=seventh, seq=10))
        expect(screen.locator(".tile").first).to_contain_text("wy-0049", timeout=PATIENCE_S * 1000)
        points = [tile.split()[0] for tile in screen.locator('.tile[data-state="online"]').all_inner_texts()]
        assert points == sorted(points), "it stands where it stood"
        assert "wy-0007" in points
        screen.fill("#search", "wy-0007")
        expect(screen.locator(".tile")).to_have_count(1)
        screen.click(".tile")
        screen.wait_for_selector("#point[open]")
        assert screen.locator("#tables tbody tr td").nth(2).inner_text() == "25"
        screen.keyboard.press("Escape")
        county.stop()
        faults.clear()
        screen.wait_for_selector("body.lost")
        assert "what stands here is old" in screen.locator("#heard").inner_text()
        browser.close()
    assert faults == []


@pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")
def test_in_a_browser_more_points_than_a_screen_has_come_as_one_scrolls(serve, county, speak):
    from playwright.sync_api import expect, sync_playwright

    speak(county.port).district(1300)
    page = serve("--language", "en")
    page.board(13_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        screen = browser.new_page(viewport={"width": 1920, "height": 1080})
        screen.goto(page.address)
        expect(screen.locator("#shown")).to_have_text("1300 / 1300", timeout=PATIENCE_S * 1000)
        expect(screen.locator(".tile")).to_have_count(1200)
        screen.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(screen.locator(".tile")).to_have_count(1300, timeout=PATIENCE_S * 1000)
        assert screen.locator(".tile").last.inner_text().split()[0] == "wy-1298", "silent ones are above"
        screen.fill("#search", "wy-1234")
        expect(screen.locator(".tile")).to_have_count(1)
        screen.fill("#search", "")
        expect(screen.locator(".tile").first).to_contain_text("wy-0049")
        browser.close()
