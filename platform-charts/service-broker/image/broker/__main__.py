"""The program: `python -m broker`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from types import FrameType

from pg8000.exceptions import DatabaseError
from waitress.server import create_server

from broker import api, background, catalog, credentials, metrics, settings, state
from broker.broker import Broker
from broker.errors import Refused
from broker.sessions import LOST, Sessions, passes, told

_REQUESTS = 8
"""At a time. Each has one session with PostgreSQL, unbinding a second one."""
_PATIENCE = 120.0  # seconds for PostgreSQL to answer at the start
_LOG = logging.getLogger("broker")


def main() -> int:
    """Serve until SIGTERM; 1 when it cannot begin."""
    signal.signal(signal.SIGTERM, _end)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout)
    try:
        said = settings.from_environment()
        offered = catalog.read(said.catalog.read_text())
    except (KeyError, ValueError, TypeError, OSError) as error:
        _LOG.error("settings: %s: %s", type(error).__name__, error)
        return 1
    broker = Broker(said, offered, Sessions(said))
    try:
        _prepare(broker)
    except (Refused, DatabaseError, *LOST) as error:
        _LOG.error("%s", told(error) if isinstance(error, DatabaseError) else error)
        return 1
    _serve(broker)
    return 0


def _prepare(broker: Broker) -> None:
    """Have the tables there. A new pod may be shut off until its node has the rules of the network."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with broker.sessions.open() as session:
                state.prepare(session, credentials.fingerprint(broker.settings.key))
        except (DatabaseError, *LOST) as error:
            if time.monotonic() > until or (isinstance(error, DatabaseError) and not passes(error)):
                raise
            _LOG.warning("PostgreSQL does not answer: %s", error)
            time.sleep(2)
        else:
            return


def _serve(broker: Broker) -> None:
    counted = metrics.Metrics()
    served = create_server(
        api.application(broker, counted),
        listen=f"*:{broker.settings.api}",
        threads=_REQUESTS,
        max_request_body_size=api.LARGEST,
        channel_timeout=60,
        ident="",
    )
    # Of its own: it answers when all the others wait.
    aside = create_server(
        metrics.application(broker, counted), listen=f"*:{broker.settings.management}", threads=2, ident=""
    )
    threading.Thread(target=aside.run, daemon=True, name="management").start()
    threading.Thread(target=background.forever, args=(broker,), daemon=True, name="background").start()
    _LOG.info("serving %d services on port %d", len(broker.catalog.services), broker.settings.api)
    # Until SystemExit. Requests get five seconds then; what is cut off, another broker finishes.
    served.run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
