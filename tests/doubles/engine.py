"""A container engine, and what a build is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pipelinekit.errors import failed
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, TestRun
from pipelinekit.ports import Say
from tests.doubles.registry import Registry, digest


@dataclass
class Sources:
    """An application's folder as a build sees it."""

    text: str = "FROM scratch AS build\nFROM build AS test\nFROM scratch\n"
    content: str = "sources"
    secret: tuple[str, ...] = ()
    large: tuple[str, ...] = ()
    """What is said of them while they are read."""

    def left_out(self) -> tuple[str, ...]:
        return self.secret

    def dockerfile(self) -> str:
        return self.text

    def digest(self, say: Say) -> str:
        for each in self.large:
            say(each)
        return digest(self.text + self.content)


@dataclass
class Secrets:
    """What the one who builds knows: texts by id, logins by ecosystem."""

    texts: dict[str, str] = field(default_factory=dict)
    logins: dict[str, Credentials] = field(default_factory=dict)
    pipeline: bool = False

    def in_pipeline(self) -> bool:
        return self.pipeline

    def text(self, identifier: str) -> str:
        return self.texts.get(identifier, "")

    def login(self, ecosystem: str) -> Credentials | None:
        return self.logins.get(ecosystem)


class Engine:
    """A container engine that pushes to one registry; no two of its builds give the same image."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.images: dict[str, BuildPlan] = {}
        self.builds = 0
        self.next_run = TestRun(exit_code=0, output="")
        self.broken = False

    def image_id(self, ref: str) -> str | None:
        return ref if ref in self.images else None

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        del context
        if self.broken:
            raise failed("build-failed", "a step ended with 1")
        self.builds += 1
        say(f"Step 1: {plan.ref}")
        made = digest(f"{plan.ref} {self.builds}")
        self.images[made] = plan
        return made

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        del reports, say
        assert image in self.images, "the real engine has no such image"
        return self.next_run

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        del credentials
        if image_id not in self.images:
            raise failed("push-failed", f"no such image: {image_id}")
        say(f"pushing {ref}")
        return self.registry.store(ref, {"image": image_id, "labels": dict(self.images[image_id].labels)})
