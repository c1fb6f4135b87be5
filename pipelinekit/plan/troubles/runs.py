"""Pods of Jobs: tries of one that has done its work, and runs of a schedule, for which nothing waits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]

_RUN = re.compile(r"-\d{7,11}\Z")
"""How a CronJob calls its Jobs: by the minute since 1970."""


def tries_of_done(objects: Sequence[Object]) -> frozenset[str]:
    """The names of pods of a Job that is complete: that earlier ones failed is history."""
    done = {each["metadata"]["uid"] for each in objects if each["kind"] == "Job" and _is_complete(each)}
    return frozenset(each["metadata"]["name"] for each in _pods(objects) if _job(each).get("uid") in done)


def scheduled(objects: Sequence[Object]) -> frozenset[str]:
    """The names of pods that a schedule has started. Its Jobs need not be known: their names tell them."""
    known = {each["metadata"]["uid"]: each for each in objects if each["kind"] == "Job"}
    found = []
    for each in _pods(objects):
        owner = _job(each)
        job = known.get(owner.get("uid", ""))
        if _is_crons(job) if job else _RUN.search(owner.get("name", "")):
            found.append(each["metadata"]["name"])
    return frozenset(found)


def _pods(objects: Sequence[Object]) -> Sequence[Object]:
    return [each for each in objects if each["kind"] == "Pod"]


def _job(pod: Object) -> Mapping[str, str]:
    return next((each for each in _owners(pod) if each.get("kind") == "Job"), {})


def _is_crons(job: Object) -> bool:
    return any(each.get("kind") == "CronJob" for each in _owners(job))


def _owners(each: Object) -> Sequence[Mapping[str, str]]:
    return each["metadata"].get("ownerReferences") or ()


def _is_complete(job: Object) -> bool:
    conditions = job.get("status", {}).get("conditions") or ()
    return any(each["type"] == "Complete" and each["status"] == "True" for each in conditions)
