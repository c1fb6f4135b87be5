"""Archives that are damaged, or made to be odd: a value, or an error of ours, from each that reads one."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.adapters.cluster.charts.components import ComponentHelm
from pipelinekit.adapters.cluster.charts.helm import Helm
from pipelinekit.adapters.folder import carried
from pipelinekit.adapters.folder.reports import unpack_reports
from pipelinekit.adapters.folder.workspace import BASE, Workspace, pack
from pipelinekit.errors import PipelinekitError
from pipelinekit.model.tree import File
from tests.hostile import spoiled

TEXTS = {"orders/Chart.yaml": "name: orders\n", "orders/templates/a.yaml": "kind: X\n", "é" * 80: "long\n"}
SOUND = gzip.decompress(pack({name: File(text) for name, text in TEXTS.items()}))


def _linking(kind: bytes, name: str, to: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def _tar(*members: tarfile.TarInfo, size: int = 0) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for each in members:
            tar.addfile(each)
    if not size:
        return stream.getvalue()
    large = tarfile.TarInfo("orders/templates/large")
    large.size = size
    return large.tobuf(tarfile.GNU_FORMAT) + stream.getvalue()


CHART = "orders/Chart.yaml"
ODD = {
    "a link to nowhere": _tar(_linking(tarfile.LNKTYPE, CHART, "gone")),
    "a symbolic link to nowhere": _tar(_linking(tarfile.SYMTYPE, CHART, "gone")),
    "a link to itself": _tar(_linking(tarfile.LNKTYPE, CHART, CHART)),
    "a symbolic link to itself": _tar(_linking(tarfile.SYMTYPE, CHART, "Chart.yaml")),
    "more bytes than any disk has": _tar(size=2**80),
    "more bytes than it has": _tar(size=2**40),
    "no bytes": b"",
    "no archive": b"x" * 2000,
}


def _base(content: bytes, folder: Path) -> None:
    path = folder / BASE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    Workspace(folder).read_base()


def _chart(read: Callable[[Helm, Path], object]) -> Callable[[bytes, Path], None]:
    def reader(content: bytes, folder: Path) -> None:
        path = folder / "orders-1.tgz"
        path.write_bytes(content)
        read(Helm({}), path)

    return reader


READERS: dict[str, Callable[[bytes, Path], object]] = {
    "what was generated last": _base,
    "what was handed over": lambda content, folder: carried.unpack(content, folder / "to"),
    "reports": lambda content, folder: unpack_reports(content, folder / "reports"),
    "a chart's texts": _chart(lambda helm, path: helm.texts(path, ["Chart.yaml", "templates/a.yaml"])),
    "a chart's definitions": _chart(lambda _, path: ComponentHelm({})._left_out(path, path.parent)),
    "a chart's digests": _chart(lambda helm, path: helm.digests(path)),
}


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=spoiled.damaged(SOUND), packed=st.booleans(), data=st.data())
def test_a_damaged_archive_is_read_or_refused(
    reader: str, content: bytes, packed: bool, data: st.DataObject, tmp_path: Path
) -> None:
    if packed:
        content = data.draw(spoiled.damaged(gzip.compress(SOUND, mtime=0)))
    with contextlib.suppress(PipelinekitError):
        READERS[reader](content, tmp_path)


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("reader", READERS)
def test_an_odd_archive_is_read_or_refused(reader: str, odd: str, packed: bool, tmp_path: Path) -> None:
    with contextlib.suppress(PipelinekitError):
        READERS[reader](gzip.compress(ODD[odd]) if packed else ODD[odd], tmp_path)
