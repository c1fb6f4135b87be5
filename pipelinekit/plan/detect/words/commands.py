"""Which processes run, and with which command lines."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit import names
from pipelinekit.model.app import WEB
from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.python.program import listening
from pipelinekit.plan.detect.python.project import INSTALL
from pipelinekit.plan.detect.signs import JOBS, MIGRATES, UNSERVED, Choice, Detected, Texts
from pipelinekit.plan.detect.words.kinds import of

_FROM_SOURCE = frozenset(("python", "node", "ruby"))
"""Languages whose image has the source where it was, so that a line means the same there."""
_SHELL = re.compile(r"[$&|;<>`*?(){}~#]|^[^\S\n]*\w+=")
_AT_WORKPLACES = re.compile(
    r"--reload\b|--debug\b|\b(?:runserver|nodemon|debugpy|watchmedo|ts-node-dev|bootRun)\b|\btsx watch\b"
    r"|\b(?:npm|yarn|pnpm|bun)(?: run)? (?:dev|develop|watch|start:dev)\b|\bflask\b.* run\b|\bng serve\b"
    r"|\b(?:next|nuxt|astro) dev\b|\bvite(?:\s|$)|^air\b|\bgo run\b|\bcargo (?:watch|run)\b|\bmvn\b.*\brun\b"
    r"|\bdotnet (?:watch|run)\b"
)
_STARTED = re.compile(r"^(?:npm|yarn|pnpm|bun)(?: run)? start(?::prod|:production)?$")
_PAGES = re.compile(r"heroku-php-(?:apache2|nginx)(?:\s+-\S+\s+\S+)*(?:\s+([\w./-]+))?\s*$")
_PORT = re.compile(r"(?:--bind|-b|--port|-p|--listen|-l)[ =]?\S*?(?<![\d.])(\d{2,5})\b(?!\.)")
_FLASKS_OWN = (re.compile(r"\bFlask\b"), re.compile(r"\bapp\.run\("))
_VARIABLE = re.compile(r"\$\{?PORT\b")
_VARIABLE_READ = re.compile(r"\bPORT\b")
_GIVEN = re.compile(r"\b(?:gunicorn|puma)\b")
"""Servers that listen where the variable PORT says, unless a word or a file of theirs says otherwise."""
_ELSEWHERE = re.compile(r"\s(?:-[bp]|--(?:bind|port)\b)")
_BY_FILE = re.compile(r"\s(?:-[cC]|--config)[ =]?(\S+)")
_BIND = re.compile(r"^bind\s*=\s*\[?[\"'](?P<host>[\w.]*):(?P<port>\d{2,5})[\"']", re.MULTILINE)
_THEIR_FILES = ("gunicorn.conf.py", "config/puma.rb")
_MIGRATES = re.compile(r"migrat|upgrade")
_OURS = re.compile(r",? on port \d+(?=$|, by )")


def command_of(line: str) -> tuple[str, ...]:
    """A shell line as a program and its arguments; by way of a shell where it needs one."""
    try:
        words = tuple(shlex.split(line))
    except ValueError:
        words = ()
    return words if words and not _SHELL.search(line) else ("sh", "-c", line)


def program(choices: Sequence[Choice], words: Sequence[Word]) -> str:
    """The one of several programs that the process web starts; empty where that is not said, or where other
    processes start others of them."""
    started: dict[str, Choice] = {}
    for word in of(words, "command"):
        first = posixpath.basename(word.value.split()[0])
        fitting = [each for each in choices if each.name == first]
        if len(fitting) == 1 and not word.weak:
            started.setdefault(word.name, fitting[0])
    web = started.get(WEB)
    return (web.main or web.package) if web and set(started.values()) == {web} else ""


def run(found: Detected, words: Sequence[Word], texts: Texts) -> Detected:
    """The same with the processes that the repository names."""
    lines: dict[str, Word] = {}
    for each in of(words, "command"):
        first = lines.setdefault(each.name, each)
        if first.value != each.value and not each.weak:
            found = found.because(f"{each.place}: {_short(each)}; {first.place} comes before it")
    web = lines.pop(WEB, None)
    if web:
        found = _web(found, web, texts)
    # Where nothing serves, one of them is the program: its own guess would run beside it a second time.
    main = None if web or found.server else next((each for each in lines.values() if not each.weak), None)
    for each in lines.values():
        found = _beside(found, each, main=each is main)
    for each in of(words, "before")[:1]:
        found = _before(found, each)
    return found


def _short(word: Word) -> str:
    return word.value[:80]


def _web(found: Detected, word: Word, texts: Texts) -> Detected:
    if found.keeps_dockerfile or found.language == "dockerfile":
        why = f"{word.place}: {_short(word)}; the Dockerfile's own command stays"
        # Compose runs the very image, and says there what to run instead of its own command.
        if word.weak or "compose" not in word.place or _AT_WORKPLACES.search(word.value):
            return found.because(why)
        return found.doubting(f"{why}: run.command says another one")
    pages = _PAGES.search(word.value) if found.language == "php" else None
    if pages:
        folder = posixpath.normpath(pages[1] or ".")
        return replace(found, package=folder).because(f"{word.place}: pages in {folder}")
    if found.language in {"php", "static"} or found.is_site:
        return found.because(f"{word.place}: {_short(word)}; here a web server has the pages")
    if word.weak or _AT_WORKPLACES.search(word.value):
        why = f"{word.place}: {_short(word)} is for a workplace"
        return found.because(why) if found.command or found.package else found.doubting(why)
    if found.language in _FROM_SOURCE:
        return _taken(found, word, texts)
    arguments = " ".join(word.value.split()[1:])
    if found.language in {"go", "rust"} and arguments:
        return found.doubting(f"{word.place} starts it with {arguments[:80]}: say that in run.command")
    return found.because(f"{word.place}: {_short(word)}; the program that is built here")


def _taken(found: Detected, word: Word, texts: Texts) -> Detected:
    if found.language == "node" and _STARTED.match(word.value) and (found.command or found.package):
        return found.because(f"{word.place}: {word.value}")
    command = command_of(word.value)
    if command == found.command:
        return found.because(f"{word.place}: {_short(word)}")
    found = _without_ours(found, word.value)
    before = found
    # The port that a command of ours would have had is nobody's word.
    evidence = tuple(_OURS.sub("", each) for each in found.evidence)
    found = replace(found, command=command, server=True, doubts=_settled(found.doubts), evidence=evidence)
    found = found.because(f"{word.place}: {_short(word)}")
    said = _PORT.search(word.value)
    if said and 0 < int(said[1]) < 65536:
        taken = bool(_VARIABLE.search(said[0]))
        return replace(found, port=int(said[1]), asks_port=False, their_command=True, takes_port=taken)
    found = replace(found, their_command=True, takes_port=_takes_port(word.value, texts))
    if re.search(r"\b(?:uvicorn|hypercorn|daphne)\b", word.value) and "0.0.0.0" not in word.value:  # noqa: S104
        found = found.doubting(f"{word.place} names no --host: in a pod nobody reaches localhost")
    puma = re.search(r"^[^\S\n]*port\s+(\d{2,5})\s*$", texts.get("config/puma.rb", ""), re.MULTILINE)
    if puma and "puma" in word.value:
        return replace(found, port=int(puma[1]), asks_port=False).because(f"config/puma.rb: port {puma[1]}")
    bound = _bound(word.value, texts)
    if bound:
        found = replace(found, port=int(bound["port"]), asks_port=False)
        local = bound["host"] in {"localhost", "127.0.0.1"}
        found = found.doubting(f"{bound[0]}: in a pod nobody reaches localhost" if local else "")
        return found.because(f"{bound[0]}: where it listens")
    if _VARIABLE.search(word.value) or _GIVEN.search(word.value):
        return replace(found, port=before.port or 8080, asks_port=False)
    return _by_source(found, before, texts)


def _bound(line: str, texts: Texts) -> re.Match[str] | None:
    """Where gunicorn's configuration says that it listens, in a number."""
    if "gunicorn" not in line or _ELSEWHERE.search(line):
        return None
    named = _BY_FILE.search(line)
    return _BIND.search(texts.get(named[1] if named else _THEIR_FILES[0], ""))


def _takes_port(line: str, texts: Texts) -> bool:
    if _VARIABLE.search(line):
        return True
    if not _GIVEN.search(line) or _ELSEWHERE.search(line):
        return False
    named = _BY_FILE.search(line)
    if named:
        return _VARIABLE_READ.search(texts.get(named[1], "")) is not None
    return all(_VARIABLE_READ.search(texts[path]) for path in _THEIR_FILES if path in texts)


def _settled(doubts: tuple[str, ...]) -> tuple[str, ...]:
    """Without those that a command answers."""
    return tuple(each for each in doubts if "say what runs" not in each and "what serves it" not in each)


def _without_ours(found: Detected, line: str) -> Detected:
    """Without the server that was added for a command of ours."""
    added = [
        each
        for each in found.commands or ()
        if each.startswith(f"{INSTALL} ") and each.rpartition(" ")[2] not in {".", *line.split()}
    ]
    if found.language != "python" or not added:
        return found
    kept = tuple(each for each in found.commands or () if each not in added)
    evidence = tuple(each for each in found.evidence if "added, for no file names a server" not in each)
    return replace(found, commands=kept or None, evidence=evidence)


def _by_source(found: Detected, before: Detected, texts: Texts) -> Detected:
    """Where a program listens that is started without a word of it: only its own source knows."""
    if found.language != "python":
        return found if found.port else replace(found, asks_port=True)
    paths = [each for each in found.command if each.endswith(".py") and each in texts]
    port, given = listening(texts, paths)
    text = "\n".join(texts[each] for each in paths)
    if all(each.search(text) for each in _FLASKS_OWN) and not re.search(r"\bhost\s*=", text):
        found = found.doubting(f"{paths[0]}: Flask's own server listens on localhost unless it gets a host")
    if port:
        return replace(found, port=port).because(f"{paths[0] if paths else 'the source'}: port {port}")
    if given:
        return replace(found, port=before.port or 8080, takes_port=True)
    return replace(found, port=None, asks_port=True)


def _beside(found: Detected, word: Word, *, main: bool) -> Detected:
    """A process that is not web: it gets no port. `main` is the program itself, where nothing serves."""
    label = names.label_from(word.name, names.PROCESS_MAX)
    ours = found.keeps_dockerfile or not _has_source(found)
    if word.weak or ours or not label:
        words = (
            f"{word.place}: {word.name}: {_short(word)}: a process of its own, in processes, if it is needed"
        )
        return found.because(words) if word.weak else found.doubting(words)
    if main:
        found = replace(_without_ours(found, word.value), command=command_of(word.value))
        doubts = tuple(each for each in _settled(found.doubts) if not each.endswith(UNSERVED))
        return replace(found, port=None, doubts=doubts).because(
            f"{word.place}: {word.name}: {_short(word)}, without a port"
        )
    if label == WEB:
        return found
    processes = {**found.processes, label: command_of(word.value)}
    run = tuple(each for each in found.doubts if each.endswith(JOBS) and each.partition(":")[0] in word.value)
    doubts = tuple(each for each in found.doubts if each not in run)
    return replace(found, processes=processes, doubts=doubts).because(
        f"{word.place}: the process {label}: {_short(word)}, without a port"
    )


def _has_source(found: Detected) -> bool:
    """Whether a line of theirs means the same in the image: the web server of a site has no source."""
    return found.language in _FROM_SOURCE and not found.is_site


def _before(found: Detected, word: Word) -> Detected:
    if found.keeps_dockerfile or not _has_source(found):
        return found.doubting(f"{word.place}: {_short(word)} runs before each rollout: say it in before")
    open_still = tuple(
        each for each in found.doubts if MIGRATES not in each or not _MIGRATES.search(word.value)
    )
    before = {**found.before, "release": command_of(word.value)}
    found = replace(found, before=before, doubts=open_still)
    found = found.because(f"{word.place}: {_short(word)}, before each rollout")
    if found.language == "node" and found.prune:
        return found.doubting(
            f"{word.place}: {_short(word)}: are its packages there without those of development?"
        )
    return found
