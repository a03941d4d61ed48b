"""What RabbitMQ lets a kiosk, a bridge and a collector do, by the patterns of its definitions."""

import json
import re
from pathlib import Path

import pytest

from kiosk.office.brokers.names import names_of
from kiosk.office.brokers.rabbitmq import as_text, definitions

SHIPPED = Path(__file__).parents[3] / "firmware_config/broker/cluster/definitions.json"
EVERYBODY = names_of(["wy-0352/a", "wy-0352/b", "point/wy-0353/state", "county/wuyuan/records", "centre", "collector"])
FOUND = definitions(EVERYBODY)


def may(user: str, what: str, topic: str) -> bool:
    [rights] = [each for each in FOUND["topic_permissions"] if each["user"] == user]
    return re.search(rights[what], topic.replace("/", ".")) is not None


def may_use(user: str, what: str, queue: str) -> bool:
    [rights] = [each for each in FOUND["permissions"] if each["user"] == user]
    return re.search(rights[what], queue) is not None


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/a/status"),
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/a/counts/e1"),
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/a/people/e1/0"),
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/a/tubes/A.B%2FC"),
        ("point/wy-0353/state", "sampling/v1/cn/r1/wy-0353/c/health"),
        ("county/wuyuan/records", "sampling/v1/wuyuan/r1/wy-0353/c/tubes/1"),
        ("centre", "sampling/v1/cn/r1/wy-0352/a/order"),
    ],
)
def test_each_may_say_what_is_its_own(user, topic):
    assert may(user, "write", topic)


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/b/status"),
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0353/a/counts/e1"),
        ("wy-0352/a", "sampling/v1/cn/r1/wy-0352/a/order"),
        ("wy-0352/a", "other/sampling/v1/cn/r1/wy-0352/a/status"),
        ("point/wy-0353/state", "sampling/v1/cn/r1/wy-0353/c/people/e1/0"),
        ("county/wuyuan/records", "sampling/v1/other/r1/wy-0353/c/tubes/1"),
        ("collector", "sampling/v1/cn/r1/wy-0352/a/status"),
    ],
)
def test_nobody_may_say_what_is_anothers(user, topic):
    assert not may(user, "write", topic)


def test_tables_of_a_point_hear_each_other_and_a_collector_no_hashes():
    assert may("wy-0352/a", "read", "sampling/v1/cn/r1/wy-0352/*/people/*/*")
    assert may("wy-0352/a", "read", "sampling/v1/cn/r1/wy-0352/a/order")
    assert not may("wy-0352/a", "read", "sampling/v1/cn/r1/wy-0353/*/people/*/*")
    assert may("collector", "read", "sampling/v1/*/*/*/*/counts/*")
    assert not may("collector", "read", "sampling/v1/*/*/*/*/people/*/*")


def test_the_collectors_queue_is_the_collectors():
    assert may_use("collector", "read", "collect")
    assert not may_use("collector", "configure", "collect")
    assert not may_use("wy-0352/a", "read", "collect")
    assert not may_use("wy-0352/a", "write", "collect")
    assert may_use("wy-0352/a", "configure", "mqtt-subscription-wy-0352-aqos1")
    assert not may_use("wy-0352/a", "configure", "mqtt-subscription-wy-0352-bqos1")


def test_the_queue_is_bound_to_all_but_people_and_gives_out_for_ever():
    [queue] = FOUND["queues"]
    assert queue["arguments"] == {"x-queue-type": "quorum", "x-delivery-limit": -1}
    assert [each["routing_key"].removeprefix("sampling.v1.*.*.*.*.") for each in FOUND["bindings"]] == [
        "status",
        "counts.#",
        "health.#",
        "gauges.#",
        "units.#",
        "answer.#",
        "ordered.#",
        "tubes.#",
    ]


def test_who_is_withdrawn_may_do_nothing():
    found = definitions(names_of(["wy-0352/a"]), names_of(["wy-0352/b"]))
    assert [each["name"] for each in found["users"]] == ["wy-0352/a", "wy-0352/b"]
    gone = {"configure": "^$", "write": "^$", "read": "^$"}
    assert found["permissions"][1] == {"user": "wy-0352/b", "vhost": "/", **gone}
    assert found["topic_permissions"][1]["write"] == "^$"


def test_the_shipped_file_is_what_the_command_writes():
    made = definitions(names_of(["collector", "wy-0352/a"]))
    assert SHIPPED.read_text("utf-8") == as_text(made)
    assert json.loads(as_text(made)) == made
