"""Node: a server, a worker, or a site that is built; alone or as a member of a workspace."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import replace

from pipelinekit.plan.detect import choices
from pipelinekit.plan.detect.beside import alone
from pipelinekit.plan.detect.folders import below
from pipelinekit.plan.detect.node import basepath, frameworks, nest, package, ports, workspaces
from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.start import Start, start
from pipelinekit.plan.detect.signs import UNSERVED, Choice, Detected, Texts

NODE_TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "vitest",
        (
            *("npx", "vitest", "run", "--reporter=default"),
            *("--reporter=junit", "--outputFile.junit=/reports/vitest.xml"),
        ),
    ),
    ("mocha", ("npx", "mocha", "--reporter", "xunit", "--reporter-option", "output=/reports/mocha.xml")),
    ("jest", ("npx", "jest", "--ci")),
)
_PLACEHOLDER = re.compile(r"no test specified|^[^\S\n]*exit 1\s*$|^[^\S\n]*(true|exit 0|echo\b[^&|;]*)\s*$")
_MOCHA = re.compile(r"(?:cross-env\s+)?(?:\w+=[\w.-]+\s+)*(?:\S*/)?_?mocha((?:\s+[\w./@,:=*-]+)*)")
_FOLDER = re.compile(r"[A-Za-z0-9._@+/-]+")


def look(texts: Texts) -> Detected | None:
    """A Node program, or None."""
    if "package.json" not in texts:
        return None
    root = package.read(texts["package.json"])
    found = _installed(texts, root)
    those = workspaces.members(texts, root)
    if not those:
        several = nest.choices(texts)
        return _one_of(texts, root, found, several) if several else _program(texts, root, found)
    own = _program(workspaces.outside(texts, list(those)), root, found)
    if not workspaces.leads(root) and _runs(workspaces.outside(texts, list(those)), root):
        return _linked(own, those)
    able = [each for each in those if _FOLDER.fullmatch(each) and _runs(below(texts, each), those[each])]
    if len(able) == 1:
        return member(texts, able[0])
    asked = found.because("workspaces: " + ", ".join(those))
    return replace(asked, choices=tuple(_choice(texts, each, those[each], found) for each in able)).doubting(
        "" if able else "none of the workspaces' members looks like a program: say what runs"
    )


def _one_of(texts: Texts, root: Package, found: Detected, several: tuple[Choice, ...]) -> Detected:
    """Nest's applications: all of them are one project's, and one of them is the program."""
    found = _tested(root, found).because(f"{nest.FILE}: Nest's applications")
    found = choices.between(found, several, root.name)
    return found if found.choices else nest.chosen(texts, found)


def listening(texts: Texts, found: Detected) -> Detected:
    """The same with its port, for a program that was chosen among several."""
    return nest.chosen(texts, found)


def _choice(texts: Texts, folder: str, one: Package, found: Detected) -> Choice:
    said = _program(below(texts, folder), one, found)
    why = f"{folder}: port {said.port or 'unknown'}; {said.evidence[-1]}"
    return Choice(name=posixpath.basename(folder), package=folder, why=why, option="--service")


def member(texts: Texts, folder: str) -> Detected | None:
    """One member of a workspace, built from the root so that it finds the others; None for no member."""
    root = package.read(texts.get("package.json", ""))
    those = workspaces.members(texts, root)
    if folder not in those:
        return None
    found = _linked(_installed(texts, root), those)
    found = _program(below(texts, folder), those[folder], found)
    commands = workspaces.builds(those, folder)
    if "build" in root.scripts:
        commands = ("npm run build",)
    command = found.command
    if command and command[:2] != ("sh", "-c"):
        command = ("npm", "--prefix", folder, "start") if "start" in those[folder].scripts else command
    elif command:
        command = ("sh", "-c", f"cd {shlex.quote(folder)} && {command[2]}")
    line = f"cd {shlex.quote(folder)} && exec {shlex.join(found.test)}"
    test = ("sh", "-c", line) if found.test else ()
    placed = f"{folder}/{found.package}" if found.package else ""
    # pnpm prunes one project at a time, and would leave the others' links without what they need.
    prune = found.prune and not found.installer.startswith("pnpm")
    found = replace(found, package=placed, command=command, commands=commands, test=test, prune=prune)
    return found.because(f"{folder}: the member that runs; the others are linked")


def needed(texts: Texts, folder: str) -> Texts:
    """What a member is made of: its own files, and those of the members that it takes."""
    those = workspaces.members(texts, package.read(texts.get("package.json", "")))
    return workspaces.taken(texts, those, folder) if folder in those else texts


def _linked(found: Detected, those: workspaces.Members) -> Detected:
    files = [f"{each}/package.json" for each in those if _FOLDER.fullmatch(each)]
    scripted = any(name in each.scripts for each in those.values() for name in package.LIFECYCLE)
    whole = (".",) if scripted and "." not in (found.dependencies or ()) else ()
    return replace(found, dependencies=(*(found.dependencies or ()), *files, *whole))


def _installed(texts: Texts, root: Package) -> Detected:
    manager, why = package.installer(texts, root)
    dependencies, whole = package.installed_from(texts, root, manager)
    choice, said = package.version(texts, root)
    plain = manager.partition("@")[0] == "npm"
    found = Detected(
        language="node",
        version=choice.version,
        installer="" if plain else manager,
        dependencies=dependencies,
        evidence=("package.json: Node", why, *((whole,) if whole else ())),
    )
    found = found.because(f"{said or 'no version is asked for'}: Node {choice.version}")
    return found.doubting(f"Node {choice.version}: {choice.doubt}" if choice.doubt else "")


def runs(texts: Texts) -> bool:
    """Whether the package at the top, or a member of its, is a program: a library has a main file too."""
    root = package.read(texts.get("package.json", ""))
    those = workspaces.members(texts, root)
    return _runs(texts, root) or any(_runs(below(texts, each), those[each]) for each in those)


def leads(texts: Texts) -> bool:
    """Whether what the package at the top starts is nothing but others."""
    return workspaces.leads(package.read(texts.get("package.json", "")))


def _runs(texts: Texts, root: Package) -> bool:
    started = start(texts, root)
    if frameworks.framework(texts, root, started):
        return True
    return bool(started.package or started.command) and ("start" in root.scripts or ports.serves(texts, root))


def _program(texts: Texts, root: Package, found: Detected) -> Detected:
    found = _tested(root, found)
    if "build" in root.scripts:
        found = found.because(f"build: {' '.join(root.scripts['build'].split())[:80]}")
    else:
        found = replace(found, commands=())
    started = start(texts, root)
    made = frameworks.framework(texts, root, started)
    if made and made.site:
        found = replace(found, package=made.site, port=frameworks.SITE_PORT, health="/healthz")
        return found.because(made.reason).doubting(made.doubt, basepath.doubt(texts, root))
    if made:
        own = started if started.command and made.command[:1] != started.command[:1] else None
        if not (own or started.package) or made.package:
            found = replace(found, command=made.command, package=made.package)
            return _flagged(started, replace(found, port=made.port).because(made.reason).doubting(made.doubt))
        found = replace(found, port=made.port)
    found = _started(root, started, found)
    return _served(alone(texts, (found.package, *found.command)), root, found)


def _flagged(started: Start, found: Detected) -> Detected:
    """A port that the start script gives to a framework's program."""
    said = re.search(r"(?:-p|--port)[ =]*(\d{2,5})\b", " ".join(started.command))
    if not said or not found.command:
        return found
    return replace(found, port=int(said[1]), command=(*found.command, "--port", said[1])).because(
        f"port {said[1]} in the start script"
    )


def _started(root: Package, started: Start, found: Detected) -> Detected:
    if not started.package and not started.command:
        return found.doubting("no program was found: say what runs in build.package or run.command")
    found = replace(found, package=started.package, command=started.command).because(started.reason)
    # A program that only development brings would not survive the pruning.
    words = " ".join(started.command)
    kept = [
        each
        for each in sorted(root.development)
        if re.search(rf"(^|[\s/]){re.escape(each)}(?=[\s/]|$)", words)
    ]
    if kept:
        found = replace(found, prune=False).because(f"{kept[0]} runs the program: development packages stay")
    return found


def _served(texts: Texts, root: Package, found: Detected) -> Detected:
    found = found.doubting(ports.local(texts, root))
    listens = ports.port(texts, found.package)
    if listens:
        return replace(found, port=listens[0]).because(listens[1])
    if found.port:
        return found
    if not (found.package or found.command):
        return found.doubting("no port was found in the source: 8080 is a guess")
    words = " ".join(found.command)
    said = re.search(r"(?<![\w-])--port[ =](\d{2,5})\b", words)
    if said:
        found = replace(found, port=int(said[1])).because(f"port {said[1]} in the start script")
        every = "0.0.0.0" in words  # noqa: S104
        return found.doubting("" if every else f"{words[:60]}: does it listen on all addresses?")
    if ports.serves(texts, root):
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    return replace(found, server=False).doubting(f"nothing in the source answers requests: {UNSERVED}")


def _mocha(script: str) -> tuple[str, ...]:
    """What the script tells mocha, the reports left out: without `--exit` it may never end."""
    said = _MOCHA.fullmatch(script.strip())
    words = said[1].split() if said else []
    reports = {"-R", "--reporter", "-O", "--reporter-option", "--reporter-options"}
    return tuple(
        each
        for at, each in enumerate(words)
        if each.partition("=")[0] not in reports
        and not (at and words[at - 1] in reports)
        and "*" not in each
        and each not in {"-w", "--watch"}
    )


def _tested(root: Package, found: Detected) -> Detected:
    script = root.scripts.get("test", "")
    for name, command in NODE_TESTS:
        if name in root.names:
            chosen = _mocha(script) if name == "mocha" else ()
            return replace(found, test=(*command, *chosen)).because(f"{name}: the tests")
    if not script or _PLACEHOLDER.search(script):
        return found.because("no tests: package.json has no script that runs any")
    return found if "node --test" in script else replace(found, test=("npm", "test"))
