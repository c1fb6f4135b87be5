from __future__ import annotations

import pytest

from pipelinekit.model.trouble import Trouble
from pipelinekit.plan.troubles.containers import pod_troubles
from pipelinekit.plan.troubles.pulls import pull_trouble
from tests.podstates import event, pod, waiting

PLACE = 'failed to pull and unpack image "host/x:1": failed to resolve reference "host/x:1": '
GONE = f"Back-off pulling image: ErrImagePull: rpc error: code = NotFound desc = {PLACE}host/x:1: not found"
ABSENT = "Unable to retrieve some image pull secrets (login); attempting to pull the image may not succeed."
LOGIN = {"containers": [{"name": "web"}], "imagePullSecrets": [{"name": "login"}]}


def pulled(message: str, *events: dict[str, object], secret: bool = False) -> Trouble:
    one = pod(waiting("ImagePullBackOff", message), LOGIN if secret else None)
    (found,) = pod_troubles(one, events)
    status = one["status"]["containerStatuses"][0]
    assert found == pull_trouble(one, status, message, events, "pod orders-1")
    return found


@pytest.mark.parametrize("words", [GONE, "manifest unknown", "name unknown: no such repository"])
def test_an_image_that_is_not_there_is_final(words: str) -> None:
    found = pulled(words)
    assert found.final
    assert found.problem == "cannot pull host/orders@sha256:aa: the registry has no such image"


@pytest.mark.parametrize(
    "words",
    [
        "dial tcp 127.0.0.1:1: connect: connection refused",
        "dial tcp: lookup host on 10.0.0.1:53: no such host",
        "unexpected status from HEAD request to https://host/v2/x: 503 Service Unavailable",
        "net/http: TLS handshake timeout",
        "toomanyrequests: rate limit",
    ],
)
def test_a_registry_that_does_not_answer_now_may_answer_yet(words: str) -> None:
    found = pulled(PLACE + words)
    assert (found.final, found.awaited, found.patience) == (False, "the registry of host/orders", 60)
    assert found.problem == f"cannot pull host/orders@sha256:aa: {words}"


@pytest.mark.parametrize(
    "words",
    [
        "pull access denied, repository does not exist or may require authorization",
        "unexpected status from HEAD request: 401 Unauthorized",
        "403 Forbidden",
    ],
)
def test_a_login_that_is_refused_names_the_pull_secret(words: str) -> None:
    found = pulled(words, secret=True)
    assert found.final
    assert "the registry denies it to pull secret login" in found.problem
    assert "and the pod names no pull secret" in pulled(words).problem


def test_a_pull_secret_that_is_not_there_is_awaited_whatever_the_registry_says() -> None:
    """Many registries say that they have no such image to whoever may not know."""
    found = pulled(GONE, event("FailedToRetrieveImagePullSecret", ABSENT), secret=True)
    assert (found.final, found.awaited) == (False, "pull secret login")


def test_a_pull_secret_that_has_come_since_is_not_named() -> None:
    absent = event("FailedToRetrieveImagePullSecret", ABSENT, "2026-11-28T15:04:00Z")
    found = pulled(GONE, absent, event("Failed", "Failed to pull image", "2026-11-28T15:04:40Z"), secret=True)
    assert found.final


def test_where_the_state_says_only_that_it_waits_the_last_event_says_why() -> None:
    said = event("Failed", f'Failed to pull image "host/x:1": {PLACE}host/x:1: not found')
    assert pulled('Back-off pulling image "host/x:1"', said).final
