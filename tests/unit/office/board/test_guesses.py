"""The board's password is not guessed by trying: the next guess waits, and who guesses cannot fill the memory."""

from kiosk.office.board.guesses import PLACES, Guesses, place


def guessed(host: str, until_s: float, every_s: float = 0.01) -> int:
    """How many wrong ones of one place were heard."""
    guesses, heard, now_s = Guesses(), 0, 0.0
    while now_s < until_s:
        if guesses.wait_s(host, now_s) == 0:
            guesses.note(host, now_s)
            heard += 1
        now_s += every_s
    return heard


def test_a_place_has_ten_guesses_in_a_go_and_ten_a_minute():
    assert guessed("203.0.113.7", 1) == 10
    assert 18 <= guessed("203.0.113.7", 60) <= 20


def test_who_mistyped_is_heard_again_after_a_while_and_others_meanwhile():
    guesses = Guesses()
    for _ in range(10):
        guesses.note("203.0.113.7", 0)
    assert guesses.wait_s("203.0.113.7", 0) == 6
    assert guesses.wait_s("203.0.113.8", 0) == 0
    assert guesses.wait_s("203.0.113.7", 6) == 0


def test_a_server_of_this_machine_has_the_guesses_of_all_who_come_by_it():
    assert guessed("127.0.0.1", 1, 0.001) == guessed("::1", 1, 0.001) == 203


def test_addresses_of_one_network_are_one_place_and_only_so_many_are_kept():
    assert place("2001:db8:1:2:3:4:5:6") == place("2001:db8:1:2::9") != place("2001:db8:1:3::9")
    assert place("::ffff:203.0.113.7") == place("203.0.113.7")
    guesses = Guesses()
    for n in range(PLACES + 50):
        guesses.note(f"2001:db8:{n >> 8:x}:{n & 255:x}::1", n / 1000)
    assert len(guesses) == PLACES
