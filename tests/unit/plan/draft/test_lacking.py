from __future__ import annotations

import shlex

from pipelinekit.model.app import App, Build, Process, SecretRef
from pipelinekit.model.platform.document import Environment
from pipelinekit.model.release import Target
from pipelinekit.plan.draft import lacking

ENVIRONMENT = Environment(name="dev", cluster="c", namespace="n")
TARGET = Target(name="orders", environment=ENVIRONMENT, namespace="draft-p-alice", context="c")


def app(*secrets: SecretRef) -> App:
    web = Process(name="web", secrets={f"S{number}": each for number, each in enumerate(secrets)})
    return App(name="orders", team="payments", build=Build(language="python"), processes={"web": web})


def test_each_secret_that_is_not_there_comes_with_its_command() -> None:
    mine = app(
        SecretRef(kind="secret", path="keys", key="b"),
        SecretRef(kind="secret", path="keys", key="a b"),
        SecretRef(kind="secret", path="there", key="k"),
    )
    (fault,) = lacking.missing_secrets(mine, TARGET, {"there": "1"}, "kubectl --context c")
    assert "draft-p-alice has no Secret keys (keys: a b, b)" in fault.problem
    assert shlex.split(fault.hint) == [
        *("kubectl", "--context", "c", "create", "secret", "generic", "keys"),
        *("--from-file=a b=FILE", "--from-file=b=FILE"),
    ]


def test_what_may_not_be_asked_is_not_said_to_lack() -> None:
    assert lacking.missing_secrets(app(SecretRef(kind="secret", path="keys", key="k")), TARGET, None) == []


def test_vault_is_told_only_to_whoever_has_secrets_there() -> None:
    assert lacking.vault_notices(app(), TARGET, "") == []
    (line,) = lacking.vault_notices(app(SecretRef(kind="vault", path="p", key="k")), TARGET, "")
    assert "auth/kubernetes/role/payments-orders" in line
    assert "draft-p-alice" in line


def test_callees_elsewhere_are_named() -> None:
    peers = {
        "billing": {"name": "billing", "namespace": "payments-dev"},
        "stock": {"name": "stock", "namespace": "draft-p-alice"},
        "shop": {"name": "shop", "namespace": "web-dev"},
    }
    (line,) = lacking.caller_notices(peers, ["billing", "stock"], "draft-p-alice")
    assert line.startswith("billing in payments-dev accepts its callers there and not from draft-p-alice")
