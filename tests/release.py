"""`make release`: the wheel of a version and its tag, once the changelog has both; nothing is pushed.

The tag is what every pipeline loads the shared library by: `v` and the tool's own version.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def faults(version: str, changelog: str, changed: str, today: dt.date) -> list[str]:
    """Why a version cannot be released; `changed` is what `git status --porcelain` says."""
    found = []
    wanted = f"## {version} (YYYY-MM-DD)"
    head = next((line for line in changelog.splitlines() if line.startswith("## ")), "")
    dated = re.fullmatch(rf"## {re.escape(version)} \((\d{{4}}-\d\d-\d\d)\)", head)
    if not dated:
        found.append(f"CHANGELOG.md begins with '{head}': write '{wanted}'")
    elif (day := _day(dated[1])) is None:
        found.append(f"CHANGELOG.md: {dated[1]} is no day")
    elif day > today:
        found.append(f"CHANGELOG.md: {day} has not come yet")
    if changed.strip():
        found.append(f"not committed: {', '.join(line[3:] for line in changed.splitlines())}")
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def git(root: Path, *words: str) -> str:
    """What git says. Raises `CalledProcessError` when it fails."""
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout


def version_of(root: Path) -> str:
    """The version of the package in a checkout."""
    text = (root / "pipelinekit" / "__init__.py").read_text()
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if not found:
        raise SystemExit("pipelinekit/__init__.py has no __version__")
    return found[1]


def tagged_elsewhere(root: Path, tag: str) -> bool | None:
    """Whether another commit has the tag; None where no commit has it."""
    if not git(root, "tag", "--list", tag).strip():
        return None
    commits = git(root, "rev-parse", f"refs/tags/{tag}^{{commit}}", "HEAD").split()
    return commits[0] != commits[1]


def wheel(root: Path) -> Path:
    """Build the wheel into `dist`, with the backend of this environment and without a network.

    Raises `CalledProcessError` when that fails.
    """
    dist = root / "dist"
    subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "pip",
                "wheel",
                "--quiet",
                "--no-deps",
                "--no-build-isolation",
                "--no-index",
            ),
            *("--disable-pip-version-check", "--wheel-dir", str(dist), str(root)),
        ],
        cwd=root,
        check=True,
    )
    (built,) = dist.glob(f"pipelinekit-{version_of(root)}-*.whl")
    return built


def release(root: Path, today: dt.date) -> int:
    """Build and tag; 0 as well where that was done before. 6 when something is in the way, which is told."""
    version = version_of(root)
    tag = f"v{version}"
    elsewhere = tagged_elsewhere(root, tag)
    found = faults(version, (root / "CHANGELOG.md").read_text(), git(root, "status", "--porcelain"), today)
    if elsewhere:
        found.append(f"tag {tag} is another commit's: a version is released once, raise __version__")
    for each in found:
        print(f"release: {each}", file=sys.stderr)
    if found:
        return 6
    print(f"building {version} …", flush=True)
    try:
        built = wheel(root)
    except subprocess.CalledProcessError:
        print("release: the wheel cannot be built, see above; no tag is made", file=sys.stderr)
        return 5
    if elsewhere is None:
        git(root, "tag", "--annotate", "--message", f"pipelinekit {version}", tag)
    print(f"{built.relative_to(root)} and tag {tag} are made, nothing is pushed: git push origin {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(release(ROOT, dt.datetime.now(dt.UTC).date()))
