"""What is said to a person who types a line: run as the command does, in a folder of its own."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

from pipelinekit.cli import main

_OURS = ("PIPELINEKIT_", "PK_", "DRAFT_")


def told(words: list[str], files: Mapping[str, str]) -> tuple[int, str]:
    """The exit code of a command line in a folder with those files, and all that it says to a person."""
    out = io.StringIO()
    with _folder(files), contextlib.redirect_stderr(out), contextlib.redirect_stdout(io.StringIO()):
        try:
            main.run(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return code, out.getvalue()


@contextlib.contextmanager
def _folder(files: Mapping[str, str]) -> Iterator[None]:
    clean = {name: text for name, text in os.environ.items() if not name.startswith(_OURS)}
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, clean, clear=True):
        # Nobody's own settings, and no cluster, decide what is said here.
        os.environ.update(KUBECONFIG=f"{folder}/kubeconfig", DOCKER_CONFIG=f"{folder}/.docker")
        here = Path(folder, "orders")
        here.mkdir()
        for name, text in files.items():
            (here / name).write_text(text)
        at_home = mock.patch.object(Path, "home", return_value=Path(folder))
        with contextlib.chdir(here), at_home, mock.patch("sys.stdin", io.StringIO()):
            yield
