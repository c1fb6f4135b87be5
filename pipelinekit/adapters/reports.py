"""Test reports on disk, under `.pipelinekit/reports/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelinekit.adapters import files
from pipelinekit.model.testing import Failure, Totals
from pipelinekit.reading.junit import junit_of_cargo, junit_of_go, totals_of

FOLDER = "reports"
CONVERTED: dict[str, Callable[[str], bytes]] = {"go-test.json": junit_of_go, "cargo-test.txt": junit_of_cargo}
"""Reports of another form, and what makes JUnit of them."""


class ReportFolder:
    """The reports of the application in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def clear(self) -> Path:
        """The folder, without what an earlier run left in it."""
        folder = files.working_folder(self.root, FOLDER)
        for each in folder.iterdir():
            if each.is_file() and each.name != ".gitignore":
                files.remove(each)
        return folder

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        """What the reports say together, and their names; reports of another form become JUnit's first.

        A report that cannot be read counts as a failure: it is no proof that anything passed.
        """
        folder = files.working_folder(self.root, FOLDER)
        for name, convert in CONVERTED.items():
            path = folder / name
            if path.exists():
                text = files.read_bytes(path).decode(errors="replace")
                files.write_atomic(path.with_suffix(".xml"), convert(text))
        totals, names = Totals(), []
        for path in sorted(folder.glob("*.xml")):
            names.append(path.name)
            try:
                totals = totals.plus(totals_of(files.read_bytes(path)))
            except ValueError as error:
                totals = totals.plus(Totals(failures=(Failure(path.name, f"no JUnit report: {error}"),)))
        return totals, tuple(names)
