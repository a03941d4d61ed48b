"""The board for Prometheus."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kiosk.office.board.figures import STATES, Board, Tile

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Figures(Collector):
    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        board = self._board
        for name, told, n in (
            ("people", "People who are in a tube", board.people),
            ("people_exempt", "People who were recorded without a tube", board.exempt),
            ("people_expected", "People whom the points expect", board.expected),
            ("people_per_hour", "At the rate of the last quarter of an hour", board.per_hour),
            ("ends_timestamp_seconds", "When everybody will have been here at this rate", board.ends_s),
            ("refused", "Scans that were refused", board.refused),
            ("tubes", "Tubes that were opened", board.tubes),
            ("points_without_paper", "Points of which a printer has no paper", board.paperless),
            ("oldest_tube_timestamp_seconds", "When the oldest tube was begun that is at a table", board.oldest_tube_s),
            ("not_understood", "Messages that were not understood, and are not counted", board.not_understood),
            ("heard_timestamp_seconds", "When anything was heard last", board.heard_s),
            ("kept", "Whether the board's own file takes what it is to keep", int(not board.not_kept)),
            ("connected", "Whether the broker is there", int(board.connected)),
        ):
            if n is not None:
                yield GaugeMetricFamily(f"sampling_{name}", told, value=n)
        states = GaugeMetricFamily("sampling_points", "Points by state", labels=["state"])
        for state, n in board.points.items():
            states.add_metric([state], n)
        yield states
        yield from _of_points(board.tiles)


def _of_points(tiles: tuple[Tile, ...]) -> Iterator[Metric]:
    people = GaugeMetricFamily("sampling_point_people", "People of a point who are in a tube", labels=["point"])
    counted = GaugeMetricFamily("sampling_point_counted_timestamp_seconds", "When that was said", labels=["point"])
    states = GaugeMetricFamily("sampling_point_state", "1 for the state that a point is in", labels=["point", "state"])
    for tile in tiles:
        people.add_metric([tile.point], tile.people)
        if tile.counted_s is not None:
            counted.add_metric([tile.point], tile.counted_s)
        for state in STATES:
            states.add_metric([tile.point, state], int(tile.state == state))
    yield from (people, counted, states)


def exposition(board: Board) -> bytes:
    """As Prometheus' text format has it."""
    registry = CollectorRegistry()
    registry.register(_Figures(board))
    return generate_latest(registry)
