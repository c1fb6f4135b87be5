"""A controller whose answers are JSON of any other shape: an error in words, never a bug of ours."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipelinekit.adapters.jenkins.builds import JenkinsBuilds
from pipelinekit.adapters.jenkins.controller import Client
from pipelinekit.adapters.jenkins.jobs import JenkinsController, JenkinsJobs
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.jenkins.jobrun import Ticket
from tests.controller.conftest import Ran
from tests.controller.messages import Answer, Request
from tests.controller.server import Controller

ODD: tuple[Any, ...] = (None, 1, 1e300, 10**30, "x", True, [], ["x"], [None], [[]], [{}], {}, {"x": 1}, ...)
"""What is put in the place of each part of an answer; `...` takes the part away."""
JOB = "apps/payments/orders"
TICKET = Ticket(path=JOB, item=1, next_number=1, session="")
QUESTIONS: dict[str, Callable[[Client], object]] = {
    "items": lambda client: JenkinsJobs(client).items(["apps"]),
    "statuses": lambda client: JenkinsJobs(client).statuses({JOB: "main"}),
    "version": lambda client: JenkinsController(client).version(),
    "plugins": lambda client: JenkinsController(client).plugins(),
    "folders": lambda client: JenkinsController(client).folders("apps"),
    "credentials": lambda client: JenkinsController(client).credential_ids(""),
    "builds": lambda client: JenkinsController(client).paths_with_builds([JOB]),
    "trigger": lambda client: JenkinsBuilds(client).trigger(JOB, {}),
    "started": lambda client: JenkinsBuilds(client).started(TICKET),
    "waiting": lambda client: JenkinsBuilds(client).why_waiting(TICKET),
    "result": lambda client: JenkinsBuilds(client).result(JOB, 1),
}
JOB_BEAN = {
    "_class": "org.jenkinsci.plugins.workflow.job.WorkflowJob",
    "buildable": True,
    "nextBuildNumber": 2,
    "property": [{"parameterDefinitions": [{"name": "p"}]}],
    "builds": [{"number": 1, "queueId": 1}],
}
CANNED = {
    f"/job/{JOB.replace('/', '/job/')}/api/json": JOB_BEAN,
    "/queue/item/1/api/json": {"task": {"url": "x"}, "why": "w", "executable": {"number": 1}},
    f"/job/{JOB.replace('/', '/job/')}/1/api/json": {"building": False, "result": "SUCCESS"},
}


def parts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every part of a value, the whole first; of a list the first stands for all."""
    yield path
    inside = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for key, each in inside:
        yield from parts(each, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """The same value with one part another."""
    if not path:
        return None if odd is ... else odd
    copy = value.copy()
    if odd is ... and len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = replaced(copy[path[0]], path[1:], odd)
    return copy


class Twisted:
    """The double, with one part of the answer at one address another; it remembers what was asked."""

    def __init__(self, jenkins: Controller, canned: dict[str, Any]) -> None:
        self.given, self.canned = jenkins.answer, canned
        self.seen: dict[str, Any] = {}
        self.twist: tuple[str, tuple[Any, ...], Any] | None = None

    def answer(self, request: Request) -> Answer | None:
        """What the double says, or what is canned, twisted."""
        said: Answer | None = Answer(type="application/json", signed=True)
        bean = self.canned.get(request.path) if request.method == "GET" else None
        if bean is None:
            said = self.given(request)
            if said is None or not said.type.startswith("application/json"):
                return said
            bean = json.loads(said.body)
        self.seen.setdefault(request.path, bean)
        if self.twist and request.path == self.twist[0]:
            bean = replaced(bean, *self.twist[1:])
        assert said
        said.body = json.dumps(bean).encode()
        return said


@pytest.mark.parametrize("question", QUESTIONS)
def test_jenkins_may_answer_anything(
    question: str, jenkins: Controller, kit: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kit("jobs", "apply", "--yes").code == 0
    twisted = Twisted(jenkins, CANNED if question in {"trigger", "started", "waiting", "result"} else {})
    monkeypatch.setattr(jenkins, "answer", twisted.answer)
    client = Client(jenkins.url, None, pauses=())
    asked = QUESTIONS[question]
    with contextlib.suppress(PipelinekitError):
        asked(client)
    assert twisted.seen
    for path, bean in dict(twisted.seen).items():
        for part, odd in ((part, odd) for part in parts(bean) for odd in ODD):
            twisted.twist = (path, part, odd)
            try:
                asked(Client(jenkins.url, None, pauses=()) if "crumb" in path else client)
            except PipelinekitError:
                continue
            except Exception as error:
                raise AssertionError(f"{path}: {part} is {odd!r}") from error
