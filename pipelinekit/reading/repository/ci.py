"""The shell lines that a repository's CI runs, and the languages' versions that it runs them with."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping

from pipelinekit.model.repository.words import Word
from pipelinekit.reading.repository.document import Document, entries, text_of, yaml_of

_OTHERS = re.compile(
    r"^(?:\.gitlab-ci\.ya?ml|\.circleci/config\.ya?ml|\.travis\.ya?ml|azure-pipelines\.ya?ml"
    r"|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml)$"
)
_ACTIONS = re.compile(r"^\.github/workflows/[^/]+\.ya?ml$")
_LINES = frozenset(("run", "script", "bash", "commands", "command", "before_script", "test"))
_SETUPS = {
    "actions/setup-python": ("python", "python-version"),
    "actions/setup-node": ("node", "node-version"),
    "actions/setup-go": ("go", "go-version"),
    "actions/setup-java": ("java", "java-version"),
    "actions/setup-dotnet": ("dotnet", "dotnet-version"),
    "ruby/setup-ruby": ("ruby", "ruby-version"),
    "shivammathur/setup-php": ("php", "php-version"),
}
_NAME = r"[A-Za-z][A-Za-z0-9_.-]{0,99}"
_BUILDS = re.compile(r"\b(?:docker|podman|nerdctl|buildah|kaniko/executor|buildx)\b")
_TARGET = re.compile(rf"(?<!\S)--target(?:=|\s+)[\"']?({_NAME})(?![\w.$\{{-])")
_FILE = re.compile(r"(?<!\S)(?:-f|--file|--dockerfile)(?:=|\s+)[\"']?([^\s\"']+)")
_CONTEXT = re.compile(r"(?<!\S)--context(?:=|\s+)[\"']?([^\s\"']+)")
_TOP = re.compile(r"^(?:dir://)?(?:(?:\$\{?\w+\}?|\$\(pwd\))(?:/|$))?")
_SWITCHES = frozenset(
    (
        "--push",
        "--load",
        "--no-cache",
        "--pull",
        "--quiet",
        "-q",
        "--rm",
        "--force-rm",
        "--squash",
        "--compress",
    )
)
"""Options of a build behind which no value stands."""
DEEPEST = 12


def read(texts: Mapping[str, str]) -> Iterator[Word]:
    """A `test` for each shell line, in the order of the files; which of them tests, the language knows."""
    files = [each for each in texts if _ACTIONS.match(each) or _OTHERS.match(each)]
    # A workflow that says so in its name is asked before one that releases or lints.
    for file in sorted(files, key=lambda each: (not re.search(r"test|ci|build|main", each), each)):
        said = yaml_of(texts[file], file)
        yield from _within(said, (), "")


def _within(said: Document, path: tuple[str | int, ...], folder: str) -> Iterator[Word]:
    here = said.at(*path) if path else said.data
    if len(path) > DEEPEST:
        return
    if isinstance(here, list):
        for number, _ in enumerate(here):
            yield from _within(said, (*path, number), folder)
        return
    if isinstance(here, dict):
        folder = text_of(here.get("working-directory") or here.get("workingDirectory")) or folder
        yield from _setup(said, path)
        yield from _built(said, path)
        yield from _services(said, (*path, "services"))
    for key, value, where in entries(here, path):
        if key in _LINES:
            yield from _lines(said, where, value, folder)
        if isinstance(value, dict | list):
            yield from _within(said, where, folder)


def _lines(said: Document, where: tuple[str | int, ...], value: object, folder: str) -> Iterator[Word]:
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _lines(said, (*where, number), each, folder)
        return
    whole = re.sub(r"(?<![ \t])[ \t]*\\\n\s*", " ", text_of(value))
    for each in re.split(r"\n|&&|;", whole):
        line = each.strip()
        moved = re.match(r"(?:cd|pushd)\s+(\S+)$", line)
        folder = moved[1] if moved else folder
        if line and not moved and not line.startswith("#"):
            yield Word(what="test", value=line, name=folder, place=said.line(*where))
            yield from _stage(line, folder, said.line(*where))


def _stage(line: str, folder: str, place: str) -> Iterator[Word]:
    """The stage of the Dockerfile at the top that a line builds."""
    named = _TARGET.search(line) if _BUILDS.search(line) else None
    file = _FILE.search(line)
    if named is None or folder or (file and posixpath.normpath(file[1]) != "Dockerfile"):
        return
    # Docker looks for a file that is named where the line runs, Kaniko in the context as for any other.
    if (file and not _CONTEXT.search(line)) or _is_top(_context(line)):
        yield Word(what="target", value=named[1], place=place)


def _context(line: str) -> str:
    """What a line builds from, as it says it; empty where it does not."""
    if named := _CONTEXT.search(line):
        return named[1]
    said = re.split(r"\s[|>#]", line, maxsplit=1)[0]
    try:
        words = shlex.split(said)
    except ValueError:
        words = said.split()
    words = words[words.index("build") + 1 :] if "build" in words else []
    valued = False
    for each in words:
        if valued:
            valued = False
        elif each.startswith("-") and each != "-":
            valued = "=" not in each and each not in _SWITCHES
        else:
            return each
    return ""


def _is_top(context: str) -> bool:
    """Whether the Dockerfile of a context is the one at the top; what nobody can tell is taken for it."""
    below = _TOP.sub("", context)
    return not re.fullmatch(r"[\w.-][\w./-]*", below) or posixpath.normpath(below) == "."


def _built(said: Document, path: tuple[str | int, ...]) -> Iterator[Word]:
    """The same of the action that builds images."""
    if said.text(*path, "uses").partition("@")[0] != "docker/build-push-action":
        return
    target = said.text(*path, "with", "target")
    folder = posixpath.normpath(said.text(*path, "with", "context") or ".")
    file = posixpath.normpath(said.text(*path, "with", "file") or "Dockerfile")
    if re.fullmatch(_NAME, target) and folder == "." and file == "Dockerfile":
        yield Word(what="target", value=target, place=said.line(*path, "with", "target"))


def _services(said: Document, path: tuple[str | int, ...]) -> Iterator[Word]:
    """Databases and the like that run beside a job."""
    here = said.at(*path)
    listed = here if isinstance(here, list) else [name for name, _, _ in entries(here)]
    for each in listed:
        name = text_of(each.get("name") if isinstance(each, dict) else each)
        if name and name != "docker":
            yield Word(what="service", value=name[:60], place=said.line(*path))


def _setup(said: Document, path: tuple[str | int, ...]) -> Iterator[Word]:
    action = said.text(*path, "uses").partition("@")[0]
    if action in _SETUPS:
        language, key = _SETUPS[action]
        version = said.text(*path, "with", key)
        if re.fullmatch(r"v?\d+(\.\d+){0,2}(\.x)?", version):
            yield Word(what="version", name=language, value=version, place=said.line(*path, "with", key))
