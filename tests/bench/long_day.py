"""Eight hours of residents, as fast as the paper goes: one daemon with a list of 3,000, while two other tables talk.

`make day` lets 2,400 come; ARGS="--residents 300" fewer. It prints how long a scan took to its commit in the first and
the last eighth, the daemon's memory over the day, and what the journal holds a person.
"""

import argparse
import secrets
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles

from rich.console import Console
from rich.progress import track

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.cli import main as kiosk
from kiosk.messages.people import people
from kiosk.messages.stamp import Address
from kiosk.model import Counters, Instant, Told
from kiosk.ports import Message
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import ROUND, DemoSettings
from kiosk.virtual.demo.table import DemoTable

LISTED, EIGHTHS = 3000, 8
QUIET_S = 0.7
TALK_S = 0.5
"""One sheet of another table so often: two tables with one person every other second each."""


def resident(serial: int) -> str:
    return with_check_digit(f"110199{1950 + serial // 900}0101{serial % 900 + 100:03d}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=2400)
    options = parser.parse_args(arguments)
    console = Console()
    day = DemoSettings(speed_mm_s=2000.0, tcp=True)
    with tempfile.TemporaryDirectory() as folder, DemoTable(day, Path(folder) / "state") as table:
        _with_a_list(table, console)
        ended = threading.Event()
        talk = threading.Thread(target=_talk, args=(table.broker.port, ended))
        table.daemon.start()
        table.daemon.wait_for(lambda r: r.get("key") == "roster-taken", 60)
        talk.start()
        decided, memory = _serve(table, options.residents)
        ended.set()
        talk.join()
        table.daemon.stop()
        size = table.journal.stat().st_size
    eighth = max(1, options.residents // EIGHTHS)
    for name, part in (("first", decided[:eighth]), ("last", decided[-eighth:])):
        p50, p99 = quantiles(part, n=100)[49], quantiles(part, n=100)[98]
        console.print(f"scan to commit in the {name} eighth: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    half = len(memory) // 2
    slope = (memory[-1] - memory[half]) / max(1, (len(memory) - 1 - half)) * len(memory)
    shown = ", ".join(f"{each / 1024:.1f}" for each in memory)
    console.print(f"memory (Pss, MB) at each eighth: {shown}; slope of the second half {slope / 1024:.2f} MB a day")
    console.print(f"journal: {size / options.residents:.0f} bytes a person, the list and others' people in it")
    return 0


def _with_a_list(table: DemoTable, console: Console) -> None:
    source, key = table.state / "list.csv", table.state / "district.key"
    rows = (
        f"{n // 120 + 1},{n // 60 % 2 + 1},{n % 60 // 4 + 1}0{n % 4 + 1},测试甲,{resident(n)}" for n in range(LISTED)
    )
    source.write_text("\n".join(["楼栋,单元,房号,姓名,身份证号", *rows]), "utf-8")
    with console.capture():
        kiosk(["roster", "key", "--out", str(key)])
    from kiosk.office.signing_keys import read

    where = ("--point", "wy-0352", "--round", ROUND, "--out", str(table.state), "--zeros-compared")
    keys = ("--key", str(key), "--round-key", str(table.state / "keys" / "round-key"))
    kiosk(["roster", "make", str(source), *where, *keys])
    config = table.state / "kiosk.toml"
    file = table.state / f"wy-0352-{ROUND}.roster"
    public = read(key).public_key.hex()
    config.write_text(f'{config.read_text("utf-8")}\n[roster]\nfile = "{file}"\nkey = "{public}"\n', "utf-8")


def _talk(port: int, ended: threading.Event) -> None:
    """Two other tables tell of one person after the other."""
    lines, told, n = {}, {"b": [], "c": []}, 0  # type: ignore[var-annotated]
    for name in told:
        lines[name] = MqttBroker(BrokerLine("127.0.0.1", port, f"wy-0352-{name}"))
        lines[name].open(Message(f"sampling/v1/cn-511781/{ROUND}/wy-0352/{name}/status", 1, b"{}"))
    while not ended.wait(TALK_S):
        n += 1
        name = "bc"[n % 2]
        told[name].append(Told(secrets.token_bytes(16), n, "TB0000000001", 1_653_000_000_000 + n))
        number = (len(told[name]) - 1) // 32
        counters = Counters(f"{ord(name):032x}", "", n)
        where = Address("cn-511781", ROUND, "wy-0352", name)
        sheet = tuple(told[name][number * 32 :])
        lines[name].publish(people(where, counters, Instant("", 0, 0, trusted=False), number, sheet, ""))
        lines[name].acknowledged(0.01)
    for line in lines.values():
        line.close()


def _serve(table: DemoTable, residents: int) -> tuple[list[float], list[float]]:
    """Milliseconds from each scan to its commit; the daemon's memory in KB at each eighth."""
    decided, memory = [], []
    for serial in track(range(residents), "residents", console=Console(stderr=True), transient=True):
        if serial % max(1, residents // EIGHTHS) == 0:
            memory.append(_pss_kb(table.daemon.pid))
        since = len(table.daemon.records)
        table.scanner.present(resident(serial).encode())
        found = table.daemon.wait_for(lambda r: r.get("event") == "printed" and r["times_ns"] is not None, 30, since)
        if found is None:
            raise RuntimeError(f"nobody was registered: {table.daemon.records[since:]}")
        times = found["times_ns"]
        decided.append((times["committed"] - times["scanned"]) / 1e6)
        # In eight hours there are quiet moments, in which the log is folded in.
        time.sleep(QUIET_S if serial % 10 == 9 else 0.02)
    memory.append(_pss_kb(table.daemon.pid))
    return decided, memory


def _pss_kb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("Pss:")))


if __name__ == "__main__":
    raise SystemExit(main())
