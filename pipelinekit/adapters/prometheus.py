"""A Prometheus' HTTP API, asked and never told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pipelinekit.adapters.web import exchange
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.gates import Bound, Watch
from pipelinekit.model.promotion import Watched
from pipelinekit.plan.figures import Series, filled, judged, silent, step_of

PATIENCE = 15.0
"""Seconds that one answer may take."""


def watched(watch: Watch, names: Mapping[str, str], now: int, seconds: int) -> tuple[Watched, ...]:
    """What it says of each query over the last `seconds`; whatever goes wrong is no data, with the reason."""
    return tuple(_watched(watch, each, names, now, seconds) for each in watch.bounds)


def _watched(watch: Watch, bound: Bound, names: Mapping[str, str], now: int, seconds: int) -> Watched:
    import requests

    step = step_of(seconds)
    question = {
        "query": filled(bound.query, names),
        "start": now - seconds,
        "end": now,
        "step": step,
    }
    address = f"{watch.prometheus.rstrip('/')}/api/v1/query_range?{urlencode(question)}"
    try:
        with exchange.Session() as session:
            answer = session.get(address, timeout=PATIENCE)
            body = exchange.json_of(answer)
    except (requests.RequestException, PipelinekitError, ValueError) as error:
        return silent(bound, str(error).splitlines()[0][:200] if str(error) else type(error).__name__)
    try:
        return judged(bound, _series(body), seconds // step + 1)
    except (KeyError, TypeError, ValueError, OverflowError):
        said = body.get("error", "") if isinstance(body, dict) else ""
        return silent(bound, str(said)[:200] or f"the answer {answer.status_code} cannot be read")


def _series(body: Any) -> list[Series]:
    if body["status"] != "success" or body["data"]["resultType"] != "matrix":
        raise ValueError("no window")
    return [[(float(at), float(value)) for at, value in each["values"]] for each in body["data"]["result"]]
