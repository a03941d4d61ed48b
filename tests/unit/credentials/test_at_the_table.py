"""Documents and signed codes held up at a table: what the panel shows, what is counted, what is kept."""

import json

from kiosk.ports import Signal

ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
NOON = 1_653_000_000
"""Seconds; when the bench's clock begins."""


def test_a_passport_is_registered_once_however_its_lines_come(make_bench):
    bench = make_bench().start()
    assert bench.scan(ZONE) == (Signal.ACCEPTED, "accepted")
    assert bench.scan(ZONE.replace("\n", "")) == (Signal.REFUSED, "refused.already-sampled")


def test_a_pass_with_an_identity_number_is_the_person_of_the_card(make_bench, number, signed_pass):
    bench = make_bench().start()
    assert bench.scan(signed_pass(number(1), NOON + 3600)) == (Signal.ACCEPTED, "accepted")
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    assert bench.scan(number(1)[:6] + number(1)[8:17]) == (Signal.REFUSED, "refused.already-sampled")


def test_a_pass_that_ended_a_minute_ago_is_refused_and_counted(make_bench, signed_pass):
    bench = make_bench().start()
    assert bench.scan(signed_pass("AB12", NOON - 60)) == (Signal.REFUSED, "refused.expired")
    assert bench.scan(signed_pass("AB12", NOON + 3600)[:-6]) == (Signal.REFUSED, "refused.torn")
    bench.engine.rest()
    counts = [json.loads(message.payload) for message in bench.published if "/counts/" in message.topic]
    assert counts[-1]["refused"] == {"expired": 1, "torn": 1}


def test_of_a_passport_neither_number_nor_name_is_written_down(make_bench, tmp_path):
    bench = make_bench().start()
    bench.scan(ZONE)
    bench.finish()
    bench.journal.close()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert b"*******C3" in written
    assert b"898902" not in written
    assert b"RIKSSON" not in written
    assert b"740812" not in written
