"""The command line of release.sh."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="release.sh",
        description="Versioned releases under a prefix; the link `current` selects the active one.",
        epilog="Exit status: 0 done; 1 refused or failed (a release that does not become ready is "
        "rolled back automatically, which is also 1); 2 invalid command line. VIZ_OPERATE_API_KEY is "
        "sent as x-api-key.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="make a package of this source tree")
    make.add_argument("--build-dir", default=str(ROOT / "build/release"), help="(%(default)s)")
    make.add_argument("--out", default=str(ROOT / "build/releases"), help="folder of the package (%(default)s)")
    make.add_argument("--version", default="", help="its name (the output of viz-api --version)")
    make.add_argument("--no-compile", action="store_true", help="pack the existing build")
    make.add_argument("--tree", help="pack this folder, which contains bin/viz-api, instead of the build")

    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--root", default="", help="prefix of all paths, like DESTDIR")
    place.add_argument("--prefix", default="/opt/viz-api", help="(%(default)s)")
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument("--ready-url", default="http://127.0.0.1:3000", help="URL of the service (%(default)s)")
    running.add_argument("--store", default="/var/lib/viz-api/viz-api.db", help="the record; empty: none (%(default)s)")
    acting = argparse.ArgumentParser(add_help=False)
    acting.add_argument("--restart-command", default="systemctl restart viz-api", help="(%(default)s)")
    acting.add_argument("--stop-command", default="", metavar="COMMAND",
                        help="stops the service while its store is copied or restored, e.g. \"systemctl stop viz-api.socket viz-api.service\"; "
                        "--restart-command must then start all of it again")
    acting.add_argument("--ready-limit", type=float, default=60.0, metavar="SECONDS", help="(%(default)s)")
    acting.add_argument("--env-file", default="", metavar="FILE",
                        help="configuration to check with the release's --check-config (/etc/viz-api/viz-api.env, if it exists)")
    acting.add_argument("--log-command", default="journalctl -u viz-api --no-pager --since {since}",
                        help="prints the log since {since}, for the archive of a failed release (%(default)s)")
    acting.add_argument("--log-file", action="append", default=[], help="a log file for the archive, may be repeated")
    acting.add_argument("--no-verify", action="store_true", help="do not run viz-replay verify after a rollback")
    acting.add_argument("--recheck-seconds", type=float, default=10.0, metavar="SECONDS",
                        help="after a rollback, how long the canary's checks run; 0: no checks (%(default)s)")

    one = commands.add_parser("install", parents=[place], help="unpack a package")
    one.add_argument("package")
    one = commands.add_parser("activate", parents=[place, running, acting],
                              help="switch to an installed release; rolled back automatically if it does not become ready")
    one.add_argument("version")
    one = commands.add_parser("promote", parents=[place], help="note that the current release passed its canary")
    one.add_argument("--verdict", default="", metavar="FILE", help="output of canary_check.sh --json; must be a pass of this release")
    one = commands.add_parser("rollback", parents=[place, running, acting],
                              help="return to the previous release; keeps configuration and data, and archives the failure")
    one.add_argument("--to", default="", metavar="VERSION", help="default: the previous one")
    one.add_argument("--reason", default="requested by an operator")
    one.add_argument("--attach", action="append", default=[], metavar="FILE",
                     help="also add this file to the archive, e.g. the canary's verdict; may be repeated")
    one.add_argument("--restore-store", metavar="FILE", help="restore this copy of the store; the current store is kept aside")
    one = commands.add_parser("status", parents=[place, running], help="list the installed releases and the active one; exit status 0 while it serves requests")
    one.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    _make_absolute(parser, options)
    if getattr(options, "ready_limit", 1) <= 0:
        parser.error("--ready-limit must be above 0")
    return options


def _make_absolute(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Relative paths are relative to the working directory; paths below --root must be absolute."""
    if getattr(options, "root", ""):
        options.root = os.path.abspath(options.root)
    for name in ("prefix", "store"):
        given = getattr(options, name, "")
        if given and not given.startswith("/"):
            if options.root:
                parser.error(f"--{name} below --root must begin with /")
            setattr(options, name, os.path.abspath(given))
