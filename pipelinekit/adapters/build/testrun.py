"""The tests of an image, run in Docker's engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelinekit.adapters.build.trouble import answered, is_late, unanswered
from pipelinekit.errors import failed
from pipelinekit.model.release import TestRun
from pipelinekit.ports import Say

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

TIMEOUT = 1800.0
"""Seconds that a test command may take."""


def run_tests(client: DockerClient, image: str, reports: Path, say: Say) -> TestRun:
    """Run the image's command; what it left in /reports is copied out, whether it passed or not.

    Raises `ToolFailed` where the engine does not make, run or give back the container.
    """
    hint = "its CMD has to be a program that is in it"
    with answered("test-failed-to-start", "the test stage cannot run", hint=hint):
        container = client.containers.create(image, labels={"dev.pipelinekit": "test"})
    try:
        with answered("test-failed-to-start", "the test stage cannot run", hint=hint):
            container.start()
        with answered("test-lost", "the tests ran, and what became of them is not known"):
            output = "".join(_said(container, say))
            code = _ended(container)
            _take_reports(container, reports)
        return TestRun(exit_code=code, output=output)
    finally:
        # An engine that is gone keeps it, and has said so already.
        with suppress(*unanswered()):
            container.remove(force=True, v=True)


def _said(container: Container, say: Say) -> Iterator[str]:
    try:
        for raw in container.logs(stream=True, follow=True):
            text = raw.decode(errors="replace")
            say(text.rstrip("\n"))
            yield text
    except unanswered() as error:
        if not is_late(error):
            raise
        hint = "what do they wait for? their last words are above"
        raise failed("test-timeout", "the tests said nothing for ten minutes", hint=hint) from error


def _ended(container: Container) -> int:
    try:
        return int(container.wait(timeout=TIMEOUT)["StatusCode"])
    except unanswered() as error:
        if not is_late(error):
            raise
        hint = "what do they wait for? their last words are above"
        raise failed("test-timeout", f"the tests did not finish within {TIMEOUT:.0f} s", hint=hint) from error


def _take_reports(container: Container, reports: Path) -> None:
    from docker.errors import NotFound

    from pipelinekit.adapters.folder.reports import unpack_reports

    with suppress(NotFound):
        stream, _ = container.get_archive("/reports")
        unpack_reports(b"".join(stream), reports)
