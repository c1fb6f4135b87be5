"""The shell lines that a repository's CI runs, and the languages' versions that it runs them with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelinekit.model.words import Word
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
    whole = re.sub(r"[ \t]*\\\n\s*", " ", text_of(value))
    for each in re.split(r"\n|&&|;", whole):
        line = each.strip()
        moved = re.match(r"(?:cd|pushd)\s+(\S+)$", line)
        folder = moved[1] if moved else folder
        if line and not moved and not line.startswith("#"):
            yield Word(what="test", value=line, name=folder, place=said.line(*where))


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
