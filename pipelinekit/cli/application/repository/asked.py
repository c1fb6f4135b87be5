"""What the command line says of an existing repository, and that command line again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from pipelinekit.cli.application.owner import SUPPOSED
from pipelinekit.cli.application.repository.answers import Answers
from pipelinekit.model.app import Language
from pipelinekit.model.repository.services import Service
from pipelinekit.records import dataclass

THEN = "git add . && git commit -m 'First version', then pipelinekit test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says of an existing repository."""

    name: str
    language: Language | None = None
    team: str = SUPPOSED
    registered: Mapping[str, str] = field(default_factory=dict)
    """The teams of applications that a platform registers, by name; they go before `team`."""
    port: int | None = None
    package: str = ""
    service: str = ""
    target: str = ""
    everyone: bool = False
    keep: tuple[str, ...] = ()
    platform: str = ""
    shown: str = ""
    """The repository as it was named."""
    then: str = THEN
    """What is to be done next with what was taken in."""
    answers: Answers = field(default_factory=Answers)
    """What is said with --all of single ones."""

    def of(self, one: Service | None) -> Asked:
        """The same for one of all of them."""
        if one is None or not self.answers.named:
            return self
        port, keep = self.answers.of(one.path)
        return replace(self, port=port, keep=keep)

    def team_of(self, name: str) -> str:
        """Whose the application of that name is."""
        return self.registered.get(name, self.team)

    def command(self, name: str, service: str = "", port: int | None = None) -> str:
        """This command line, for one application."""
        words = ["pipelinekit", "new-app", name, "--from", self.shown]
        words += self._chosen(service)
        return shlex.join([*words, *self._others(name, port or self.port)])

    def every(
        self, ports: Mapping[str, int] | None = None, keep: Mapping[str, Sequence[str]] | None = None
    ) -> str:
        """This command line, for all of its services, with more answers about single ones."""
        # Each has its own name; one that was given with --all stands before them.
        name = [self.name] if self.name and self.everyone else []
        said, more = self.answers, keep or {}
        kinds = {each: (*said.keep.get(each, ()), *more.get(each, ())) for each in {**said.keep, **more}}
        numbers = said.ports if self.everyone else {}
        answers = Answers(ports={**numbers, **(ports or {})}, keep=kinds)
        words = [
            "pipelinekit",
            "new-app",
            *name,
            "--from",
            self.shown,
            "--all",
            *self._team(""),
            *(["--platform", self.platform] if self.registered else []),
            *answers.options(),
        ]
        return shlex.join(words)

    def _chosen(self, service: str) -> list[str]:
        chosen = ["--service", service] if service else []
        chosen += ["--package", self.package] if self.package else []
        return [*chosen, *(["--target", self.target] if self.target else [])]

    def _team(self, name: str) -> list[str]:
        whose = self.team_of(name)
        team = [] if whose == SUPPOSED else ["--team", whose]
        return [*team, *(["--language", self.language] if self.language else [])]

    def _others(self, name: str, port: int | None) -> list[str]:
        others = [*self._team(name), *(["--port", str(port)] if port else [])]
        return [*others, *(["--keep", ",".join(self.keep)] if self.keep else [])]
