"""The pipeline's stages: the one table that the Jenkinsfile, `run` and its explanation are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from pipelinekit.model.app import App
from pipelinekit.model.platform.packages import OF_LANGUAGE
from pipelinekit.model.platform.site import Site
from pipelinekit.records import dataclass

Need = Literal["registry", "charts", "kube", "signing", "chart-signing", "ledger"]
"""What a stage holds credentials for."""

Arguments = dict[str, str | bool | list[str]]
"""A step's named arguments; one that ends in `CredentialsId(s)` is bound, and not passed on."""

DEPLOY = "DEPLOY"
"""The parameter with which a person builds main without deploying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: a verb, when it runs, what it is told and which credentials it holds."""

    name: str
    """As Jenkins shows it."""
    verb: str
    main: bool = False
    """Runs in builds of the main branch only: everything that needs a credential."""
    deploys: bool = False
    """Runs only while the parameter `DEPLOY` is on."""
    builds: bool = False
    """Builds from the Dockerfile: in builds of main it holds what mirror, proxies and build secrets need."""
    notice: bool = False
    """Its failure is something to know, and fails nothing."""
    reports: bool = False
    """Leaves JUnit reports, also when it fails."""
    options: Mapping[str, bool] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()


STAGES: tuple[Stage, ...] = (
    Stage(name="Generated files", verb="generate", options={"check": True}, notice=True),
    Stage(name="Test", verb="test", builds=True, reports=True),
    Stage(name="Build", verb="build", builds=True),
    Stage(name="Push", verb="push", main=True, needs=("registry", "signing")),
    Stage(name="Package", verb="package", main=True, needs=("registry",)),
    Stage(name="Publish", verb="publish", main=True, needs=("charts", "chart-signing", "ledger")),
    Stage(
        name="Deploy",
        verb="deploy",
        main=True,
        deploys=True,
        options={"automatic": True},
        needs=("charts", "kube", "ledger"),
    ),
    Stage(
        name="Verify",
        verb="verify",
        main=True,
        deploys=True,
        options={"automatic": True},
        needs=("kube", "ledger"),
    ),
)


def arguments_of(stage: Stage, site: Site) -> Arguments:
    """What the stage's step is called with."""
    arguments: Arguments = {} if site.path == "." else {"path": site.path}
    arguments |= stage.options
    if stage.builds and site.mirror_for_all:
        arguments |= _mirror(site)
    for need in stage.needs:
        arguments |= _bound(need, _ids(need, site))
    return arguments


def _bound(need: Need, ids: list[str]) -> Arguments:
    if not ids:
        return {}
    if need == "kube":
        return {"kubeCredentialsIds": ids}
    if need in {"signing", "chart-signing"}:
        return dict(zip(("signingCredentialsId", "signingPasswordCredentialsId"), ids, strict=False))
    return {f"{need}CredentialsId": ids[0]}


def arguments_on_main(stage: Stage, app: App, site: Site) -> Arguments:
    """What the stage's step is told besides in builds of the main branch.

    A Dockerfile can print what its build holds, so that of a pull request or another branch holds nothing.
    """
    if not stage.builds:
        return {}
    held = {} if site.mirror_for_all else _mirror(site)
    held |= {
        f"{each}CredentialsId": site.package_credentials[each]
        for each in OF_LANGUAGE.get(app.build.language, ())
        if each in site.package_credentials
    }
    return {**held, **({"secretCredentialsIds": list(app.build.secrets)} if app.build.secrets else {})}


def credentials_of(stage: Stage, app: App, site: Site, *, on_main: bool) -> tuple[str, ...]:
    """The ids of the credentials that the stage binds, each once."""
    ids = [each for need in stage.needs for each in _ids(need, site)]
    ids += _mirror(site).values() if stage.builds and site.mirror_for_all else ()
    for value in arguments_on_main(stage, app, site).values() if on_main else ():
        ids += value if isinstance(value, list) else [str(value)]
    return tuple(dict.fromkeys(ids))


def _mirror(site: Site) -> dict[str, str]:
    return {"mirrorCredentialsId": site.mirror_credentials} if site.mirror_credentials else {}


def _ids(need: Need, site: Site) -> list[str]:
    signing = [site.signing_credentials, site.signing_password]
    ids = {
        "signing": signing,
        "chart-signing": signing if site.signs_charts else [],
        "registry": [site.registry_credentials],
        "charts": [site.charts_credentials],
        "kube": list(site.kube_credentials),
        "ledger": [site.ledger_credentials],
    }
    return [each for each in ids[need] if each]
