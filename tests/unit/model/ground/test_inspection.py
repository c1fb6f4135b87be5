from __future__ import annotations

from pipelinekit.model.ground.inspection import Access, Wants


def test_an_access_reads_as_kubectl_says_it() -> None:
    assert str(Access("get", "", "secrets")) == "get secrets"
    assert str(Access("list", "apps", "deployments", "stores")) == "list deployments.apps in stores"


def test_a_login_is_not_among_what_is_shown() -> None:
    assert "secret-word" not in repr(Wants(access=(), image="busybox", login="secret-word"))
