"""What was begun is finished: what was accepted for later, and what a killed broker has left."""

from __future__ import annotations

import logging

from pg8000.exceptions import DatabaseError

from broker import bindings, instances, state
from broker.broker import Broker
from broker.errors import Refused
from broker.sessions import LOST
from broker.state import DELETING, READY

_AGAIN = 5.0  # seconds between two looks; several brokers may look at a time, for only one holds each
_LOG = logging.getLogger("broker")


def forever(broker: Broker) -> None:
    """Look, at once when something was accepted and by the clock."""
    while True:
        broker.wake.wait(_AGAIN)
        broker.wake.clear()
        try:
            look(broker)
        except (*LOST, DatabaseError) as error:
            _LOG.warning("PostgreSQL cannot be asked what is unfinished: %s", error)
        except Exception:  # noqa: BLE001 - one look's fault ends none of the later ones
            _LOG.exception("what is unfinished stays so for now")


def look(broker: Broker) -> None:
    """Finish all that is unfinished and that nobody else is at; one that fails keeps none of the others."""
    with broker.sessions.open() as session:
        todo = state.unfinished(session)
    for instance, binding in todo:
        try:
            _finish(broker, instance, binding)
        except (Refused, TimeoutError, *LOST, DatabaseError) as error:
            if not isinstance(error, Refused) or error.error != "ConcurrencyError":
                _LOG.warning("instance %r, binding %r: unfinished: %s", instance, binding, error)


def _finish(broker: Broker, instance: str, binding: str) -> None:
    with state.holding(broker.sessions, instance, binding) as session:
        if binding:
            row = state.binding(session, instance, binding)
            if row is not None and row.state == DELETING:
                bindings.finish(broker, session, row)
                _LOG.info("instance %r, binding %r: removed", instance, binding)
            return
        there = state.instance(session, instance)
        if there is not None and there.state != READY and not there.failure:
            instances.finish(broker, session, there)
            _LOG.info("instance %r: %s is done", instance, there.operation.partition("-")[0])
