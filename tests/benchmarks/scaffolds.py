"""What the peers scaffold from: the files that `new-app` makes, as a template of each one's own form."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.merges import Case

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ANSWERS = ".copier-answers.yml"
QUIET = {
    "COPIER_SETTINGS_PATH": os.devnull,
    "COOKIECUTTER_CONFIG": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "bench"), ("EMAIL", "bench@example.com"))
    },
}
"""The same for all, whatever this machine's user has configured."""


def call(argv: Sequence[str | Path], cwd: Path, *, codes: Iterable[int] = (0,), **env: str) -> str:
    """Run a program; its output. Any other exit code than these ends the benchmark."""
    done = subprocess.run(
        [str(each) for each in argv],
        cwd=cwd,
        env={**os.environ, **QUIET, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode not in codes:
        raise RuntimeError(f"{argv} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def ours(folder: Path) -> Path:
    """A copy of the package whose templates may be changed; what `pipelinekit` imports when told so."""
    for name in ("pipelinekit", "templates", "vars"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    call([sys.executable, "-m", "compileall", "-q", "pipelinekit"], folder)
    return folder


def pipelinekit(home: Path, *arguments: str, cwd: Path, codes: Iterable[int] = (0,)) -> str:
    """A verb of that copy, from a process of its own."""
    program = "from pipelinekit.cli.main import entry; entry()"
    return call([sys.executable, "-c", program, *arguments], cwd, codes=codes, PYTHONPATH=str(home))


def files_of(folder: Path) -> dict[str, str]:
    """The texts of a folder, git's and our own memory aside."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".pipelinekit"} & set(path.relative_to(folder).parts)
    }


def lay(folder: Path, texts: Mapping[str, str]) -> None:
    """Write texts below a folder."""
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def commit(folder: Path, tag: str = "") -> None:
    """Commit everything."""
    if not (folder / ".git").exists():
        call(["git", "init", "--quiet", "--initial-branch=main"], folder)
    call(["git", "add", "--all", "--force"], folder)
    call(["git", "commit", "--quiet", "--allow-empty", "--message", "x"], folder)
    if tag:
        call(["git", "tag", tag], folder)


def copier_template(folder: Path, texts: Mapping[str, str]) -> None:
    """A template for copier: the name is asked for, and printed where the texts say orders."""
    lay(folder, {"copier.yml": "_subdirectory: project\nname:\n  type: str\n  default: orders\n"})
    lay(
        folder / "project",
        {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}"},
    )
    lay(
        folder / "project",
        {_named(path, "name", ".jinja"): _printing(text, "name") for path, text in texts.items()},
    )


def cookiecutter_template(folder: Path, texts: Mapping[str, str]) -> None:
    """The same for cookiecutter."""
    lay(folder, {"cookiecutter.json": json.dumps({"name": "orders"})})
    inside = folder / "{{cookiecutter.name}}"
    lay(
        inside,
        {
            _named(path, "cookiecutter.name", ""): _printing(text, "cookiecutter.name")
            for path, text in texts.items()
        },
    )


def _named(path: str, variable: str, suffix: str) -> str:
    return path.replace("orders", f"{{{{ {variable} }}}}") + suffix


def _printing(text: str, variable: str) -> str:
    """A template that prints the text; what looks like Jinja in it is printed as it is."""
    raw = text.replace("orders", f"{{% endraw %}}{{{{ {variable} }}}}{{% raw %}}")
    return f"{{% raw %}}{raw}{{% endraw %}}"


def copier_merges(folder: Path, cases: Sequence[Case]) -> dict[int, str]:
    """What `copier update` makes of these merges, in one project; and it must be the same when run again."""
    template, project = folder / "template", folder / "project"
    lay(template, {"copier.yml": "_subdirectory: project\n"})
    lay(template / "project", {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}"})
    places = {case.seed: f"case{case.seed}/{case.path}" for case in cases}
    lay(template / "project", {places[case.seed]: case.base for case in cases})
    commit(template, "v1")
    copier = BIN / "copier"
    call(
        [copier, "copy", "--quiet", "--defaults", "--vcs-ref", "v1", f"git+file://{template}", project],
        folder,
    )
    commit(project)
    lay(template / "project", {places[case.seed]: case.new for case in cases})
    commit(template, "v2")
    lay(project, {places[case.seed]: case.theirs for case in cases})
    commit(project)
    call([copier, "update", "--quiet", "--defaults", "--vcs-ref", "v2"], project)
    return {
        seed: (project / place).read_text() for seed, place in places.items() if (project / place).exists()
    }
