"""`make record`: docs/pictures/terminal.svg, what a terminal shows of the line.

The verbs run on the testbed, in a terminal of their own. What they print stands there as it came, but for the
names of this run (registry, kube context, team): the reader sees those of docs/tutorial.md.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tests.pages.checked import ROOT

TARGET = ROOT / "docs" / "pictures" / "terminal.svg"
COLUMNS = 112
TYPED = (
    "pipelinekit new-app orders --language python --team payments 2>new.log",
    "cd orders && git add . && git commit --quiet --message 'First version'",
    "pipelinekit run 2>../run.log",
    "pipelinekit status --env dev",
)
"""What is typed. Where a verb says what it is doing while it does it, that goes to a file: it is long."""


def main() -> int:
    """Run it and write the picture."""
    with _world() as (folder, env, names):
        said = recorded(folder, env, names)
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(drawn(said), encoding="utf-8")
    print(f"written  {TARGET.relative_to(ROOT)}")
    return 0


@contextmanager
def _world() -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """A folder on the testbed, the environment there, and what a reader sees for which name of this run."""
    # The testbed is no matter of who only wants a picture drawn.
    from tests.testbed import bed
    from tests.testbed.environment import environment
    from tests.testbed.layout import Layout

    layout = Layout.from_environment()
    bed.up(layout)
    testbed = environment(layout)
    registry, context, team = (
        testbed["PK_TESTBED_REGISTRY"],
        testbed["PK_TESTBED_CONTEXT"],
        f"t{uuid4().hex[:7]}",
    )
    with tempfile.TemporaryDirectory() as folder:
        who = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        env = {
            **os.environ,
            **testbed,
            **who,
            "PIPELINEKIT_REGISTRY": registry,
            "PIPELINEKIT_MIRROR": registry,
            "PIPELINEKIT_CONTEXT": context,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{testbed['PATH']}",
        }
        try:
            yield (
                Path(folder),
                env,
                {registry: "localhost:5000", f"context {context}": "context kind-dev", team: "payments"},
            )
        finally:
            words = ["kubectl", "delete", "namespace", f"{team}-dev", "--ignore-not-found", "--wait=false"]
            subprocess.run(words, env=env, check=True, timeout=60, stdout=subprocess.DEVNULL)


def recorded(folder: Path, env: Mapping[str, str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each command and what it showed, with the reader's names."""
    said: list[tuple[str, str]] = []
    for command in TYPED:
        own = command
        for ours, theirs in names.items():
            own = own.replace(theirs, ours)
        text = printed(own, folder, env)
        for ours, theirs in names.items():
            text = text.replace(ours, theirs)
        said.append((command, text))
        moved = re.match(r"cd (\S+)", command)
        folder = folder / moved[1] if moved else folder
    return said


def printed(command: str, folder: Path, env: Mapping[str, str]) -> str:
    """What a shell's command shows in a terminal. It has to succeed."""
    ours, its = pty.openpty()
    shown = {**env, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    argv = ["bash", "-e", "-c", command]
    with subprocess.Popen(argv, cwd=folder, env=shown, stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        said = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.returncode == 0, said.decode(errors="replace")
    return said.decode(errors="replace")


def _read(terminal: int) -> bytes:
    """The next bytes; none when nobody holds the other end any more, which Linux calls an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def drawn(said: Sequence[tuple[str, str]]) -> str:
    """The picture of commands and what they showed. Of a line drawn anew, its last state is there."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for command, text in said:
        console.print(Text.assemble(("$ ", "green"), (command, "bold")))
        if shown := text.replace("\r\n", "\n").replace("\033[K", "").rstrip("\n"):
            console.print(Text.from_ansi(shown))
    svg = console.export_svg(title="orders", unique_id="terminal")
    # A picture in a page loads no fonts, least of all from elsewhere; each piece of text says how wide it is.
    svg = re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "DejaVu Sans Mono")


if __name__ == "__main__":
    sys.exit(main())
