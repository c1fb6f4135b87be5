"""python -m tests.testbed up | down | status | env"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from dataclasses import replace

from tests.testbed import bed, status
from tests.testbed.environment import environment
from tests.testbed.errors import TestbedError, ToolMissingError
from tests.testbed.layout import Layout


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit code.

    0 fine, 1 not up, 2 usage, 4 tool missing, 5 tool failed, 6 refused, 130 interrupted.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description=bed.__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", help="bring it up, or repair it; says first what it changes")
    up.add_argument("--demo", action="store_true", help="with no more base images than the demo needs")
    changes = verbs.add_parser("changes", help="what `up` would change on this machine; nothing is done")
    changes.add_argument("--demo", action="store_true", help="with no more base images than the demo needs")
    verbs.add_parser("down", help="take it down and leave no trace but packages and cache")
    for name, text in {"status": "each part: running, ready", "env": "variables to export"}.items():
        verbs.add_parser(name, help=text).add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        layout = Layout.from_environment()
    except ValueError as error:
        parser.error(str(error))
    try:
        return _do(options, layout)
    except TestbedError as error:
        print(f"testbed: {error}", file=sys.stderr)
        return error.code
    except PermissionError as error:
        print(f"testbed: {error.filename}: only its owner may read this; run as root", file=sys.stderr)
        return ToolMissingError.code
    except KeyboardInterrupt:
        print("testbed: interrupted; `up` goes on from here, `down` clears up", file=sys.stderr)
        return 130


def _do(options: argparse.Namespace, layout: Layout) -> int:
    if options.verb == "up":
        bed.up(replace(layout, whole=not options.demo))
    elif options.verb == "changes":
        print("\n".join(bed.changes(replace(layout, whole=not options.demo))))
    elif options.verb == "down":
        if not bed.down(layout):
            print(f"nothing is up with its state in {layout.state}", file=sys.stderr)
    elif options.verb == "env":
        _print_environment(environment(layout), as_json=options.json)
    else:
        report = status.look(layout)
        print(json.dumps(report.as_dict(), indent=2) if options.json else report.as_text())
        return 0 if report.up else 1
    return 0


def _print_environment(variables: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(variables, indent=2))
        return
    for name, value in variables.items():
        # Added to the shell's own PATH, which may be another by the time this is read.
        text = f'{shlex.quote(variables["PK_TESTBED_BIN"])}:"$PATH"' if name == "PATH" else shlex.quote(value)
        print(f"export {name}={text}")


if __name__ == "__main__":
    sys.exit(main())
