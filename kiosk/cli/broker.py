"""broker: for whoever runs one: is it sound, who may come to it, what they may do there, and its database mended."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.brokers import broker_of, with_broker
from kiosk.cli.options import Commands, positive
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_CONFIG, EXIT_JOURNAL, EXIT_UNAVAILABLE, EXIT_UNSOUND

if TYPE_CHECKING:
    from kiosk.office.brokers.certificates import Issued

PASSPHRASE = "KIOSK_PASSPHRASE"  # noqa: S105 - the name of a variable


def add(commands: Commands) -> None:
    broker = commands.add_parser("broker", help="look after the broker of a point, a county or a city").add_subparsers(
        required=True, metavar="COMMAND"
    )
    _add_check(broker)
    _add_certificates(broker)
    _add_rights(broker)
    mend = broker.add_parser("mend", help="move a broken database of mosquitto aside, before it starts")
    mend.add_argument("file", type=Path, metavar="FILE", help="such as /var/lib/mosquitto/mosquitto.db")
    mend.add_argument("--json", action="store_true", help="for programs")
    mend.set_defaults(command=_mend)


def _add_check(broker: Commands) -> None:
    check = broker.add_parser("check", help="prove that it keeps what it takes, and refuses what nobody may say")
    with_broker(check)
    check.add_argument("--open", action="store_true", help="everybody may say everything there, as at a point's own")
    check.add_argument("--json", action="store_true", help="for programs")
    check.set_defaults(command=_check)


def _add_certificates(broker: Commands) -> None:
    certificates = broker.add_parser("certificates", help="make certificates, and with the first an authority")
    _with_authority(certificates)
    kinds = "a kiosk is wy-0352/a, a bridge point/wy-0352/state, others one word: centre, check, records, board ..."
    certificates.add_argument("name", nargs="*", metavar="NAME", help=f"who comes to the broker: {kinds}")
    told = "of the broker, as kiosks call it; may be given again"
    certificates.add_argument("--server", action="append", default=[], metavar="HOST", help=told)
    certificates.add_argument("--days", type=positive, default=400, help="so long they are valid (default 400)")
    certificates.add_argument("--renew", action="store_true", help="anew also where there is a good one")
    certificates.add_argument("--json", action="store_true", help="for programs")
    certificates.set_defaults(command=_certificates)


def _add_rights(broker: Commands) -> None:
    rights = broker.add_parser("rights", help="write a broker's rights for all who have a certificate")
    _with_authority(rights)
    rights.add_argument("--out", type=Path, metavar="FILE", help="where to (default: to the output)")
    told = "who has lost all rights from now on, and for good; may be given again"
    rights.add_argument("--withdraw", action="append", default=[], metavar="NAME", help=told)
    of = "mosquitto: its acl_file (default); rabbitmq: its definitions, with the collectors' queue"
    rights.add_argument("--for", dest="made_for", choices=("mosquitto", "rabbitmq"), default="mosquitto", help=of)
    rights.add_argument("--json", action="store_true", help="for programs: who has rights, and who has none any more")
    rights.set_defaults(command=_rights)


def _with_authority(parser: argparse.ArgumentParser) -> None:
    told = f"the authority's folder; its passphrase, if it has one, in {PASSPHRASE}"
    parser.add_argument("--ca", type=Path, required=True, metavar="DIR", help=told)


def _check(options: argparse.Namespace) -> int:
    from kiosk.office.broker_line import LineError
    from kiosk.office.brokers.check import Finding, findings

    at = broker_of(options, "check")
    found: list[Finding] = []
    try:
        for each in findings(at, has_rights=not options.open):
            found.append(each)
            if not options.json:
                print(f"{'good' if each.is_good else 'BAD '}  {each.words}{f'. {each.fix}' if each.fix else ''}")
    except LineError as error:
        print(f"{error}. It could not be judged to the end; what it left stands below sampling/check.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    is_good = all(each.is_good for each in found)
    if options.json:
        print(json.dumps({"good": is_good, "findings": [asdict(each) for each in found]}))
    return 0 if is_good else EXIT_UNSOUND


def _certificates(options: argparse.Namespace) -> int:
    from kiosk.office.brokers.certificates import NEAR_DAYS, Authority, CertificateError
    from kiosk.office.brokers.names import names_of

    passphrase = os.environ.get(PASSPHRASE, "").encode() or None
    try:
        names = names_of(options.name)
        authority = Authority(options.ca, passphrase)
        made = [authority.server(host, options.days, options.renew) for host in options.server]
        made += [authority.client(name, options.days, options.renew) for name in names]
    except ValueError as error:
        print(f"{error}\nNothing was made.", file=sys.stderr)
        return EXIT_CONFIG
    except (CertificateError, OSError) as error:
        print(f"{error}. What was made before stays; run it again when that is mended.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    if options.json:
        told = [
            asdict(each) | {"certificate": str(each.certificate), "key": str(each.key), "ends": each.ends.isoformat()}
            for each in made
        ]
        ends = authority.ends.isoformat()
        print(json.dumps({"ca": str(options.ca / "ca.pem"), "ca_ends": ends, "issued": told}))
        return 0
    for each in made:
        print(f"{each.certificate} {each.key}  ({_how(each)})")
    if authority.ends - datetime.now(UTC) < timedelta(days=NEAR_DAYS):
        print(f"{options.ca}: this authority ends on {authority.ends:%Y-%m-%d}: make another in a new folder")
    print(f"{options.ca / 'ca.pem'}: copy it to brokers and kiosks; {options.ca / 'ca.key'}: to none of them")
    return 0


def _how(issued: "Issued") -> str:
    until = f"good until {issued.ends:%Y-%m-%d}"
    if not issued.is_new:
        return f"was there already, {until}"
    return f"{until}; made anew: {issued.before}. Copy both to where it was" if issued.before else until


def _rights(options: argparse.Namespace) -> int:
    from kiosk.journal import replace_whole
    from kiosk.office.brokers.certificates import CertificateError, issued, withdraw
    from kiosk.office.brokers.names import names_of
    from kiosk.office.brokers.rabbitmq import as_text, definitions
    from kiosk.office.brokers.rights import rights

    try:
        names = issued(options.ca)
        withdrawn = withdraw(options.ca, names_of(options.withdraw))
        is_rabbitmq = options.made_for == "rabbitmq"
        text = as_text(definitions(names, withdrawn)) if is_rabbitmq else rights(names, withdrawn)
        if options.out is not None:
            replace_whole(options.out, text.encode())
    except (CertificateError, ValueError) as error:
        print(f"{error}\nThe rights are as they were.", file=sys.stderr)
        return EXIT_CONFIG
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. The rights are as they were.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    if options.json:
        print(json.dumps({"names": _texts(set(names) - set(withdrawn)), "withdrawn": _texts(withdrawn)}))
    elif options.out is None:
        print(text, end="")
    else:
        taken_by = f"rabbitmqctl import_definitions {options.out}" if is_rabbitmq else "systemctl reload mosquitto"
        print(f"{options.out}: {len(set(names) - set(withdrawn))} names. {taken_by} takes it")
    return 0


def _texts(names: Iterable[object]) -> list[str]:
    return sorted(map(str, names))


def _mend(options: argparse.Namespace) -> int:
    from kiosk.office.brokers.database import fault, move_aside

    found, aside = None, None
    try:
        if options.file.exists() and (found := fault(options.file)) is not None:
            aside = move_aside(options.file)
    except OSError as error:
        print(f"{options.file}: {error.strerror}. Nothing was changed.", file=sys.stderr)
        return EXIT_JOURNAL
    if options.json:
        print(json.dumps({"fault": found, "kept": None if aside is None else str(aside)}))
    elif found is not None:
        print(f"{options.file} {found}. It is kept as {aside}, and the broker begins with none: each kiosk says")
        print("again what is so now when it comes back; tube records that nobody collected must be asked for again.")
    return 0
