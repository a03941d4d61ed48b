"""demo, asyncapi: what the kiosk does and says, for those who have none yet."""

import argparse
import json
import sys
from pathlib import Path

from kiosk.cli.options import Commands, count, port, positive
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_UNAVAILABLE
from kiosk.texts import LANGUAGES


def add(commands: Commands) -> None:
    contract = commands.add_parser("asyncapi", help="print the contract of the messages as an AsyncAPI document")
    contract.set_defaults(command=_asyncapi)
    demo = commands.add_parser("demo", help="a kiosk over virtual devices, with residents and a broker")
    demo.add_argument("--residents", type=count, metavar="N", help="serve N residents as fast as the devices allow")
    demo.add_argument("--seed", type=int, default=1, help="the same seed tells the same story")
    demo.add_argument("--out", type=Path, metavar="DIR", help="leave paper/*.png, counts.jsonl, summary.json here")
    demo.add_argument("--baud", type=positive, default=115200, help="of the printer's line (default 115200)")
    demo.add_argument("--speed", type=positive, default=150, metavar="MM_S", help="paper speed (default 150 mm/s)")
    demo.add_argument("--paper", type=int, choices=(58, 80), default=58, help="width in mm (default 58)")
    demo.add_argument("--pool", type=int, choices=(1, 5, 10, 20), default=10, help="persons a tube (default 10)")
    demo.add_argument("--tcp", action="store_true", help="the printer hangs on the network, not on a serial line")
    demo.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of paper, pages and terminal")
    demo.add_argument("--port", type=port, default=8480, help="of the pages while somebody watches (default 8480)")
    demo.add_argument("--write-config", type=Path, metavar="FILE", help="only write the demo's configuration")
    demo.set_defaults(command=_demo)


def _asyncapi(_: argparse.Namespace) -> int:
    from kiosk.messages.asyncapi import document

    print(json.dumps(document(), indent=2, ensure_ascii=False))
    return 0


def _demo(options: argparse.Namespace) -> int:
    try:
        from kiosk.virtual.demo import DemoError, DemoSettings, free_port, run_demo, write_config
    except ModuleNotFoundError as error:
        print(f"The demo needs {error.name}: pip install 'sampling-kiosk[demo]'", file=sys.stderr)
        return EXIT_UNAVAILABLE
    settings = DemoSettings(
        residents=options.residents,
        seed=options.seed,
        out=None if options.out is None else options.out.absolute(),
        baud=options.baud,
        speed_mm_s=options.speed,
        paper_mm=options.paper,
        pool_size=options.pool,
        tcp=options.tcp,
        language=options.language,
        pages_port=free_port(options.port) if options.residents is None else None,
    )
    try:
        if options.write_config is None:
            return run_demo(settings)
        write_config(settings, options.write_config)
    except (DemoError, OSError) as error:
        print(f"The demo cannot run: {error}", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    return 0
