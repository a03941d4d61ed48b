"""From the configuration's tables to the forms that a scan may have; reads the files of public keys."""

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import assert_never

from kiosk.config import (
    CertificatesTable,
    CodeTable,
    Config,
    ConfigError,
    CwtCodeTable,
    JsonCodeTable,
    Mistake,
    NumberCodeTable,
    PatternCodeTable,
    PlainCodeTable,
    Sound,
    UrlCodeTable,
)
from kiosk.credentials import (
    CodeForm,
    CwtForm,
    Forms,
    JsonForm,
    Pattern,
    PatternForm,
    UrlForm,
    badge_of,
    key_of_round,
    key_of_turn,
    staff_codes,
)
from kiosk.credentials.keys import NotKeys, Trust, trust_of
from kiosk.frozen import dataclass
from kiosk.model import StaffAction
from kiosk.vouchers.verifying import LinesError, read_keys

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes; a trust list of all of the union's signers has two."""


def forms_of(config: Config, staff_key: bytes | None) -> Forms:
    """What the point takes; without its key nothing acts as staff. Raises ConfigError with every file that cannot be
    used."""
    files = _KeyFiles()
    codes = [_form(table, f"code[{index}]", files) for index, table in enumerate(config.code, start=1)]
    default = PatternForm("health", Pattern(config.rules.health_code_expression))
    trust = _certificates(config.certificates, files)
    files.raise_mistakes()
    tubes, block = Pattern(config.tubes.preprinted_expression), config.tubes.block
    keys = voucher_keys_of(config.rules.voucher_keys)
    centre = frozenset() if config.orders is None else frozenset({bytes.fromhex(config.orders.key)})
    form = Forms(tuple(codes) or (default,), tubes, block, {}, *trust, voucher_keys=keys, order_keys=centre)
    if staff_key is None:
        return form
    acts = codes_of_turn(config, staff_key, 0)
    return replace(form, staff=acts, badge=partial(badge_of, staff_key))


def codes_of_turn(config: Config, staff_key: bytes, turn: int) -> Mapping[str, StaffAction]:
    """The staff codes that hold after the centre has renewed them so often."""
    return staff_codes(key_of_codes(config, staff_key, config.point.round, turn))


def key_of_codes(config: Config, staff_key: bytes, round_id: str, turn: int = 0) -> bytes:
    """What the staff codes of that round and turn are made of, as long as they live at this point."""
    key = key_of_round(staff_key, round_id) if config.staff.codes == "round" else staff_key
    return key_of_turn(key, turn) if turn else key


def voucher_keys_of(file: Path | None) -> frozenset[bytes]:
    """Raises ConfigError."""
    if file is None:
        return frozenset()
    fix = "Name a file with the line that `kiosk public-key` prints at each kiosk"
    try:
        return read_keys(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        why = str(error.strerror)
    except UnicodeDecodeError:
        why = "is no text"
    except LinesError as error:
        why = f"{error} hold no public key"
    raise ConfigError("config", [Mistake("rules.voucher_keys", f"{file}: {why}", fix)])


def read_key_files(sound: Sound) -> None:
    """Only for what is wrong with them. Raises ConfigError with every file that cannot be used."""
    files = _KeyFiles()
    for index, table in sound.code.items():
        _form(table, f"code[{index}]", files)
    if sound.certificates is not None:
        _certificates(sound.certificates, files)
    files.raise_mistakes()


@dataclass(frozen=True, slots=True)
class _KeyFiles:
    """Reads files of keys and gathers what is wrong with them."""

    mistakes: list[Mistake] = field(default_factory=list)

    def read(self, key: str, path: Path | None, understand: Callable[[bytes], Trust]) -> Trust | None:
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                return understand(file.read(LARGEST_FILE))
        except OSError as error:
            self.mistakes.append(Mistake(key, f"{path}: {error.strerror}", "Name a file that can be read"))
        except NotKeys as error:
            self.mistakes.append(Mistake(key, f"{path}: {error}", "Name a file of public keys"))
        return None

    def raise_mistakes(self) -> None:
        if self.mistakes:
            raise ConfigError("config", self.mistakes)


def _certificates(table: CertificatesTable, files: _KeyFiles) -> tuple[Trust | None, Trust | None]:
    """The signers of COVID certificates, and those of health cards."""
    dcc = files.read("certificates.dcc_trust_list", table.dcc_trust_list, _trust_list)
    return dcc, files.read("certificates.shc_key_set", table.shc_key_set, _key_set)


def _key_set(data: bytes) -> Trust:
    from kiosk.credentials.key_sets import read_key_set

    return read_key_set(data)


def _trust_list(data: bytes) -> Trust:
    from kiosk.credentials.trust_lists import read_trust_list

    return read_trust_list(data)


def _form(table: CodeTable, key: str, files: _KeyFiles) -> CodeForm:
    match table:
        case NumberCodeTable():
            return PatternForm(table.name, Pattern(f"[0-9]{{{table.digits}}}"))
        case PlainCodeTable():
            return PatternForm(table.name, Pattern(table.expression))
        case PatternCodeTable():
            return PatternForm(table.name, Pattern(table.pattern))
        case UrlCodeTable():
            return UrlForm(table.name, table.host, table.field)
        case JsonCodeTable():
            return JsonForm(table.name, tuple(table.field.split(".")))
        case CwtCodeTable():
            keys = files.read(f"{key}.keys_file", table.keys_file, _trust_list)
            return CwtForm(table.name, table.prefix, table.encoding, table.claim, keys or trust_of([]))
        case _:
            assert_never(table)
