"""Bindings: a login each. It is there as a whole or not at all; nothing that opens anything is stored."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pg8000.native import Connection

from broker import credentials, postgresql, state
from broker.asked import Bind
from broker.broker import Answer, Broker
from broker.errors import Refused, busy, gone, malformed
from broker.state import DELETING, READY, Binding, Instance


def bind(broker: Broker, instance: str, name: str, asked: Bind) -> Answer:
    """PUT: 201 with credentials, 200 with the same ones if it was there, 409 if as another one."""
    with state.holding(broker.sessions, instance, name) as session:
        there = state.instance(session, instance)
        if there is None:
            raise Refused(404, "there is no such instance")
        if there.state != READY:
            raise busy("this instance: it is not ready")
        _its(there, asked.service, asked.plan)
        row = state.binding(session, instance, name)
        if row is not None:
            if row.state == DELETING:
                raise busy("this binding: it is being removed")
            if row.resource != asked.resource:
                raise Refused(409, "a binding of this id is there, with other attributes")
            return 200, _told(broker, row)
        nonce = secrets.token_hex(16)
        row = Binding(instance=instance, id=name, resource=asked.resource, nonce=nonce, state=READY)
        with postgresql.transaction(session):
            word = credentials.password(broker.settings.key, instance, name, nonce)
            postgresql.let_in(session, instance, name, credentials.verifier(word))
            state.keep_binding(session, row)
    return 201, _told(broker, row)


def unbind(broker: Broker, instance: str, name: str, service: str, plan: str) -> Answer:
    """DELETE: 200 once nobody can log in with it any more, 410 if there is none."""
    with state.holding(broker.sessions, instance, name) as session:
        there = state.instance(session, instance)
        row = state.binding(session, instance, name)
        if there is None or row is None:
            raise gone("binding")
        _its(there, service, plan)
        if row.state != DELETING:
            row = replace(row, state=DELETING)
            with postgresql.transaction(session):
                postgresql.shut_out(session, instance, name)
                state.keep_binding(session, row)
        finish(broker, session, row)
    return 200, {}


def finish(broker: Broker, session: Connection, row: Binding) -> None:
    """Take away a login that was shut out; by a session that holds the binding."""
    postgresql.remove(session, broker.sessions, row.instance, row.id)
    with postgresql.transaction(session):
        postgresql.destroy_login(session, row.instance, row.id)
        state.forget_binding(session, row)


def fetch(broker: Broker, instance: str, name: str) -> Answer:
    """GET: 200 with credentials, 404 of all that is not, or not any more."""
    with broker.sessions.open() as session:
        row = state.binding(session, instance, name)
    if row is None or row.state != READY:
        raise Refused(404, "there is no such binding, or not any more")
    return 200, {**_told(broker, row), "parameters": {}}


def last_operation(broker: Broker, instance: str, name: str) -> Answer:
    """GET last_operation; nobody has to ask, for no binding is accepted before it is done."""
    with broker.sessions.open() as session:
        row = state.binding(session, instance, name)
    if row is None:
        raise gone("binding")
    return 200, {"state": "succeeded" if row.state == READY else "in progress"}


def _its(instance: Instance, service: str, plan: str) -> None:
    if (instance.service, instance.plan) != (service, plan):
        raise malformed("service_id and plan_id are not this instance's")


def _told(broker: Broker, row: Binding) -> dict[str, Any]:
    """What an application needs."""
    said = broker.settings
    user, name = postgresql.login(row.instance, row.id), postgresql.database(row.instance)
    word = credentials.password(said.key, row.instance, row.id, row.nonce)
    mode = "verify-full" if said.authority else "prefer"
    place = f"{quote(said.host)}:{said.port}/{name}?sslmode={mode}"
    return {
        "credentials": {
            "uri": f"postgresql://{user}:{word}@{place}",
            "host": said.host,
            "port": said.port,
            "database": name,
            "username": user,
            "password": word,
            "sslmode": mode,
        },
        "endpoints": [{"host": said.host, "ports": [str(said.port)], "protocol": "tcp"}],
    }
