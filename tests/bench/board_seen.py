"""What who looks at the board waits for: with 352 points and with 5,000, in a real browser, while all tables speak.

A district stands at a mosquitto; each of its tables goes on saying its counts once a minute. Measured are the first
picture, a change from its publishing to the painted tile, what is pressed and typed, scrolling, tasks that hold the
page up, memory, and all that with ten readers more. `make bench-board`; ARGS="--points 5000 --picture FILE".
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from browser import chromium
from playwright.sync_api import Browser

from district_words import counted, fare, fared, healthy, stated
from kiosk.messages import Address
from kiosk.model import Instant
from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.ports import Message, PrinterFault
from kiosk.virtual.broker import MosquittoBroker
from kiosk.virtual.demo.pages import free_port

READERS = 10
REST_S = 10.0
MINUTE_S = 60.0
"""Each table says its counts so often."""
PATIENCE_MS = 300_000
"""The machine may be full with other work."""
MOST_AT_ONCE = 500
WATCH = """() => {
  const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));
  const seen = { first: null, long: [], point: null, text: "", at: null };
  const act = (what) => new Promise((done) => {
    const begun = performance.now();
    what();
    painted((now) => done(now - begun));
  });
  const scroll = (frames) => new Promise((done) => {
    const times = [];
    const step = (now) => {
      times.push(now);
      scrollBy(0, 60);
      if (times.length > frames) done(times.slice(1).map((each, n) => each - times[n]));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const open = (square) => new Promise((done) => {
    const begun = performance.now();
    const dialog = document.getElementById("point");
    const watch = new MutationObserver(() => {
      if (!dialog.open) return;
      watch.disconnect();
      painted((now) => done(now - begun));
    });
    watch.observe(dialog, { attributes: true });
    square.click();
  });
  window.bench = { seen, act, scroll, open };
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.long.push(Math.round(each.duration));
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver(() => {
    if (seen.first === null && document.querySelector(".tile")) {
      seen.first = 0;
      painted((now) => (seen.first = now));
    }
    if (seen.point === null) return;
    const square = [...document.querySelectorAll(".tile")].find((each) => each.title.startsWith(seen.point + " "));
    if (!square || square.querySelector("b").textContent !== seen.text) return;
    seen.point = null;
    painted((now) => (seen.at = performance.timeOrigin + now));
  }).observe(document, { childList: true, characterData: true, subtree: true });
}"""
IN_VIEW = """() => [...document.querySelectorAll(".tile")].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.top > 0 && box.bottom < innerHeight;
}).map((each) => each.title.split(" ")[0])"""
ACTS = {
    "search": 'search.value = "wy-0007"; search.dispatchEvent(new Event("input"))',
    "search_over": 'search.value = ""; search.dispatchEvent(new Event("input"))',
    "sort_by_people": 'sort.value = "people"; sort.dispatchEvent(new Event("change"))',
    "sort_by_state": 'sort.value = "state"; sort.dispatchEvent(new Event("change"))',
    "filter": 'document.querySelector("#states button").click()',
    "filter_over": 'document.querySelector("#states button").click()',
}


def now() -> Instant:
    return Instant("boot-1", 1, int(time.time() * 1000), True)


def tables_of(points: int) -> list[Address]:
    """Every other point has two."""
    return [Address("cn", "r1", f"wy-{n:04d}", kiosk) for n in range(points) for kiosk in "ab"[: 1 + n % 2]]


def epoch(table: Address) -> str:
    return f"{table.point}{table.kiosk}".replace("-", "")


@dataclass
class Tables:
    """All that a district says: all at first, then each table its counts once a minute."""

    port: int
    points: int
    said: dict[Address, int] = field(default_factory=dict)
    seq: int = 1

    def words(self) -> Iterator[Message]:
        """Nobody there at every fiftieth, no paper at every fortieth, stopped at every sixtieth."""
        chance = random.Random(1)
        for table in tables_of(self.points):
            n = int(table.point[3:])
            state = "lost" if n % 50 == 7 else "offline" if n % 60 == 9 else "online"
            self.said[table] = chance.randrange(100, 900)
            yield stated(state, 1, epoch(table), table, when=now())  # type: ignore[arg-type]
            yield counted(self.said[table], epoch=epoch(table), table=table, when=now())
            yield healthy(*([PrinterFault.PAPER_OUT] if n % 40 == 3 else []), table=table)
            begun_ms = int((time.time() - chance.randrange(5400)) * 1000)
            speed = {
                "p50_ms": 400.0 + chance.randrange(300),
                "p99_ms": 900.0,
                "hops_ms": {"print": 390.0, "commit": 4.0},
            }
            yield fared(fare(oldest_tube=begun_ms, **speed), table, when=now())

    def tell_all(self) -> float:
        """Seconds that it took."""
        begun, words = time.monotonic(), [(each.topic, each.payload) for each in self.words()]
        with self.line("all") as line:
            for at in range(0, len(words), MOST_AT_ONCE):
                line.publish_all(words[at : at + MOST_AT_ONCE])
        return time.monotonic() - begun

    @contextmanager
    def line(self, name: str) -> Iterator[BrokerLine]:
        line = BrokerLine(BrokerAt("127.0.0.1", self.port, name), ())
        line.open()
        try:
            yield line
        finally:
            line.close()

    def more(self, table: Address, people: int = 1) -> Message:
        self.seq += 1
        self.said[table] += people
        return counted(self.said[table], self.seq, epoch(table), table, when=now())

    def speak(self, stopping: threading.Event) -> None:
        """Those of the odd points, for all."""
        speaking = [table for table in self.said if int(table.point[3:]) % 2]
        chance, pause_s = random.Random(2), MINUTE_S / len(self.said)
        with self.line("flow") as line:
            due = time.monotonic()
            while not stopping.is_set():
                said = self.more(chance.choice(speaking))
                line.publish(said.topic, said.payload)
                due += pause_s
                stopping.wait(max(0.0, due - time.monotonic()))


@dataclass(frozen=True)
class Server:
    """`kiosk board`, as it is run."""

    port: int
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request("GET", path)
            return line.getresponse().read()
        finally:
            line.close()

    def wait_for(self, people: int) -> None:
        end = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end:
            try:
                if json.loads(self.get("/board.json"))["people"] == people:
                    return
            except OSError:
                pass
            time.sleep(2)
        raise SystemExit(f"the board did not come to {people} people")

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@contextmanager
def board(broker: int, folder: Path) -> Iterator[Server]:
    port = free_port(0)
    words = [sys.executable, "-m", "kiosk", "board", "--host", "127.0.0.1", "--port", str(broker)]
    words += ["--listen", f"127.0.0.1:{port}", "--store", str(folder / "board.sqlite"), "--language", "en"]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(30)


class Reader:
    """One more who looks; counts what is told."""

    def __init__(self, port: int) -> None:
        self.bytes = 0
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        self._line.request("GET", "/events")
        answer = self._line.getresponse()
        with contextlib.suppress(OSError):
            while told := answer.read1(1 << 16):
                self.bytes += len(told)


def figures_of(values: Sequence[float]) -> dict[str, int]:
    ranked = sorted(values)
    places = {f"p{p}": ranked[ceil(p / 100 * len(ranked)) - 1] for p in (50, 90)}
    return {name: round(value) for name, value in (places | {"max": ranked[-1]}).items()}


class Look:
    """One page, looked at."""

    def __init__(self, browser: Browser, server: Server, tables: Tables) -> None:
        self.page, self.server, self.tables = browser.new_page(viewport={"width": 1920, "height": 1080}), server, tables
        self.page.add_init_script(f"({WATCH})()")
        self._line = self.page.context.new_cdp_session(self.page)
        self._line.send("Performance.enable", {"timeDomain": "threadTicks"})

    def cpu_ms(self) -> float:
        """What the page's own thread has had of the processor, whatever else runs on the machine."""
        found = self._line.send("Performance.getMetrics")["metrics"]
        return 1000 * next(float(each["value"]) for each in found if each["name"] == "TaskDuration")

    def first(self) -> int:
        self.page.goto(f"http://127.0.0.1:{self.server.port}/")
        self.page.wait_for_function("() => bench.seen.first > 0", timeout=PATIENCE_MS)
        return int(self.page.evaluate("() => Math.round(bench.seen.first)"))

    def changes(self, times: int) -> dict[str, int]:
        """From publishing to paint, of a point that is to be seen."""
        chance = random.Random(times)
        seen = [point for point in self.page.evaluate(IN_VIEW) if int(point[3:]) % 2 == 0]
        with self.tables.line(f"changes-{times}") as line:
            return figures_of([self._change(line, chance.choice(seen), chance) for _ in range(times)])

    def _change(self, line: BrokerLine, point: str, chance: random.Random) -> float:
        self.page.wait_for_timeout(chance.uniform(100, 900))
        said = self.tables.more(Address("cn", "r1", point, "a"), 1000)
        text = f"{self.tables.said[Address('cn', 'r1', point, 'a')]:,}".replace(",", "\u202f")
        self.page.evaluate("([point, text]) => Object.assign(bench.seen, { point, text, at: null })", [point, text])
        told_ms = time.time() * 1000
        line.publish(said.topic, said.payload)
        self.page.wait_for_function("() => bench.seen.at !== null", timeout=PATIENCE_MS, polling=50)
        return float(self.page.evaluate("() => bench.seen.at")) - told_ms

    def acts(self) -> dict[str, list[int]]:
        """Of each what passed until it was painted, and what of it the page's thread had of the processor."""
        found = {}
        names = '{ search: document.getElementById("search"), sort: document.getElementById("sort") }'
        for name, what in ACTS.items():
            self.page.wait_for_timeout(300)
            script = f"() => {{ const {{ search, sort }} = {names}; return bench.act(() => {{ {what} }}); }}"
            found[name] = self._act(script)
        self.page.wait_for_timeout(300)
        found["open_a_point"] = self._act("() => bench.open(document.querySelector('.tile'))")
        self.page.keyboard.press("Escape")
        return found

    def _act(self, script: str) -> list[int]:
        cpu_ms = self.cpu_ms()
        took_ms = self.page.evaluate(script)
        return [round(took_ms), round(self.cpu_ms() - cpu_ms)]

    def scrolled(self) -> dict[str, int]:
        frames = self.page.evaluate("() => bench.scroll(120)")
        self.page.evaluate("() => scrollTo(0, 0)")
        late = sum(max(0, round(ms / (1000 / 60)) - 1) for ms in frames)
        return {"frames": len(frames), "dropped": late, "longest_ms": round(max(frames))}

    def at_rest(self) -> dict[str, object]:
        """What the page and the server do while nobody does anything but the tables."""
        self.page.evaluate("() => { bench.seen.long.length = 0; }")
        reader, cpu_s, cpu_ms = Reader(self.server.port), self.server.cpu_s(), self.cpu_ms()
        self.page.wait_for_timeout(1000)
        first = reader.bytes
        self.page.wait_for_timeout(REST_S * 1000)
        long = self.page.evaluate("() => bench.seen.long")
        return {
            "long_tasks": len(long),
            "longest_task_ms": max(long, default=0),
            "server_cpu_percent": round(100 * (self.server.cpu_s() - cpu_s) / (REST_S + 1)),
            "page_cpu_percent": round((self.cpu_ms() - cpu_ms) / (REST_S + 1) / 10),
            "first_kb": round(first / 1024),
            "kb_a_second": round((reader.bytes - first) / 1024 / REST_S, 1),
        }

    def memory(self, browser: Browser) -> dict[str, int]:
        found: dict[str, Any] = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        pages = [pss_mb(each["id"]) for each in found["processInfo"] if each["type"] == "renderer"]
        return {"page_mb": round(max(pages)), "server_mb": round(pss_mb(self.server.process.pid))}


def measured(points: int, times: int, picture: Path | None) -> dict[str, object]:
    text = "listener {} 127.0.0.1\nmax_queued_messages 0\nallow_anonymous true\npersistence false\n"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(MosquittoBroker(folder, given=text.format))
        tables = Tables(broker.port, points)
        tables.tell_all()
        begun = time.monotonic()
        server = stack.enter_context(board(broker.port, folder))
        server.wait_for(sum(tables.said.values()))
        found: dict[str, object] = {"points": points, "tables": len(tables.said)}
        found["start_s"], found["start_cpu_s"] = round(time.monotonic() - begun, 1), round(server.cpu_s(), 1)
        stopping = threading.Event()
        speaking = threading.Thread(target=tables.speak, args=(stopping,))
        speaking.start()
        try:
            browser = stack.enter_context(chromium())
            look = Look(browser, server, tables)
            found["first_picture_ms"], found["first_picture_cpu_ms"] = look.first(), round(look.cpu_ms())
            found["change_ms"] = look.changes(times)
            found["acts_ms"] = look.acts()
            found["scrolling"] = look.scrolled()
            found["at_rest"] = look.at_rest()
            found["memory"] = look.memory(browser)
            if picture is not None:
                look.page.screenshot(path=picture)
            for _ in range(READERS):
                Reader(server.port)
            found["change_ten_readers_ms"] = look.changes(times // 2)
        finally:
            stopping.set()
            speaking.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, action="append", help="(default: 352 and 5000)")
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--picture", type=Path, help="of the last")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for points in options.points or [352, 5000]:
        found = measured(points, options.changes, options.picture)
        if options.json:
            sys.stdout.write(json.dumps(found) + "\n")
        else:
            sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
