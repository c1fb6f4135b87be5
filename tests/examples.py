"""Values to test with: a small application, a platform, a revision; each test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipelinekit.model.app import App, Build, Process
from pipelinekit.model.platform.document import (
    Charts,
    Cluster,
    Environment,
    Images,
    Platform,
)
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.platform.site import Site
from pipelinekit.model.receipts import (
    ChartPackaged,
    ChartPublished,
    Deployed,
    ImageBuilt,
    ImagePushed,
    Noted,
    Receipt,
    Tested,
    Verified,
)
from pipelinekit.model.release import Key, ReleasePlan, Revision, Target
from pipelinekit.plan.release import plan_release, target_of

KEY = Key("c0ffee" * 6 + "c0ff", "sha256:" + "d" * 64, "0badcafe" * 5)
DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64

RECEIPTS: tuple[Receipt, ...] = (
    Tested(key=KEY, passed=3, reports=("a.xml", "b.xml")),
    ImageBuilt(
        key=KEY,
        version="1.2.3",
        repository="payments/orders",
        image_id=DIGEST,
        inputs=OTHER_DIGEST,
        digest="",
    ),
    ImagePushed(
        key=KEY,
        version="1.2.3",
        registry="r:5000",
        repository="payments/orders",
        digest=DIGEST,
        inputs=OTHER_DIGEST,
    ),
    ChartPackaged(
        key=KEY,
        version="1.2.3",
        archive=".pipelinekit/dist/orders-1.2.3.tgz",
        archive_digest=OTHER_DIGEST,
        image_repository="payments/orders",
        image_digest=DIGEST,
    ),
    ChartPublished(
        key=KEY,
        version="1.2.3",
        repository="r:5000/charts/payments/orders",
        digest=DIGEST,
        archive_digest=OTHER_DIGEST,
        image_repository="payments/orders",
        image_digest=DIGEST,
    ),
    Deployed(
        key=KEY,
        version="1.2.3",
        environment="dev",
        namespace="payments-dev",
        revision=4,
        chart_digest=DIGEST,
    ),
    Verified(key=KEY, version="1.2.3", environment="dev", revision=4),
    Noted(key=KEY, told=DIGEST),
)
"""One of each kind."""


def app(name: str = "orders", team: str = "payments", **fields: Any) -> App:
    """An application with one web process."""
    web = Process(name="web", port=8080, health="/healthz")
    return App(
        name=name, team=team, **{"build": Build(language="python"), "processes": {"web": web}, **fields}
    )


def environment(name: str = "dev", **fields: Any) -> Environment:
    """An environment on the one cluster."""
    return Environment(name=name, **{"cluster": "nonprod", "namespace": f"{{team}}-{name}", **fields})


DEV = environment("dev", automatic=True)
STAGING = environment("staging", after="dev", soak=3600)
PRODUCTION = environment(
    "production", after="staging", approvals=Approvals(count=2, groups=("release-managers",))
)


def platform(**fields: Any) -> Platform:
    """A platform with three environments, the later two with gates."""
    return Platform(
        **{
            "name": "acme",
            "images": Images(registry="nexus.acme.example:5000"),
            "charts": Charts(repository="oci://nexus.acme.example:5000/charts"),
            "clusters": (Cluster(name="nonprod", context="acme-dev", credentials="kube-nonprod"),),
            "environments": (DEV, STAGING, PRODUCTION),
            **fields,
        }
    )


def revision(**fields: Any) -> Revision:
    """A clean build of the main branch, three commits after v1.2.0."""
    return Revision(
        **{
            "commit": KEY.commit,
            "tree": "7ee" * 13 + "7",
            "dirty": False,
            "branch": "main",
            "tag": "v1.2.0",
            "since": 3,
            **fields,
        }
    )


def plan(*, of: App | None = None, on: Platform | None = None, **facts: Any) -> ReleasePlan:
    """The release plan of these."""
    return plan_release(of or app(), on or platform(), revision(**facts), KEY)


def target(where: Environment = DEV, on: Platform | None = None) -> Target:
    """Where the application goes."""
    return target_of(app(), on or platform(), where)


def site(**fields: Any) -> Site:
    """A site of a platform that needs credentials everywhere."""
    return replace(
        Site(
            library="0.1.0",
            registry_credentials="nexus",
            charts_credentials="nexus-charts",
            kube_credentials=("kube-nonprod",),
        ),
        **fields,
    )
