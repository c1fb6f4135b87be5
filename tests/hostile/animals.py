"""Animals: each makes a sound application's folder into one that no reader may believe."""

from __future__ import annotations

import gzip
import io
import os
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path

APP, DOCKERFILE, IGNORE = "app.yaml", "Dockerfile", ".dockerignore"
LOCK, BASE = ".pipelinekit/lock.yaml", ".pipelinekit/base.tar.gz"
REPORT = ".pipelinekit/reports/junit.xml"
GIB = 1 << 30


def put(path: str, content: str | bytes) -> Callable[[Path], None]:
    """A file with that content in the place of another."""

    def make(folder: Path) -> None:
        clear(folder / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return make


def add(path: str, content: str) -> Callable[[Path], None]:
    """A file with more at its end."""

    def make(folder: Path) -> None:
        with (folder / path).open("a") as stream:
            stream.write(content)

    return make


def link(path: str, to: str) -> Callable[[Path], None]:
    """A link in the place of a file."""

    def make(folder: Path) -> None:
        clear(folder / path).symlink_to(to)

    return make


def pipe(path: str) -> Callable[[Path], None]:
    """A pipe that nobody writes to in the place of a file."""

    def make(folder: Path) -> None:
        os.mkfifo(clear(folder / path))

    return make


def sparse(path: str, size: int = 10 * GIB) -> Callable[[Path], None]:
    """A file of that many bytes, none of which is on the disk."""

    def make(folder: Path) -> None:
        with clear(folder / path).open("wb") as stream:
            stream.truncate(size)

    return make


def clear(path: Path) -> Path:
    """The path, with nothing at it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def socket_at(folder: Path) -> None:
    """A socket in the place of app.yaml; its name must be short, so it is made from inside."""
    before = Path.cwd()
    clear(folder / APP)
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(APP)
    finally:
        os.chdir(before)


def folder_at(folder: Path) -> None:
    """A folder in the place of app.yaml."""
    clear(folder / APP).mkdir()


def gzip_bomb(folder: Path) -> None:
    """A base archive of 10 MB that unpacks to 10 GiB."""
    with gzip.open(clear(folder / BASE), "wb", compresslevel=9) as stream:
        for _ in range(2 * 1024):
            stream.write(bytes(1024 * 1024))


def tar_bomb(folder: Path) -> None:
    """A base archive with more files than anybody generates."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for number in range(50_000):
            archive.addfile(tarfile.TarInfo(f"charts/{number}"))
    put(BASE, packed.getvalue())(folder)


def base_with(name: str) -> Callable[[Path], None]:
    """A base archive and a lock that agree about a file of that name."""

    def make(folder: Path) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            info = tarfile.TarInfo(name)
            info.size = 2
            archive.addfile(info, io.BytesIO(b"x\n"))
        put(BASE, packed.getvalue())(folder)
        quoted = name.encode("unicode_escape").decode().replace('"', '\\"')
        digest = "sha256:73cb3858a687a8494ca3323053016282f3dad39d42cf62ca4e79dda2aac7d9ac"
        lock = (folder / LOCK).read_text().partition("\nfiles:\n")[0]
        # Of other inputs: what it remembers has to be looked at.
        lock = lock.replace('inputs: "', 'inputs: "x')
        put(LOCK, f'{lock}\nfiles:\n  "{quoted}": "{digest}"\n')(folder)

    return make


def empty_lines(folder: Path) -> None:
    """Sources of several languages in which there is nothing but lines."""
    for each in (
        "Gemfile",
        "app.rb",
        "lib/a.rb",
        "app.py",
        "src/a.py",
        "src/main/java/A.java",
        ".env.example",
    ):
        put(each, "\n" * 60_000)(folder)


def deep_folders(folder: Path) -> None:
    """Folders inside each other until the system takes no more names."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


def odd_names(folder: Path) -> None:
    """Names with a line end, with what a terminal obeys, and with bytes that are no text."""
    for name in (b"a\nerror: b", b"a\x1b[31m\x1b]0;x\x07", b"a\xff\xfe", "a\u202eb".encode()):
        (folder / os.fsdecode(name)).write_text("x")


def circle(folder: Path) -> None:
    """Links that lead to each other, where files are looked for and where they are not."""
    link(DOCKERFILE, "one")(folder)
    link("one", DOCKERFILE)(folder)
    link("two", ".")(folder)


ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(9)
)
ENTITIES = "<!DOCTYPE x [<!ENTITY e0 'xxxxxxxxxx'>" + "".join(
    f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(9)
)
MANY = "<testcase name='x'><failure message='y'/></testcase>"

DESCRIPTORS: dict[str, Callable[[Path], None]] = {
    "app.yaml is endless": link(APP, "/dev/zero"),
    "app.yaml is a terminal": link(APP, "/dev/tty"),
    "app.yaml is a pipe": pipe(APP),
    "app.yaml leads to a pipe": lambda folder: (pipe("pipe")(folder), link(APP, "pipe")(folder))[0],
    "app.yaml is a socket": socket_at,
    "app.yaml is a folder": folder_at,
    "app.yaml has 10 GiB": sparse(APP),
    "app.yaml links to itself": link(APP, APP),
    "app.yaml is deep": add(APP, "x: " + "[" * 500_000),
    "app.yaml is deep in blocks": add(APP, "x:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 900))),
    "app.yaml has many aliases": add(APP, ALIASES),
    "app.yaml has 100,000 keys": add(APP, "".join(f"k{n}: x\n" for n in range(100_000))),
    "app.yaml has 15,000 keys": add(APP, "".join(f"met{n}: x\n" for n in range(15_000))),
    "app.yaml has 400,000 values": add(APP, "x: [" + "a," * 400_000 + "]\n"),
    "app.yaml has a long key": add(APP, "k" * 300_000 + ": x\n"),
    "app.yaml has one long line": add(APP, "x: " + "é" * 900_000 + "\n"),
    "app.yaml tells a terminal": add(APP, 'x: "\\e[2J\\e]0;owned\\a"\n"\\e[31mred\\nerror: y": 1\n'),
}
"""What the descriptor is, for every verb that reads it."""

GENERATED: dict[str, Callable[[Path], None]] = {
    "a gzip bomb as base": gzip_bomb,
    "a tar bomb as base": tar_bomb,
    "the base is endless": link(BASE, "/dev/zero"),
    "the base is a pipe": pipe(BASE),
    "the base has 10 GiB": sparse(BASE),
    "a NUL in the base": base_with("charts/a\0b"),
    "a line end in the base": base_with("charts/a\nerror: b"),
    "an escape in the base": base_with("charts/\x1b[31mred"),
    "a long name in the base": base_with("charts/" + "a/" * 3_000 + "b"),
    "the lock is endless": link(LOCK, "/dev/zero"),
    "the lock is a pipe": pipe(LOCK),
    "the lock has many aliases": put(LOCK, ALIASES),
    "Jenkinsfile is a pipe": pipe("Jenkinsfile"),
    "Jenkinsfile is endless": link("Jenkinsfile", "/dev/zero"),
    "Jenkinsfile has 10 GiB": sparse("Jenkinsfile"),
    "values.yaml has many aliases": put("charts/orders/values.yaml", ALIASES),
    "values.yaml is deep": put("charts/orders/values.yaml", "a: " + "[" * 5_000),
    "values.yaml is full of markers": put("charts/orders/values.yaml", "<<<<<<< a\n=======\n" * 20_000),
    "links in circles": circle,
    "odd names": odd_names,
}
"""What is beside it, for whatever generates."""

BUILT: dict[str, Callable[[Path], None]] = {
    "Dockerfile is a pipe": pipe(DOCKERFILE),
    "Dockerfile is endless": link(DOCKERFILE, "/dev/zero"),
    "Dockerfile has 10 GiB": sparse(DOCKERFILE),
    "ARGs that double": put(
        DOCKERFILE, "ARG A0=xx\n" + "".join(f"ARG A{n + 1}=$A{n}$A{n}\n" for n in range(40)) + "FROM $A40\n"
    ),
    "heredocs without end": put(DOCKERFILE, "FROM scratch\n" + "RUN <<A <<B\n" * 1_500 + "\n" * 500_000),
    "quotes without end": put(DOCKERFILE, "FROM scratch\nRUN " + "\"'\\" * 200_000),
    "defaults in defaults": put(DOCKERFILE, "FROM " + "${A:-" * 100_000),
    ".dockerignore is a pipe": pipe(IGNORE),
    ".dockerignore is endless": link(IGNORE, "/dev/zero"),
    ".dockerignore of a million lines": put(IGNORE, "*/a\n" * 1_000_000),
    ".dockerignore of 200,000 lines": put(IGNORE, "*a\n" * 200_000),
    "patterns that explode": lambda folder: (
        put(IGNORE, "a*a*a*a*a*a*a*a*b\n**a**a**a**a**b\n")(folder),
        put("a" * 250, "x")(folder),
        put("/".join(["a" * 200] * 10), "x")(folder),
    )[0],
    "folders without end": deep_folders,
    "links in circles": circle,
    "odd names": odd_names,
    "a pipe in the context": pipe("src/pipe"),
    "a link to a device in the context": link("src/zero", "/dev/zero"),
}
"""What an image is made from."""

REPORTS: dict[str, Callable[[Path], None]] = {
    "a report of entities": put(REPORT, f"{ENTITIES}]><testsuite><testcase name='&e9;'/></testsuite>"),
    "a huge report": put(REPORT, f"<testsuite>{MANY * 600_000}</testsuite>"),
    "a report of 10 GiB": sparse(REPORT),
    "a deep report": put(REPORT, "<a>" * 1_000_000),
    "a long attribute": put(REPORT, f"<testcase name='{'x' * 20_000_000}'><failure/></testcase>"),
    "a report is a pipe": pipe(REPORT),
    "a report is endless": link(REPORT, "/dev/zero"),
    "many packages": put(
        ".pipelinekit/reports/go-test.json",
        "".join(f'{{"Action":"fail","Package":"p{n}","Test":"t"}}\n' for n in range(100_000)),
    ),
    "a report tells a terminal": put(
        REPORT,
        "<testsuite><testcase name='a&#x9b;31m&#x202e;b'><failure>c&#x85;d</failure></testcase></testsuite>",
    ),
}
"""What tests leave behind."""

SIGNS: dict[str, Callable[[Path], None]] = {
    "package.json is a pipe": pipe("package.json"),
    "package.json is endless": link("package.json", "/dev/zero"),
    "package.json is deep": put("package.json", "[" * 60_000),
    "package.json is a list": put("package.json", "[1]"),
    "package.json has other kinds": put(
        "package.json", '{"engines": "x", "dependencies": [], "scripts": 1, "main": {"a": 1}}'
    ),
    "a long word": put("app.py", "a" * 60_000),
    "digits without end": put(".python-version", "1" * 60_000),
    "spaces without end": put("src/main/resources/application.yml", "server:" + "\n" * 60_000),
    "lines without end": put("Cargo.toml", "\n" * 60_000),
    "sources of empty lines": empty_lines,
    "a Flask in every line": lambda folder: (
        put("Procfile", "web: python app.py\n")(folder),
        put("app.py", "Flask 3000 EMAIL_" * 3_500)(folder),
    )[0],
    "comments without end": put("app.json", "/* " * 20_000),
    "a work file of blanks": put("go.work", "\t" * 60_000 + "x"),
    "a step of blanks": put(".github/workflows/ci.yml", "run: |\n  a" + " " * 60_000 + "b\n"),
    "names with a line end": put("a\nerror: b.py", "x"),
    "folders without end": deep_folders,
    "links in circles": circle,
}
"""What is looked at in a repository that is taken in."""
