"""B5 to B8: making an application, keeping it current, merging, and a thousand of them."""

from __future__ import annotations

import pickle
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelinekit import __version__
from pipelinekit.adapters.source.worktree import MergeFile
from pipelinekit.generators import plan_files
from pipelinekit.merge.structured import merge_text
from pipelinekit.model.platform.site import Site
from pipelinekit.reading.app import read_app
from tests.benchmarks import scaffolds
from tests.benchmarks.measure import Row, Sample, interleaved, least, middle, prepared
from tests.benchmarks.scaffolds import BIN, call, commit, pipelinekit
from tests.merges import Verdict, judge, rounds

RUNS = 5
FLEET_RUNS = 3
FLEET = 1000
CHANGED = "chart/templates/networkpolicy.yaml"
"""A template that every application has."""


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pipelinekit-bench-") as folder:
        yield Path(folder)


def scaffold() -> list[Row]:
    """B5: a new application, beside the same files from copier and cookiecutter."""
    with _scratch() as folder:
        new = [str(BIN / "pipelinekit"), "new-app", "orders", "--language", "python", "--no-git"]
        (folder / "first").mkdir()
        call(new, folder / "first")
        texts = scaffolds.files_of(folder / "first" / "orders")
        copier, cutter = folder / "copier", folder / "cutter"
        scaffolds.copier_template(copier, texts)
        scaffolds.cookiecutter_template(cutter, texts)
        out = folder / "out"
        works: dict[str, list[str | Path]] = {
            "mine": [*new],
            "copier": [BIN / "copier", "copy", "--quiet", "--defaults", copier, out / "orders"],
            "cookiecutter": [BIN / "cookiecutter", "--no-input", cutter],
        }
        samples = prepared(
            {name: (lambda: _fresh(out), lambda argv=argv: call(argv, out)) for name, argv in works.items()},  # type: ignore[misc]
            RUNS,
        )
        for argv in works.values():
            _fresh(out)
            call(argv, out)
            made = scaffolds.files_of(out / "orders")
            made.pop(scaffolds.ANSWERS, None)
            assert made == texts, argv
    subject = f"new-app, {len(texts)} files"
    faster = min(("copier", "cookiecutter"), key=lambda name: least(samples[name], "wall"))
    return [
        _row("B5", subject, faster, samples["mine"], samples[faster], "wall", 0.5),
        *(
            _row("B5", subject, name, samples["mine"], samples[name], "user", 1.0)
            for name in ("copier", "cookiecutter")
        ),
    ]


def update() -> list[Row]:
    """B6: a template changes where somebody has edited; then nothing changes."""
    with _scratch() as folder:
        old, new = (scaffolds.ours(folder / name) for name in ("old", "new"))
        (folder / "mine").mkdir()
        pipelinekit(old, "new-app", "orders", "--language", "python", "--no-git", cwd=folder / "mine")
        mine = folder / "mine" / "orders"
        template = folder / "template"
        scaffolds.copier_template(template, scaffolds.files_of(mine))
        commit(template, "v1")
        theirs = folder / "theirs"
        call(
            [
                BIN / "copier",
                "copy",
                "--quiet",
                "--defaults",
                "--vcs-ref",
                "v1",
                f"git+file://{template}",
                theirs,
            ],
            folder,
        )
        commit(theirs)
        for path in (
            new / "templates/dockerfile/python/Dockerfile.j2",
            template / "project/Dockerfile.jinja",
        ):
            path.write_text(path.read_text().replace("EXPOSE", "# The port of the service.\nEXPOSE"))
        commit(template, "v2")
        for project in (mine, theirs):
            dockerfile = project / "Dockerfile"
            dockerfile.write_text(dockerfile.read_text().replace("WORKDIR /app", "WORKDIR /app\n# mine", 1))
        commit(theirs)
        work = folder / "work"

        def generate(cwd: Path = work) -> str:
            return pipelinekit(new, "generate", cwd=cwd)

        def copier(cwd: Path = work) -> str:
            return call([BIN / "copier", "update", "--quiet", "--defaults", "--vcs-ref", "v2"], cwd)

        edited = prepared(
            {
                "mine": (lambda: _copied(mine, work), generate),
                "copier": (lambda: _copied(theirs, work), copier),
            },
            RUNS,
        )
        copier(theirs)
        commit(theirs)
        generate(mine)
        for project in (mine, theirs):
            text = (project / "Dockerfile").read_text()
            assert "# mine\n" in text, project
            assert "# The port of the service.\n" in text, project
        again = interleaved({"mine": lambda: generate(mine), "copier": lambda: copier(theirs)}, RUNS)
        contradiction = (mine / "Dockerfile").read_text().replace("EXPOSE", "EXPOSE 1")
        (mine / "Dockerfile").write_text(contradiction)
        later = new / "templates/dockerfile/python/Dockerfile.j2"
        later.write_text(later.read_text().replace("EXPOSE", "EXPOSE 2"))
        pipelinekit(new, "generate", cwd=mine, codes=(6,))
    return [
        _row(
            "B6",
            "generate, template and edit",
            "copier update",
            edited["mine"],
            edited["copier"],
            "user",
            1 / 3,
        ),
        _row(
            "B6", "generate, nothing changed", "copier update", again["mine"], again["copier"], "user", 1 / 5
        ),
    ]


def merges() -> list[Row]:
    """B7: two hundred merges, counted; copier does them in one project, since it starts slowly."""
    cases = [case for each in rounds() for case in each.cases]
    merge = MergeFile()
    mine = {each.seed: merge_text(each.path, each.base, each.theirs, each.new, merge)[0] for each in cases}
    with _scratch() as folder:
        theirs = scaffolds.copier_merges(folder, cases)
    rows = []
    for name, texts in (("pipelinekit", mine), ("copier update", theirs)):
        verdicts = [
            judge(case, texts[case.seed])
            if case.seed in texts
            else Verdict(("the file",), (), conflict=False)
            for case in cases
        ]
        bad = sum(bool(each.lost or each.doubled) for each in verdicts)
        conflicts = sum(each.conflict for each in verdicts)
        subject = f"{name}, {conflicts} with conflict markers"
        bound = 0.0 if texts is mine else 1.0
        rows.append(Row("B7", subject, f"{len(cases)} merges", "lost or doubled", bad, len(cases), bound))
    return rows


def fleet() -> list[Row]:
    """B8: a thousand applications; a template that all have changes; nothing changes."""
    with _scratch() as folder:
        old, new = (scaffolds.ours(folder / name) for name in ("old", "new"))
        changed = new / "templates" / CHANGED
        changed.write_text(changed.read_text() + "{{- /* Changed. */ -}}\n")
        fresh, source = folder / "fresh", folder / "src"
        _registered(folder, fresh)
        _copied(fresh, source)
        _generate_all(old, folder)
        pickled = folder / "floor.pickle"
        count = _pickle(source, pickled)
        floor = [sys.executable, "-m", "tests.benchmarks.floor", str(pickled), str(folder / "floor")]
        fresh_runs = prepared(
            {
                "floor": (
                    lambda: shutil.rmtree(folder / "floor", ignore_errors=True),
                    lambda: call(floor, folder, PYTHONPATH=str(scaffolds.ROOT)),
                ),
                "mine": (lambda: _copied(fresh, source), lambda: _generate_all(old, folder)),
            },
            FLEET_RUNS,
        )
        _same_files(folder / "floor", source)
        before = _times(source)
        change = prepared(
            {"mine": (lambda: _generate_all(old, folder), lambda: _generate_all(new, folder))}, FLEET_RUNS
        )
        touched = _touched(before, source)
        before = _times(source)
        nothing = interleaved({"mine": lambda: _generate_all(new, folder)}, RUNS)
        again = _touched(before, source)
    rows = []
    for figure in ("user", "wall"):
        base = fresh_runs["floor"]
        rows += [
            _row(
                "B8", f"{FLEET} applications, {count} files", "floor", fresh_runs["mine"], base, figure, 1.5
            ),
            _row("B8", "after one template changed", "floor", change["mine"], base, figure, 1 / 8),
            _row("B8", "nothing changed", "floor", nothing["mine"], base, figure, 1 / 10),
        ]
    # The changed file, the lock and the base of each application.
    return [
        *rows,
        Row(
            "B8",
            "after one template changed",
            f"{count} files",
            "files touched",
            touched,
            count,
            3 * FLEET / count,
        ),
        Row("B8", "nothing changed", f"{count} files", "files touched", again, count, 0.0),
    ]


# --- what they have in common ---------------------------------------------------------------------


def _row(
    name: str, subject: str, other: str, mine: list[Sample], theirs: list[Sample], figure: str, bound: float
) -> Row:
    told = f"{figure}, min (median {middle(mine, figure):.2f} / {middle(theirs, figure):.2f})"
    return Row(name, subject, other, told, least(mine, figure), least(theirs, figure), bound)


def _fresh(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _copied(source: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(source, to, symlinks=True)


def _registered(folder: Path, source: Path) -> None:
    """A platform and its applications' descriptors, in turns of six languages."""
    languages = ("python", "go", "node", "java-maven", "rust", "static")
    registrations = []
    for number in range(FLEET):
        name = f"app{number}"
        head = f"apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {{name: {name}, team: t}}\n"
        body = f"build: {{language: {languages[number % 6]}}}\nrun:\n  port: 8080\n  replicas: 1\n"
        scaffolds.lay(source / name, {"app.yaml": head + body})
        registrations.append(f"  - {{name: {name}, team: t, repository: 'https://git.example.com/{name}'}}\n")
    text = (
        "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\nimages: {registry: 'r:5000'}\n"
        "charts: {repository: 'oci://r:5000/charts'}\nclusters: [{name: one}]\n"
        "environments: [{name: dev, cluster: one, namespace: dev}]\n"
    )
    scaffolds.lay(folder, {"platform.yaml": f"{text}applications:\n{''.join(registrations)}"})


def _generate_all(home: Path, folder: Path) -> None:
    said = pipelinekit(home, "generate", "--all", "--platform", ".", "--checkouts", "src", cwd=folder)
    assert said.endswith((f"{FLEET} updated\n", f"{FLEET} current\n")), said[-200:]


def _pickle(source: Path, to: Path) -> int:
    """What the floor is given; how many files it is to write."""
    work, count = [], 0
    for folder in sorted(source.iterdir()):
        app = read_app((folder / "app.yaml").read_bytes())
        site = Site(library=__version__)
        plans = [(each.path, each.template, dict(each.inputs)) for each in plan_files(app, site)]
        memory = (".pipelinekit/lock.yaml", ".pipelinekit/base.tar.gz")
        work.append((folder.name, plans, {name: (folder / name).read_bytes() for name in memory}))
        count += len(plans) + len(memory)
    to.write_bytes(pickle.dumps(work))
    return count


def _same_files(one: Path, other: Path) -> None:
    """Make sure that the floor has written what we have."""
    for folder in sorted(one.iterdir())[:12]:
        for path in (each for each in folder.rglob("*") if each.is_file()):
            assert path.read_bytes() == (other / path.relative_to(one)).read_bytes(), path


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def _touched(before: dict[Path, int], folder: Path) -> int:
    return sum(before.get(path) != when for path, when in _times(folder).items())
