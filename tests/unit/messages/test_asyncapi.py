"""The contract with the centre: the document in docs/ is the one that the types say, and real messages keep to it."""

import json
from pathlib import Path

import jsonschema
import pytest

from kiosk.engine.inbox import DeviceNews
from kiosk.messages import KINDS
from kiosk.messages.asyncapi import document, schema

DOCUMENT = Path(__file__).parents[3] / "docs" / "asyncapi.json"


def test_the_document_is_up_to_date():
    """If this fails: kiosk asyncapi > docs/asyncapi.json"""
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == document()


def test_each_topic_has_its_address():
    addresses = {leaf: channel["address"] for leaf, channel in document()["channels"].items()}
    assert addresses == {
        "status": "sampling/v1/{region}/{round}/{point}/{kiosk}/status",
        "counts": "sampling/v1/{region}/{round}/{point}/{kiosk}/counts/{epoch}",
        "health": "sampling/v1/{region}/{round}/{point}/{kiosk}/health",
        "gauges": "sampling/v1/{region}/{round}/{point}/{kiosk}/gauges",
        "answer": "sampling/v1/{region}/{round}/{point}/{kiosk}/answer",
        "ordered": "sampling/v1/{region}/{round}/{point}/{kiosk}/ordered",
        "tubes": "sampling/v1/{region}/{round}/{point}/{kiosk}/tubes/{code}",
        "units": "sampling/v1/{region}/{round}/{point}/{kiosk}/units",
        "people": "sampling/v1/{region}/{round}/{point}/{kiosk}/people/{epoch}/{sheet}",
    }


def test_what_a_kiosk_really_says_keeps_to_the_contract(make_bench, number):
    bench = make_bench().start()
    for person in (1, 2, 1):
        bench.scan(number(person))
        bench.finish()
    bench.engine.take(DeviceNews("scanner", False))
    bench.printer(None)
    leaves = set()
    for message in bench.published:
        leaf = message.topic.split("/")[6]
        jsonschema.validate(json.loads(message.payload), schema(KINDS[leaf]))
        leaves.add(leaf)
    assert leaves == {"status", "counts", "health"}


def test_the_contract_refuses_what_it_does_not_name(make_bench):
    bench = make_bench().start()
    counts = json.loads(next(m for m in bench.published if "/counts/" in m.topic).payload)
    with pytest.raises(jsonschema.ValidationError, match="Additional properties"):
        jsonschema.validate(counts | {"number": "110199199001010010"}, schema(KINDS["counts"]))
