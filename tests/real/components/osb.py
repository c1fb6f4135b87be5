"""The specification of service brokers, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.real.components.broker import (
    LARGE,
    LOGIN,
    ORDERS,
    PASSWORD,
    SERVICE,
    SMALL,
    bound,
    of,
    wanted,
)
from tests.real.components.callers import basic

# What is asked, and what the specification has a broker answer: status, and the word `error`.
LINES: list[tuple[str, str, Any, int, str]] = [
    ("GET", ORDERS, None, 404, ""),
    ("GET", f"{ORDERS}/last_operation", None, 410, ""),
    ("DELETE", f"{ORDERS}{of()}", None, 410, ""),
    ("PUT", ORDERS, "{", 400, ""),
    ("PUT", ORDERS, [], 400, ""),
    ("PUT", ORDERS, "[" * 30_000, 400, ""),
    ("PUT", ORDERS, {**wanted(), "service_id": None}, 400, ""),
    ("PUT", ORDERS, {**wanted(), "organization_guid": ""}, 400, ""),
    ("PUT", ORDERS, {**wanted(), "space_guid": 7}, 400, ""),
    ("PUT", ORDERS, wanted("no-such-plan"), 400, ""),
    ("PUT", ORDERS, wanted(parameters={"extensions": ["x"]}), 400, ""),
    ("PUT", ORDERS, wanted(context={"a": "\0"}), 400, ""),
    ("PUT", f"/v2/service_instances/{'x' * 256}", wanted(), 400, ""),
    ("PUT", "/v2/service_instances/a%00b", wanted(), 400, ""),
    ("PUT", LOGIN, bound(), 404, ""),
    ("DELETE", f"{LOGIN}{of()}", None, 410, ""),
    ("PUT", ORDERS, wanted(), 201, ""),
    ("PUT", ORDERS, wanted(), 200, ""),
    ("PUT", ORDERS, wanted(context={"platform": "kubernetes"}, parameters={}, more=1), 200, ""),
    ("PUT", f"{ORDERS}?accepts_incomplete=true", wanted(), 200, ""),
    ("PUT", ORDERS, wanted(LARGE), 409, ""),
    ("PUT", ORDERS, {**wanted(), "space_guid": "other"}, 409, ""),
    ("GET", ORDERS, None, 200, ""),
    ("GET", f"{ORDERS}/last_operation", None, 200, ""),
    ("GET", f"{ORDERS}/last_operation?operation=other", None, 400, ""),
    ("PATCH", ORDERS, {}, 400, ""),
    ("PATCH", ORDERS, {"service_id": "other"}, 400, ""),
    ("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": "other"}, 400, ""),
    ("PATCH", ORDERS, {"service_id": SERVICE, "parameters": {"a": 1}}, 400, ""),
    ("PATCH", "/v2/service_instances/none", {"service_id": SERVICE}, 404, ""),
    ("PATCH", ORDERS, {"service_id": SERVICE, "context": {"instance_name": "x"}}, 200, ""),
    ("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": LARGE}, 200, ""),
    ("PATCH", ORDERS, {"service_id": SERVICE, "plan_id": SMALL}, 200, ""),
    ("PUT", LOGIN, bound(LARGE), 400, ""),
    ("PUT", LOGIN, {"service_id": SERVICE}, 400, ""),
    ("PUT", LOGIN, bound(bind_resource={"app_guid": "orders"}), 201, ""),
    ("PUT", LOGIN, bound(bind_resource={"app_guid": "orders"}), 200, ""),
    ("PUT", LOGIN, bound(app_guid="orders"), 200, ""),
    ("PUT", LOGIN, bound(bind_resource={"app_guid": "other"}), 409, ""),
    ("GET", LOGIN, None, 200, ""),
    ("GET", f"{LOGIN}/last_operation", None, 200, ""),
    ("GET", f"{ORDERS}/service_bindings/other", None, 404, ""),
    ("DELETE", f"{ORDERS}{of()}", None, 400, ""),
    ("DELETE", LOGIN, None, 400, ""),
    ("DELETE", f"{LOGIN}{of(LARGE)}", None, 400, ""),
    ("DELETE", f"{LOGIN}{of()}", None, 200, ""),
    ("DELETE", f"{LOGIN}{of()}", None, 410, ""),
    ("GET", LOGIN, None, 404, ""),
    ("DELETE", ORDERS, None, 400, ""),
    ("DELETE", f"{ORDERS}{of(LARGE)}", None, 400, ""),
    ("DELETE", f"{ORDERS}{of()}", None, 200, ""),
    ("DELETE", f"{ORDERS}{of()}", None, 410, ""),
    ("POST", ORDERS, {}, 405, ""),
    ("GET", "/v2/other", None, 404, ""),
    ("GET", "/v2/catalog/", None, 200, ""),
    ("PUT", "/v2/service_instances/a%2Fb%3F%C3%A4", wanted(), 201, ""),
    ("GET", "/v2/service_instances/a%2Fb%3F%C3%A4", None, 200, ""),
    ("DELETE", f"/v2/service_instances/a%2Fb%3F%C3%A4{of()}", None, 200, ""),
]

VERSION = "X-Broker-API-Version"
# By which headers anything at all is answered.
HEADS: list[tuple[Mapping[str, str | None], int]] = [
    ({"X-Broker-API-Request-Identity": "0f-1"}, 200),
    ({VERSION: "2.13"}, 200),
    *(({VERSION: each}, 412) for each in (None, "", "3.0", "2.12", "2", "2.17.1")),
    *(
        ({"Authorization": basic(each)}, 401)
        for each in ("platform:guessed", f"other:{PASSWORD}", "platform:")
    ),
    *(({"Authorization": each}, 401) for each in (None, "Basic", "Basic \xff", "Bearer x")),
]
