"""``python -m local``: ``up`` runs the platform, ``prepare`` fetches what it needs, ``where`` finds it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from local.model import LocalError

_ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a :class:`LocalError` becomes one line on standard error and exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except LocalError as error:
        sys.stderr.write(f"treum: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="run the platform until Ctrl-C")
    up.add_argument("--port", type=int, default=8080, help="of API and console; 0 takes a free one")
    up.add_argument("--ready-file", type=Path, help="written, with the addresses, once everything serves")
    up.add_argument("--template", type=Path, help="another root template (default: template.yaml)")
    up.add_argument("--no-watch", action="store_true", help="do not restart functions whose files change")
    up.add_argument("--no-tape", action="store_true", help="do not play the market tape")
    up.add_argument("--speed", type=float, default=8.0, help="candles a second the tape plays at first")
    up.set_defaults(run=_up)
    where = commands.add_parser("where", help="print the addresses of the platform that runs here")
    where.set_defaults(run=_where)
    for command in (up, where):
        command.add_argument(
            "--state", type=Path, default=_ROOT / ".local", help="folder of everything stored"
        )
    prepare = commands.add_parser("prepare", help="fetch and make what stores need on this machine (once)")
    prepare.set_defaults(run=_prepare)
    return parser


def _up(options: argparse.Namespace) -> None:
    from local.up import command, screen  # noqa: PLC0415 - the other commands need none of it

    chosen = command.UpOptions(
        root=_ROOT,
        state=options.state.absolute(),
        port=options.port,
        ready_file=options.ready_file,
        template=options.template,
        watch=not options.no_watch,
        speed=0.0 if options.no_tape else max(0.0, options.speed),
    )
    command.run(chosen, screen.choose())


def _where(options: argparse.Namespace) -> int:
    from local.up.checkout import State  # noqa: PLC0415

    content = State(options.state.absolute()).running()
    if content is None:
        raise LocalError("no platform runs here: start it with `make up`")
    print(json.dumps(content, indent=2))
    return 0


def _prepare(_: argparse.Namespace) -> None:
    from local.stores import influx, java  # noqa: PLC0415

    java.prepare(print)
    influx.find()


if __name__ == "__main__":
    sys.exit(main())
