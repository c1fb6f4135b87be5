"""Instances: a database each. What begins is written down first, so that whoever comes next can finish it."""

from __future__ import annotations

import secrets
from dataclasses import replace

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from broker import postgresql, state
from broker.asked import Provision, Update
from broker.broker import Answer, Broker
from broker.errors import Refused, busy, gone, malformed
from broker.sessions import passes, told
from broker.state import CREATING, DELETING, READY, Instance


def provision(broker: Broker, name: str, asked: Provision, incomplete: bool) -> Answer:
    """PUT: 201 once it is there, 202 if that may be later, 200 if it was there, 409 if as another one."""
    wanted = _wanted(broker, name, asked)
    try:
        with state.holding(broker.sessions, name) as session:
            row = state.instance(session, name)
            if row is not None and (answer := _there_already(row, wanted, incomplete)):
                return answer
            if row is None or row.failure:
                state.keep(session, row := wanted)
            if incomplete:
                broker.wake.set()
                return 202, {"operation": row.operation}
            finish(broker, session, row)
            return 201, {}
    except Refused as refused:
        if refused.error != "ConcurrencyError":
            raise
        return _while_another_works(broker, name, wanted, incomplete)


def _wanted(broker: Broker, name: str, asked: Provision) -> Instance:
    plan = broker.catalog.plan(asked.service, asked.plan)
    if plan is None:
        raise malformed("service_id and plan_id name nothing of the catalog")
    return Instance(
        id=name,
        service=asked.service,
        plan=asked.plan,
        connections=plan.connections,
        organization=asked.organization,
        space=asked.space,
        context=asked.context,
        state=CREATING,
        operation=f"provision-{secrets.token_hex(8)}",
    )


def _there_already(row: Instance, wanted: Instance, incomplete: bool) -> Answer | None:
    """The answer to a PUT of what is known; None where it has to be made, or made on."""
    if not _same(row, wanted):
        raise Refused(409, "an instance of this id is there, with other attributes")
    if row.state == READY:
        return 200, {}
    if row.state == DELETING:
        raise busy("this instance: it is being deprovisioned")
    if incomplete and not row.failure:
        return 202, {"operation": row.operation}
    return None


def _same(row: Instance, wanted: Instance) -> bool:
    """What a platform says of its own (`context`) may change; what the instance is may not."""
    names = ("service", "plan", "organization", "space")
    return all(getattr(row, each) == getattr(wanted, each) for each in names)


def _while_another_works(broker: Broker, name: str, wanted: Instance, incomplete: bool) -> Answer:
    """A PUT sent again is told that the first one is still at work, if it can wait for that."""
    with broker.sessions.open() as session:
        row = state.instance(session, name)
    if row is not None and (answer := _there_already(row, wanted, incomplete)):
        return answer
    raise busy("this instance")


def update(broker: Broker, name: str, asked: Update) -> Answer:
    """PATCH: 200 once plan and context are as asked for, both or neither."""
    with state.holding(broker.sessions, name) as session:
        row = _ready(session, name)
        if row.service != asked.service:
            raise malformed("service_id is not this instance's")
        if asked.context is not None:
            row = replace(row, context=asked.context)
        if asked.plan and asked.plan != row.plan:
            plan = broker.catalog.plan(row.service, asked.plan)
            if plan is None:
                raise malformed("plan_id names no plan of this service")
            row = replace(row, plan=plan.id, connections=plan.connections)
        with postgresql.transaction(session):
            postgresql.limit(session, name, row.connections)
            state.keep(session, row)
    return 200, {}


def deprovision(broker: Broker, name: str, service: str, plan: str, incomplete: bool) -> Answer:
    """DELETE: 200 once it is gone, 202 if that may be later, 410 if there is none."""
    try:
        with state.holding(broker.sessions, name) as session:
            row = _to_be_deleted(state.instance(session, name), service, plan)
            if bound := state.bound(session, name):
                raise malformed(f"the instance has bindings ({bound}): unbind them first")
            if row.state != DELETING or row.failure:
                operation = f"deprovision-{secrets.token_hex(8)}"
                row = replace(row, state=DELETING, operation=operation, failure="")
                state.keep(session, row)
            if incomplete:
                broker.wake.set()
                return 202, {"operation": row.operation}
            finish(broker, session, row)
    except Refused as refused:
        if refused.error != "ConcurrencyError" or not incomplete:
            raise
        with broker.sessions.open() as session:
            row = _to_be_deleted(state.instance(session, name), service, plan)
        if row.state != DELETING:
            raise
        return 202, {"operation": row.operation}
    return 200, {}


def _to_be_deleted(row: Instance | None, service: str, plan: str) -> Instance:
    if row is None:
        raise gone("instance")
    if (row.service, row.plan) != (service, plan):
        raise malformed("service_id and plan_id are not this instance's")
    return row


def fetch(broker: Broker, name: str) -> Answer:
    """GET: 200 of what is ready, 404 of all else."""
    with broker.sessions.open() as session:
        row = state.instance(session, name)
    if row is None or row.state != READY:
        raise Refused(404, "there is no such instance, or not yet, or not any more")
    return 200, {"service_id": row.service, "plan_id": row.plan, "parameters": {}}


def last_operation(broker: Broker, name: str, operation: str, service: str) -> Answer:
    """GET last_operation: 200 with its state, 410 once there is none."""
    with broker.sessions.open() as session:
        row = state.instance(session, name)
    if row is None:
        raise gone("instance")
    if (operation and operation != row.operation) or (service and service != row.service):
        raise malformed("operation or service_id is not this instance's last one")
    if row.failure:
        return 200, {"state": "failed", "description": row.failure}
    return 200, {"state": "succeeded" if row.state == READY else "in progress"}


def finish(broker: Broker, session: Connection, row: Instance) -> None:
    """Make an instance, or take it away, as its row says; by a session that holds it.

    What was done of it before is done already. What will not go well later either is written into the row
    and raised as Refused; what may is raised as it comes, and is tried again.
    """
    try:
        _make(session, row) if row.state == CREATING else _destroy(broker, session, row)
    except DatabaseError as error:
        if passes(error):
            raise
        state.keep(session, replace(row, failure=told(error)))
        raise Refused(500, told(error)) from error


def _make(session: Connection, row: Instance) -> None:
    postgresql.make(session, row.id, row.connections)
    with postgresql.transaction(session):
        postgresql.open_up(session, row.id)
        state.keep(session, replace(row, state=READY))


def _destroy(broker: Broker, session: Connection, row: Instance) -> None:
    postgresql.destroy(session, broker.sessions, row.id)
    with postgresql.transaction(session):
        postgresql.destroy_owner(session, row.id)
        state.forget(session, row.id)


def _ready(session: Connection, name: str) -> Instance:
    """The row of an instance that can be changed."""
    row = state.instance(session, name)
    if row is None:
        raise Refused(404, "there is no such instance")
    if row.state != READY:
        raise busy("this instance: it is not ready")
    return row
