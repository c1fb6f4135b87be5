"""`make docs`: the pages as a site, from the same files. Strict: a link that leads nowhere fails.

README.md is its first page, so its links, and those to it, are turned. A table's code loses the
backslashes that GitHub wants before its pipes; nothing else is changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.pages.checked import ROOT

WORK = ROOT / "build"
LONGEST = 300.0
"""Seconds until a build that hangs is ended."""
BESIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
"""What is at the top of the repository, and what it is called in the site."""
_ROW = re.compile(r"^\|.*", re.MULTILINE)
_SPAN = re.compile("`[^`]+`")


def stage(work: Path) -> None:
    """Copy the pages, what they show and mkdocs' file to a folder, in the place of what was there."""
    pages = work / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    shutil.copytree(ROOT / "docs", pages, ignore=shutil.ignore_patterns("mkdocs.yml"))
    shutil.copy(ROOT / "docs" / "mkdocs.yml", work)
    for page in pages.glob("*.md"):
        page.write_text(turned(page.read_text(encoding="utf-8"), "../", ""), encoding="utf-8")
    for name, its in BESIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (pages / its).write_text(turned(text, "", "docs/"), encoding="utf-8")


def turned(text: str, above: str, docs: str) -> str:
    """A page's text with links for the site; `above` leads to the top of the repository, `docs` to docs/."""
    for name, its in BESIDE.items():
        text = re.sub(rf"(\]\(){re.escape(above)}{re.escape(name)}(?=[)#])", rf"\g<1>{its}", text)
    text = _ROW.sub(lambda row: _SPAN.sub(lambda span: span[0].replace(r"\|", "|"), row[0]), text)
    return re.sub(rf"((?:\]\(|src(?:set)?=\"))(?:\./)?{docs}(?=[\w])", r"\1", text) if docs else text


def build(work: Path) -> int:
    """Build what is staged into `work`/site; mkdocs' exit code."""
    # It tells at each build of another generator that its makers would have us use.
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    argv = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", "mkdocs.yml"]
    return subprocess.run(argv, cwd=work, env=env, check=False, timeout=LONGEST).returncode


def main() -> int:
    """Stage, build, and say where it is."""
    stage(WORK)
    code = build(WORK)
    if code == 0:
        print("the site is in build/site: open build/site/index.html")
    return code


if __name__ == "__main__":
    sys.exit(main())
