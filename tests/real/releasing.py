"""A platform with three environments, a ledger and people with keys, as release managers have it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelinekit.adapters.source.ledger.gitledger import GitLedger
from pipelinekit.model.ledger import Event, History
from pipelinekit.reading.platform.document import read_platform
from tests.real import app
from tests.real.app import Application, Said
from tests.real.remotes import Bare, bare
from tests.real.signers import Signers

PEOPLE = ("ada", "grace", "linus", "sam")
GROUPS = {"release-managers": ["ada", "grace", "linus"], "sre": ["sam"]}


@dataclass
class Releasing:
    """An application, its platform's repository and ledger, and whoever acts."""

    application: Application
    signers: Signers
    ledger: Bare
    platforms: Bare
    document: dict[str, Any]
    production: dict[str, Any] = field(default_factory=dict)

    @property
    def team(self) -> str:
        return self.application.team

    def publish_platform(self, **production: Any) -> None:
        """Put the document on the main branch, production with these gates."""
        self.document["environments"][2] = {**self.production, **production}
        self.platforms.commit({"platform.yaml": json.dumps(self.document)})

    def release(self, level: str, more: str = "") -> str:
        """Publish a version with another variable, as its pipeline does, verified in dev; the version."""
        text = (self.application.folder / "app.yaml").read_text().splitlines(keepends=True)
        kept = [line for line in text if not line.startswith("  env:")]
        at = next(number for number, line in enumerate(kept) if line.startswith("  port:"))
        kept.insert(at + 1, f"  env: {{LEVEL: {level}}}\n")
        kept = [line for line in kept if not line.startswith("environments:")]
        self.application.write("app.yaml", "".join(kept) + more)
        self.application.must("generate")
        self.application.commit()
        key = {"PIPELINEKIT_LEDGER_KEY": str(self.signers.private("pipeline"))}
        for verb in app.LINE:
            said = self.application.verb(verb, env=key)
            assert said.code == 0, f"{verb}: {said.err}"
            assert "not in the ledger" not in said.err, said.err
        return self.application.must("version").out.split()[0]

    def by(self, person: str, *arguments: str, env: Mapping[str, str] | None = None) -> Said:
        """A verb as somebody with a key runs it, far from any clone."""
        given = {**(env or {}), **self._as(person)}
        return self.application.verb(*arguments, env=given, cwd=self.application.folder.parent)

    def _as(self, person: str) -> dict[str, str]:
        return {"PIPELINEKIT_LEDGER_KEY": str(self.signers.private(person))}

    def must(self, person: str, *arguments: str) -> Said:
        """One that has to succeed."""
        said = self.by(person, *arguments)
        assert said.code == 0, f"{arguments}: {said.code}\n{said.out}\n{said.err}"
        return said

    def history(self, branch: str = "") -> History:
        """A branch, or the application's; nothing there is in trouble."""
        known = read_platform(self.platforms.show("platform.yaml"))
        found = GitLedger(self.ledger.path, known, signed=True).history(branch or f"apps/{self.team}/orders")
        assert found.troubled == ()
        return found

    def events(self, environment: str = "") -> list[Event]:
        """What counts on the application's branch."""
        return [each for each in self.history().events if environment in ("", each.environment)]

    def versions(self) -> list[str]:
        """Those that were published, oldest first."""
        return [each.version for each in self.events() if each.kind == "released"]

    def kinds(self, environment: str) -> list[str]:
        return [each.kind for each in self.events(environment)]

    def level(self, namespace: str) -> str:
        """The variable that runs in a namespace."""
        path = "{.spec.template.spec.containers[0].env[?(@.name=='LEVEL')].value}"
        query = ("get", "deployment", "orders", "-o", f"jsonpath={path}")
        return self.application.tool("kubectl", "-n", namespace, *query)


def described(
    testbed: Mapping[str, str],
    ledger: Bare,
    signers: Signers,
    team: str,
    environments: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A platform on the testbed in whose ledger the team's pipelines sign."""
    registry = testbed["PK_TESTBED_REGISTRY"]
    return {
        "apiVersion": "pipelinekit/v1",
        "kind": "Platform",
        "metadata": {"name": "acme"},
        "images": {"registry": registry, "mirror": registry},
        "charts": {"repository": f"oci://{registry}/charts"},
        "clusters": [{"name": "c", "context": testbed["PK_TESTBED_CONTEXT"]}],
        "environments": list(environments),
        "ledger": {
            "repository": str(ledger.path),
            "pipelines": [{"team": team, "keys": [signers.public("pipeline").key]}],
        },
    }


@contextmanager
def releasing(testbed: Mapping[str, str], folder: Path, **production: Any) -> Iterator[Releasing]:
    """All of it; its namespaces are removed after the block."""
    signers = Signers(folder / "keys")
    signers.folder.mkdir(parents=True)
    ledger, platforms = bare(folder, "ledger", {}), bare(folder, "platform", {"README": "platform"})
    with app.new(testbed, folder / "work", "dockerfile") as application:
        team = application.team
        places = ("dev", "staging", "production")
        environments = [{"name": each, "cluster": "c", "namespace": f"{team}-{each}"} for each in places]
        environments[0]["automatic"] = True  # type: ignore[assignment]
        environments[1]["after"] = "dev"
        environments[2]["after"] = "staging"
        document = {
            **described(testbed, ledger, signers, team, environments),
            "people": [{"name": each, "keys": [signers.public(each).key]} for each in PEOPLE],
            "groups": [{"name": name, "people": each} for name, each in GROUPS.items()],
        }
        address = {"PIPELINEKIT_PLATFORM": f"git+file://{platforms.path}"}
        made = Releasing(
            application.with_env(**address), signers, ledger, platforms, document, dict(environments[2])
        )
        made.publish_platform(**production)
        try:
            yield made
        finally:
            spaces = [f"{team}-{each}" for each in places[1:]]
            application.tool("kubectl", "delete", "namespace", *spaces, "--ignore-not-found", "--wait=false")
