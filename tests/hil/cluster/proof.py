"""Three RabbitMQ nodes, two collectors and PostgreSQL: each killed while 100,000 messages come. `make test-cluster`.

Not collected by `make test`: it wants a minute for its root, two more to run, and 1 GB."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from collectors import CollectorProcess
from postgres_server import PostgresServer, postgres_server
from rabbit_nodes import AMQP, MQTT, NODES, RabbitNodes
from saying import SayingKiosk

KIOSKS, EACH = 20, 5_000
SUM = "select coalesce(sum((payload ->> 'samples')::int), 0) from state where topic like '%/counts/%'"
TUBES = "select count(*) from state where topic like '%/tubes/%'"
ONLINE = "select count(*), sum(connection) from state where payload ->> 'state' = 'online'"
COPIES_S = 120.0
"""Until the queue that the first node made has its three copies."""
SAID_S = 120.0
"""For a fifth of the messages."""

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="its root can be made by root only"),
]


def until(is_so: Callable[[], bool], otherwise: Callable[[], str], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.1)


def test_whoever_is_killed_nothing_is_lost_and_nothing_counted_twice(tmp_path: Path) -> None:
    names = ["collector", *(f"wy-{n:04}/a" for n in range(KIOSKS))]
    with postgres_server() as postgres, RabbitNodes(tmp_path, names) as nodes:
        until(lambda: copies(nodes) == 3, lambda: f"{copies(nodes)} copies of the queue", COPIES_S)
        first, second = collector("one", "abc", nodes, postgres), collector("two", "bca", nodes, postgres)
        with first as one, second as two:
            prove(nodes, postgres, one, two)


def collector(name: str, tries: str, nodes: RabbitNodes, postgres: PostgresServer) -> CollectorProcess:
    """It `tries` nodes in that order."""
    folder = nodes.authority
    tls = ["--ca", folder / "ca.pem", "--certificate", folder / "names/collector.pem"]
    where = ["--by", "amqp", "--host", ",".join(NODES[node] for node in tries), "--port", str(AMQP), *map(str, tls)]
    key = ["--key", str(folder / "names/collector.key")]
    return CollectorProcess(name, *where, *key, "--database", postgres.conninfo, "--create")


def prove(nodes: RabbitNodes, postgres: PostgresServer, one: CollectorProcess, two: CollectorProcess) -> None:
    for each in (one, two):
        each.await_event("collected")
    begun = time.monotonic()
    kiosks = [SayingKiosk(n, list(NODES.values()), MQTT, nodes.authority, EACH) for n in range(KIOSKS)]

    def said() -> int:
        return sum(kiosk.said for kiosk in kiosks)

    def reaches(part: float) -> None:
        enough = part * KIOSKS * EACH
        until(lambda: said() >= enough, lambda: f"said {said()}: {[each.faults[-1:] for each in kiosks]}", SAID_S)

    reaches(0.2)
    nodes.kill("a")
    one.await_event("broker-away", 60)
    reaches(0.4)
    nodes.start("a")
    one.kill()
    reaches(0.6)
    postgres.kill()
    two.await_event("database-away", 60)
    reaches(0.8)
    postgres.start()
    for kiosk in kiosks:
        kiosk.await_all(300)
    all_said = time.monotonic() - begun
    truth = sum(kiosk.samples for kiosk in kiosks)
    until(lambda: postgres.rows(SUM) == [(truth,)], lambda: f"{postgres.rows(SUM)} of {truth}", 300)
    until(lambda: postgres.rows(TUBES) == [(truth,)], lambda: f"{postgres.rows(TUBES)} tubes of {truth}", 60)
    all_kept = time.monotonic() - begun
    until(lambda: left(nodes) == 0, lambda: f"{left(nodes)} messages left", 60)
    ended = two.end()
    assert ended["strange"] == 0
    assert postgres.rows("select count(*) from state") == [(truth + 2 * KIOSKS,)]
    assert postgres.rows(ONLINE) == [(KIOSKS, sum(kiosk.breaks + 1 for kiosk in kiosks))]
    breaks = sum(kiosk.breaks for kiosk in kiosks)
    memory = {node: nodes.most_memory_mb(node) for node in NODES}
    print(f"\n{said()} messages said in {all_said:.0f} s, kept in {all_kept:.0f} s: {said() / all_kept:.0f} a second")
    print(f"breaks of kiosks {breaks}; the collector that lived: {ended}; the other had {one.heard()}")
    print(f"most memory of each node: {memory} MB (a since its restart)")


def copies(nodes: RabbitNodes) -> int:
    return len(nodes.ask("c", "rabbitmqctl", "list_queues", "online", "--no-table-headers").strip().split(","))


def left(nodes: RabbitNodes) -> int:
    return int(nodes.ask("c", "rabbitmqctl", "list_queues", "messages", "--no-table-headers").split()[0])
