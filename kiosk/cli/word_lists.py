"""Files with a word a line, and what is wrong with them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kiosk.config import ConfigError, Mistake
from kiosk.vouchers.verifying import LinesError, read_keys

KEYS_FILE = Path("/etc/kiosk/voucher-keys")
_Word = TypeVar("_Word")


def known_keys(file: Path) -> frozenset[bytes]:
    """Raises ConfigError."""
    option = "Give --keys FILE with the lines that `kiosk public-key` prints at each kiosk"
    line = Mistake(
        "line {}", "holds no public key", "Write what `kiosk public-key` prints: 64 hex digits, a blank, a name"
    )
    keys = lines_of(file, read_keys, option, line)
    if not keys:
        raise ConfigError(str(file), [Mistake("file", "holds no key", "Add the line of each kiosk")])
    return keys


def lines_of(file: Path, read: Callable[[str], frozenset[_Word]], option: str, line: Mistake) -> frozenset[_Word]:
    """What its lines say; `option` is the fix for a file that is not there, `line` the mistake of a line. Raises
    ConfigError."""
    try:
        # Some editors set a mark before the first line.
        return read(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(str(file), [Mistake("file", str(error.strerror), option)]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(file), [Mistake("file", "is no text", option)]) from error
    except LinesError as error:
        mistakes = [Mistake(line.key.format(number), line.wrong, line.fix) for number in error.lines]
        raise ConfigError(str(file), mistakes) from error
