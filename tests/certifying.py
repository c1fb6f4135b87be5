"""A cluster in memory with one certificate wanted, and the clock in a test's hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pipelinekit.errors import PipelinekitError
from pipelinekit.model.platform.certificates import Authority, Certificate, Certificates, OpenBao, Served
from pipelinekit.model.release import Target
from pipelinekit.steps.certificates import survey, work
from pipelinekit.steps.certificates.world import World
from tests import doubles, examples

DAY = 86_400
WEB = Certificate(name="web-tls", namespace="web", names=("web.web.svc",))


@dataclass
class Town:
    wanted: Certificates = field(default_factory=lambda: Certificates(secrets=(WEB,)))
    secrets: doubles.CertificateSecrets = field(default_factory=doubles.CertificateSecrets)
    servers: doubles.CertificateServers = field(default_factory=doubles.CertificateServers)
    store: doubles.CertificateStore = field(default_factory=doubles.CertificateStore)
    now: int = 1_000_000
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.now = lambda: self.now

    @property
    def world(self) -> World:
        place = examples.environment("dev")
        return World(
            platform="acme",
            target=Target(name="certificates", environment=place, namespace="", context=""),
            wanted=self.wanted,
            signer=doubles.CertificateSigner(),
            secrets=self.secrets,
            servers=self.servers,
            store=self.store,
            clock=lambda: self.now,
            sleep=self.sleep,
        )

    def sleep(self, seconds: float) -> None:
        self.now += int(seconds)

    def want(self, *given: Certificate, openbao: bool = False, **authority: Any) -> None:
        self.wanted = Certificates(
            secrets=given,
            authority=Authority(**authority),
            openbao=OpenBao(role="web") if openbao else None,
        )

    def work(self, *, renew: bool = True) -> tuple[tuple[str, ...], tuple[PipelinekitError, ...]]:
        return work.work(self.world, (), self.said.append, renew=renew, seconds=10)

    def states(self) -> dict[str, str]:
        return {each.title: each.state for each in survey.survey(self.world, ()).all}

    def serial(self, title: str = "web/web-tls") -> str:
        return next(each.serial for each in survey.survey(self.world, ()).verdicts if each.title == title)

    def serve(self, serial: str) -> None:
        """The Secret's reader shows that."""
        served = Served(service="web", port=443)
        secrets = tuple(replace(each, served=served) for each in self.wanted.secrets)
        self.wanted = replace(self.wanted, secrets=secrets)
        self.servers.pods["web"] = {"web-0": serial}
