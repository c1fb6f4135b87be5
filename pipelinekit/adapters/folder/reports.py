"""Test reports on disk, under `.pipelinekit/reports/`."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from pipelinekit.adapters.disk import archives, files, regular
from pipelinekit.errors import failed
from pipelinekit.model.testing import Failure, Totals
from pipelinekit.model.tree import is_gits
from pipelinekit.reading.gotest import junit_of_go
from pipelinekit.reading.junit import junit_of_cargo, junit_of_unittest, totals_of

FOLDER = "reports"
CONVERTED: dict[str, Callable[[str], bytes]] = {
    "go-test.json": junit_of_go,
    "cargo-test.txt": junit_of_cargo,
    "unittest.txt": junit_of_unittest,
}
"""Reports of another form, and what makes JUnit of them."""

MAX_REPORTS = 128 * 1024 * 1024
"""Bytes of reports that are taken out of a test container."""
MAX_REPORT = 32 * 1024 * 1024
"""Bytes of one report that is read."""


class ReportFolder:
    """The reports of the application in `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def clear(self) -> Path:
        """The folder, without what an earlier run left in it."""
        folder = files.working_folder(self.root, FOLDER)
        for each in folder.iterdir():
            if (each.is_symlink() or each.is_file()) and each.name != ".gitignore":
                files.remove(each)
        return folder

    def collect(self) -> tuple[Totals, tuple[str, ...]]:
        """What the reports say together, and their names; reports of another form become JUnit's first.

        A report that cannot be read counts as a failure: it is no proof that anything passed.
        """
        folder = files.working_folder(self.root, FOLDER)
        for name, convert in CONVERTED.items():
            path = folder / name
            if path.exists() and not path.is_symlink():
                text = files.read_bytes(path, MAX_REPORT).decode(errors="replace")
                files.write_atomic(path.with_suffix(".xml"), convert(text))
        totals, names = Totals(), []
        for path in sorted(each for each in folder.glob("*.xml") if not each.is_symlink()):
            names.append(path.name)
            try:
                totals = totals.plus(totals_of(regular.read(path, MAX_REPORT)))
            except OSError as error:
                totals = totals.plus(Totals(failures=(Failure(path.name, str(error.strerror)),)))
            except ValueError as error:
                totals = totals.plus(Totals(failures=(Failure(path.name, f"no JUnit report: {error}"),)))
        return totals, tuple(names)


def unpack_reports(data: bytes, reports: Path) -> None:
    """Regular files only, by their base names: an archive from a container is not to be trusted.

    Raises `ToolFailed` for what is no archive.
    """
    try:
        _unpack(data, reports)
    except archives.UNREADABLE as error:
        problem = f"what the engine copied out of /reports is no archive: {archives.reason(error)}"
        raise failed(
            "reports-unreadable", problem, hint="run it again; is the engine's disk full?"
        ) from error


def _unpack(data: bytes, reports: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        total = 0
        for member in archive:
            name = PurePosixPath(member.name).name
            total += member.size
            if total > MAX_REPORTS:
                raise failed("reports-too-large", f"/reports holds more than {MAX_REPORTS >> 20} MiB")
            stream = archive.extractfile(member) if member.isfile() else None
            if stream and name not in {"", ".", "..", ".gitignore"} and not is_gits(name):
                files.write_atomic(reports / name, stream.read())


def copy_reports(source: Path, reports: Path) -> None:
    """The same for a folder, as an engine without a daemon has it."""
    total = 0
    for path in sorted(source.rglob("*")) if source.is_dir() and not source.is_symlink() else ():
        if path.is_symlink() or not path.is_file() or path.name == ".gitignore" or is_gits(path.name):
            continue
        total += path.stat().st_size
        if total > MAX_REPORTS:
            raise failed("reports-too-large", f"/reports holds more than {MAX_REPORTS >> 20} MiB")
        files.write_atomic(reports / path.name, files.read_bytes(path, MAX_REPORTS))
