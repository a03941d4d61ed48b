"""When people came: minute by minute, from counts that come now and then. Pure."""

from collections.abc import Mapping

MINUTE_S = 60
LONGEST_S = 36 * 3600
"""No point is cut off for longer; a time before that is a clock's that was wrong."""
RATE_S = 900
"""People an hour are told over so long."""
CURVE_MIN = 15
DAY_S = 36 * 3600
"""What is drawn of a round."""


def spread(before_s: float, after_s: float, people: int) -> dict[int, int]:
    """So many people over the minutes (since 1970) from one word to the next, as evenly as whole people can be: a point
    that was cut off for hours did not sample everybody in the minute in which it came back."""
    last = int(after_s // MINUTE_S)
    begun = max(before_s, after_s - LONGEST_S)
    first = min(int(begun // MINUTE_S), last) if before_s > 0 else last
    minutes = last - first + 1
    shares = {first + n: people * (n + 1) // minutes - people * n // minutes for n in range(minutes)}
    return {minute: n for minute, n in shares.items() if n}


def per_hour(minutes: Mapping[int, int], now_s: float) -> float:
    """People an hour over the last quarter of one; less what is not over yet."""
    last = int(now_s // MINUTE_S)
    first = last - RATE_S // MINUTE_S
    recent = sum(n for minute, n in minutes.items() if first < minute <= last)
    return recent * 3600 / RATE_S


def stretches(minutes: Mapping[int, int], width_min: int, since_s: float, until_s: float) -> list[tuple[int, int]]:
    """The curve: when each stretch began (Unix time), and how many came in it, of all from the first that anybody came
    in."""
    width_s = width_min * MINUTE_S
    sums: dict[int, int] = {}
    for minute, n in minutes.items():
        begun = minute * MINUTE_S // width_s * width_s
        if since_s <= begun + width_s - 1 and begun <= until_s:
            sums[begun] = sums.get(begun, 0) + n
    if not sums:
        return []
    return [(begun, sums.get(begun, 0)) for begun in range(min(sums), int(until_s) + 1, width_s)]


def of_the_day(minutes: Mapping[int, int], now_s: float) -> list[tuple[int, int]]:
    """The curve as it is drawn."""
    return stretches(minutes, CURVE_MIN, now_s - DAY_S, now_s)
