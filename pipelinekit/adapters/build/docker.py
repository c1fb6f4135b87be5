"""The Docker engine through its SDK: build, run a test stage, push."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelinekit.adapters.build import buildx, testrun, trial, trouble
from pipelinekit.adapters.build.context import (
    LAST,
    arranged,
    cache_tags,
    pinned_dockerfile,
    stage_of,
    write_context,
)
from pipelinekit.adapters.build.hosts import hosts_of
from pipelinekit.adapters.build.trouble import (
    answered,
    build_failed,
    may_pass,
    push_failed,
    reason_of,
    silent,
    unanswered,
)
from pipelinekit.adapters.registry.login import dockerconfig
from pipelinekit.adapters.registry.progress import Layers
from pipelinekit.counts import counted
from pipelinekit.errors import ToolFailed, ToolMissing, failed, refused
from pipelinekit.model.release import BuildPlan, Credentials, ImageRef, TestRun
from pipelinekit.ports import Live, Say, nobody

if TYPE_CHECKING:
    import docker

PUSH_TRIES = 5


class _GaveUp(Exception):
    """The engine itself has tried a layer for more than a minute: trying all that again takes several."""

    def __init__(self, problem: ToolFailed) -> None:
        super().__init__(str(problem))
        self.problem = problem


class DockerEngine:
    """A Docker engine; connected at first use. `live` is told how far layers are on their way."""

    def __init__(
        self,
        login: dockerconfig.Login,
        *,
        live: Live = nobody,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client: docker.DockerClient | None = None
        self._login = login
        self._live = live
        self._sleep = sleep

    @property
    def client(self) -> docker.DockerClient:
        """The connected client; `ToolMissing` when no engine answers."""
        if self._client is None:
            import docker
            from docker.errors import DockerException

            try:
                self._client = docker.from_env(timeout=600)
                # That has asked the engine for its version: it answers.
                dockerconfig.without_netrc(self._client.api)
            except DockerException as error:
                raise ToolMissing(silent(error, os.environ.get("DOCKER_HOST", ""))) from error
        return self._client

    def version(self) -> str:
        """The engine's version."""
        with answered("engine-lost", "the Docker engine does not say its version"):
            return str(self.client.version()["Version"])

    def image_id(self, ref: str) -> str | None:
        """The id of a local image, or None."""
        from docker.errors import ImageNotFound

        with trouble.asked_of(ref), suppress(ImageNotFound):
            return str(self.client.images.get(ref).id)
        return None

    def build(self, plan: BuildPlan, context: Path, say: Say) -> str:
        """Build the plan's target; raises `ToolFailed` with the failing step's last words.

        Raises `Refused` for what the engine's own builder cannot do and BuildKit is not there for.
        """
        with dockerconfig.written(hosts_of(plan, context), self._login) as config:
            self.client.api.reload_config(str(config / dockerconfig.FILE))
            if buildx.available():
                image = buildx.build(plan, context, say, dockerconfig.client(config))
                if _goes_to_cache(plan) and not buildx.keeps_layers_apart():
                    self._keep_image(image, plan, say)
                return image
            _refuse_what_needs_buildkit(plan)
            known = self._cached(plan, context, say) if plan.cache else []
            image = self._build(plan, context, known, say)
            if _goes_to_cache(plan):
                self._keep(plan, context, known, say)
            return image

    def _build(self, plan: BuildPlan, context: Path, known: list[str], say: Say) -> str:
        try:
            return self._built(plan, context, known, say, *arranged(plan, context))
        except ToolFailed as error:
            if not trouble.is_refusal(error.__cause__):
                raise
            # Whoever mends it looks for the line in the file as it is.
            return self._built(plan, context, known, say, pinned_dockerfile(plan, context), plan.labels)

    def _built(
        self,
        plan: BuildPlan,
        context: Path,
        known: list[str],
        say: Say,
        replaced: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> str:
        with tempfile.TemporaryFile() as archive:
            write_context(context, plan.dockerfile, archive, replaced)
            archive.seek(0)
            with answered("build-failed", "the build was refused", hint="`docker build` says it too"):
                events = self.client.api.build(
                    fileobj=archive,
                    custom_context=True,
                    dockerfile=plan.dockerfile,
                    tag=str(plan.ref),
                    target=plan.target or None,
                    buildargs=dict(plan.args),
                    labels=dict(labels),
                    platform=plan.platforms[0] if plan.platforms else None,
                    cache_from=known or None,
                    rm=True,
                    forcerm=True,
                    decode=True,
                )
                return self._follow_build(events, plan, say)

    def _cached(self, plan: BuildPlan, context: Path, say: Say) -> list[str]:
        """The images in the cache repository whose layers can be taken; those that this engine now has."""
        found = []
        for tag in cache_tags(plan, context):
            name = f"{plan.cache}:{tag}"
            try:
                self.client.images.pull(plan.cache, tag=tag)
            except unanswered():
                continue
            found.append(name)
        say(f"layers from {plan.cache}: {counted(len(found), 'image')}")
        return found

    def _keep(self, plan: BuildPlan, context: Path, known: list[str], say: Say) -> None:
        """Push the image and each of its stages to the cache; a cache that does not take them is no error."""
        for tag in cache_tags(plan, context):
            host, _, path = plan.cache.partition("/")
            labels = plan.labels if tag == LAST else {}
            ref = ImageRef(host, path, tag)
            part = replace(plan, ref=ref, target=stage_of(tag), labels=labels, cache="")
            try:
                self._build(part, context, known, lambda _: None)
                for event in self.client.api.push(plan.cache, tag, stream=True, decode=True):
                    if "error" in event:
                        say(f"layers not kept in {plan.cache}: {event['error']}")
            except unanswered(ToolFailed) as error:
                say(f"layers not kept in {plan.cache}: {reason_of(error)}")

    def _keep_image(self, image: str, plan: BuildPlan, say: Say) -> None:
        """Push an image that has its layers' cache in it; a cache that does not take it is no error."""
        try:
            self.client.api.tag(image, plan.cache, LAST)
            for event in self.client.api.push(plan.cache, LAST, stream=True, decode=True):
                if "error" in event:
                    say(f"layers not kept in {plan.cache}: {event['error']}")
        except unanswered() as error:
            say(f"layers not kept in {plan.cache}: {reason_of(error)}")

    def _follow_build(self, events: Iterator[dict[str, Any]], plan: BuildPlan, say: Say) -> str:
        lines: deque[str] = deque(maxlen=1000)
        image_id, layers = "", Layers()
        for event in events:
            self._live(layers.line(event))
            for line in str(event.get("stream", "")).splitlines():
                if line.strip():
                    lines.append(line)
                    say(line)
            image_id = event.get("aux", {}).get("ID", image_id)
            if "error" in event:
                raise build_failed(list(lines), str(event["error"]).strip())
        found = image_id or self.image_id(str(plan.ref))
        if not found:
            hint = "the log of the build is above; `docker version` tells whether the engine still answers"
            raise failed("build-failed", "the engine reported no image", hint=hint)
        return found

    def run_tests(self, image: str, reports: Path, say: Say) -> TestRun:
        """Run the image's command; what it left in /reports is copied out, whether it passed or not."""
        return testrun.run_tests(self.client, image, reports, say)

    def has_one_of(self, ids: Collection[str]) -> bool:
        """Whether one of these containers, by their whole ids, runs in the engine; no where it tells none."""
        with suppress(*unanswered()):
            return any(each["Id"] in ids for each in self.client.api.containers(filters={"id": sorted(ids)}))
        return False

    def name(self, image_id: str, ref: ImageRef) -> None:
        """Give a local image the name and tag of `ref`; raises `ToolFailed` where it is gone."""
        with trouble.asked_of(image_id):
            self.client.api.tag(image_id, f"{ref.registry}/{ref.repository}", ref.tag)

    def begins(self, ref: ImageRef) -> tuple[str, tuple[str, ...]]:
        """The folder in which a local image begins, and with which command; empty where it has none."""
        return trial.begins(self.client, str(replace(ref, digest="")))

    def ends_well(self, ref: ImageRef, words: Sequence[str]) -> bool:
        """Whether a command of an image ends with 0, without a network; one that is not here is pulled."""
        with dockerconfig.written([ref.registry], self._login) as config:
            self.client.api.reload_config(str(config / dockerconfig.FILE))
            return trial.ends_well(self.client, str(replace(ref, digest="")), words)

    def push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        """Push a local image under `ref`, again on a passing fault; its digest as the engine knows it.

        Raises `ToolFailed` with the registry's reason. What was pushed before a fault is not pushed twice.
        """
        for attempt in range(1, PUSH_TRIES + 1):
            try:
                return self._push(image_id, ref, credentials, say)
            except _GaveUp as error:
                raise error.problem from None
            except unanswered(ToolFailed) as error:
                problem = error if isinstance(error, ToolFailed) else push_failed(ref, reason_of(error))
                if attempt == PUSH_TRIES or not may_pass(str(problem)):
                    raise problem from error
                say(f"{problem}; try {attempt + 1} of {PUSH_TRIES}")
                # Several agents that were refused together must not come back together.
                self._sleep(0.5 * 2**attempt * (0.5 + random.random()))  # noqa: S311
        raise AssertionError("the last try returns or raises")

    def _push(self, image_id: str, ref: ImageRef, credentials: Credentials | None, say: Say) -> str:
        name = f"{ref.registry}/{ref.repository}"
        auth = dockerconfig.for_engine(credentials)
        digest, retried, layers = "", set[str](), Layers()
        self.name(image_id, ref)
        for event in self.client.api.push(name, ref.tag, auth_config=auth, stream=True, decode=True):
            if line := layers.line(event):
                self._live(line)
            if str(event.get("status", "")).startswith("Retrying in"):
                retried.add(str(event.get("id", "")))
            if "error" in event:
                problem = push_failed(ref, str(event["error"]))
                raise _GaveUp(problem) if retried else problem
            if event.get("status") in {"Pushed", "Layer already exists", "Mounted from"}:
                retried.discard(str(event.get("id", "")))
                say(f"{event.get('id', '')} {event['status']}")
            digest = event.get("aux", {}).get("Digest", digest)
        return digest


def _goes_to_cache(plan: BuildPlan) -> bool:
    return bool(plan.cache) and plan.keeps and not plan.target


def _refuse_what_needs_buildkit(plan: BuildPlan) -> None:
    hint = "install docker-buildx, or choose buildah with PIPELINEKIT_ENGINE=buildah"
    if plan.secrets:
        raise refused("needs-buildkit", "build secrets need BuildKit or buildah", hint=hint)
    if len(plan.platforms) > 1:
        raise refused(
            "several-platforms", "an image for several platforms needs BuildKit or buildah", hint=hint
        )
