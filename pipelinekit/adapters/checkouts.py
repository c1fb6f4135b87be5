"""Work trees of other applications: folders that are here, or clones made for a moment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelinekit.adapters import process
from pipelinekit.adapters.git import without_credentials
from pipelinekit.adapters.repositories import TIMEOUT, unattended
from pipelinekit.errors import failed
from pipelinekit.model.platform import Registration


def local(base: Path, registration: Registration) -> Path:
    """The application's folder in a checkout at `<base>/<team>/<name>` or `<base>/<name>`."""
    for place in (base / registration.team / registration.name, base / registration.name):
        if place.is_dir():
            return place / registration.path
    raise failed("checkout-missing", f"there is no checkout of {registration.name} below {base}")


@contextmanager
def clone(registration: Registration) -> Iterator[Path]:
    """The application's folder in a fresh clone of its branch, removed after the block."""
    shown = without_credentials(registration.repository)
    with tempfile.TemporaryDirectory(prefix="pipelinekit-") as scratch:
        options = ["--quiet", "--depth", "1", "--single-branch", "--branch", registration.branch]
        done = process.run(
            ["git", "clone", *options, "--", registration.repository, f"{scratch}/clone"],
            env=unattended(),
            timeout=TIMEOUT,
        )
        if done.code:
            raise failed("repository-unreachable", f"git cannot clone {shown}: {done.reason()}")
        yield Path(scratch, "clone", registration.path)


def commit(folder: Path, paths: list[str], *, branch: str, message: str, push: bool) -> str:
    """Commit these paths on a branch of that name (empty: the current one); the commit's id.

    Nothing else of the work tree gets into the commit. With `push` it goes to the remote, where the branch
    may be replaced only by one that was fetched from there.
    """
    if branch:
        process.check(["git", "checkout", "--quiet", "-B", branch], cwd=folder)
    process.check(["git", "add", "--all", "--", *paths], cwd=folder)
    process.check(["git", "commit", "--quiet", "--message", message, "--", *paths], cwd=folder)
    if push:
        target = branch or process.check(["git", "symbolic-ref", "--short", "HEAD"], cwd=folder).strip()
        done = process.run(
            ["git", "push", "--quiet", "--force-with-lease", "origin", f"HEAD:refs/heads/{target}"],
            cwd=folder,
            env=unattended(),
            timeout=TIMEOUT,
        )
        if done.code:
            raise failed("push-refused", f"git cannot push {target}: {done.reason()}")
    return process.check(["git", "rev-parse", "HEAD"], cwd=folder).strip()
