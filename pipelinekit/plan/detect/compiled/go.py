"""Go: which package is the program, where it listens, and what of the repository it needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from pipelinekit.plan.detect import choices, evidence
from pipelinekit.plan.detect.compiled import gofiles, packages, subcommands
from pipelinekit.plan.detect.signs import Choice, Detected, Texts

CURRENT = (1, 26)
"""The release that is taken unless a module asks for a newer one: Go builds what older ones did."""

_ASIDE = frozenset(
    [
        "example",
        "examples",
        "_examples",
        "testdata",
        "tool",
        "tools",
        "hack",
        "script",
        "scripts",
        "test",
        "tests",
        "e2e",
        "docs",
        "contrib",
    ]
)
_OUT = re.compile(r"^//(?:go:build| \+build).*\b(?:ignore|mage|tools|wasm|js)\b", re.MULTILINE)
_PACKAGE = re.compile(r"^package main\b", re.MULTILINE)
_PROGRAM = re.compile(r"^func main\(\s*\)", re.MULTILINE)
_HOST = r"\"(?:0\.0\.0\.0|\[::\])?:(\d{2,5})\""
_LISTENS = re.compile(
    r"(?:ListenAndServe(?:TLS)?\(|\bAddr:|net\.Listen\(\s*\"tcp[46]?\",|\.(?:Run|Start|Listen)(?:TLS)?\()\s*"
    + _HOST
)
_ADDRESS = re.compile(_HOST)
_LOCAL = re.compile(
    r"(?:ListenAndServe(?:TLS)?\(|\bAddr:|net\.Listen\(\s*\"tcp[46]?\",|\.(?:Run|Start|Listen)\()\s*"
    r"\"(?:localhost|127\.0\.0\.1):(\d+)\""
)
_SERVES = re.compile(
    r"\.ListenAndServe|http\.Serve\(|http\.Server\{|net\.Listen\(|gin\.(?:Default|New)\(|echo\.New\("
    r"|fiber\.New\(|grpc\.NewServer\(|fasthttp\.|iris\.New\("
)
_VARIABLE = re.compile(r"(?:Getenv|LookupEnv)\(\s*\"PORT\"\s*\)")
_FALLBACK = re.compile(r"\b[pP]ort\b\"?\s*[,:=]+\s*\"?:?(\d{2,5})\b")
_FLAG = re.compile(r"flag\.(?:Int|String)(?:Var)?\([^)\n]{0,80}?\"(?:port|addr)[\w-]*\",\s*\"?:?(\d{2,5})\b")
_GINS = (re.compile(r"\bgin\.(?:Default|New)\("), re.compile(r"\.Run\(\s*\)"))
_BESIDE = re.compile(r"Getenv\(\s*\"PORT\"\s*\)\s*,\s*\":?(\d{2,5})\"")


def look(texts: Texts) -> Detected | None:
    """A Go module or workspace, or None."""
    if "go.mod" not in texts and "go.work" not in texts:
        return None
    root = "go.mod" if "go.mod" in texts else "go.work"
    found = _versioned(Detected(language="go", evidence=(f"{root}: Go",)), texts)
    modules = _modules(texts)
    sources = _sources(texts, modules)
    found = _dependencies(found, texts, modules)
    found = _program(found, texts, sources)
    found = _listening(found, texts, modules, sources)
    said = [text for path, text in sources.items() if not _is_aside(posixpath.dirname(path))]
    return gofiles.beside(found, texts, sources, said, found.version or ".".join(map(str, CURRENT)))


def _versioned(found: Detected, texts: Texts) -> Detected:
    files = f"{texts.get('go.mod', '')}\n{texts.get('go.work', '')}"
    asked = re.findall(r"^(?:go |toolchain go)(\d{1,4})\.(\d{1,4})(?!\d)", files, re.MULTILINE)
    if not asked:
        return found
    newest = max((int(major), int(minor)) for major, minor in asked)
    version = ".".join(map(str, max(newest, CURRENT)))
    said = ".".join(map(str, newest))
    return replace(found, version=version).because(f"go.mod says go {said}: built with Go {version}")


def _modules(texts: Texts) -> tuple[str, ...]:
    """The folders of the modules that are built together; the root is an empty text."""
    used = re.findall(r"^(?:use[ \t]+|[ \t]+)\"?(\.[^\s\"()]*)", texts.get("go.work", ""), re.MULTILINE)
    folders = {posixpath.normpath(each).removeprefix(".") for each in used} or {""}
    return tuple(sorted(folders))


def _sources(texts: Texts, modules: tuple[str, ...]) -> dict[str, str]:
    """The Go files of those modules, tests and files for other builds left out."""
    nested = {posixpath.dirname(path) for path in texts if posixpath.basename(path) == "go.mod"} - {""}
    strange = tuple(f"{each}/" for each in nested - set(modules))
    return {
        path: texts[path]
        for path in sorted(texts, key=lambda each: (each.count("/"), each))
        if path.endswith(".go")
        and not path.endswith("_test.go")
        and not path.startswith(strange)
        and not _OUT.search(texts[path].split("package ", 1)[0])
    }


def _dependencies(found: Detected, texts: Texts, modules: tuple[str, ...]) -> Detected:
    """The module files that `go mod download` reads: those of the workspace and of replaced folders."""
    replaced = re.findall(r"=>[ \t]+(\.{1,2}/?[^\s]*)", texts.get("go.mod", "") + texts.get("go.work", ""))
    folders = [posixpath.normpath(each) for each in replaced]
    outside = sorted({each for each in folders if each.startswith("..")})
    inside = sorted({each for each in (*folders, *modules) if each and each != "."} - set(outside))
    if not inside and "go.work" not in texts:
        return found
    files = ["go.work", "go.work.sum*"] if "go.work" in texts else []
    if "go.mod" in texts:
        files += ["go.mod", "go.sum*"]
    for folder in inside:
        if f"{folder}/go.mod" in texts:
            files += [f"{folder}/go.mod", f"{folder}/go.sum*"]
    named = ", ".join(inside) or "."
    return replace(found, dependencies=tuple(files)).because(f"modules of this repository: {named}")


def _program(found: Detected, texts: Texts, sources: dict[str, str]) -> Detected:
    folders: dict[str, str] = {}
    for path, text in sources.items():
        if "func main(" in text and _PACKAGE.search(text) and _PROGRAM.search(text):
            folders.setdefault(posixpath.dirname(path), path)
    if not folders:
        return found.doubting("no package main with a func main() was seen: build.package names the program")
    if "" in folders:
        others = sorted(f"./{each}" for each in folders if each and not _is_aside(each))
        found = found.because(f"{folders['']}: the program")
        return found.because(f"beside it: {', '.join(others)}; --package names one") if others else found
    candidates = tuple(
        Choice(name=posixpath.basename(folder), package=f"./{folder}", why=path)
        for folder, path in folders.items()
        if not _is_aside(folder)
    ) or tuple(
        Choice(name=posixpath.basename(folder), package=f"./{folder}", why=path)
        for folder, path in folders.items()
    )
    module = re.search(r"^module\s+\"?([^\s\"]+)", texts.get("go.mod", ""), re.MULTILINE)
    own = posixpath.basename(re.sub(r"/v\d+$", "", module[1])) if module else ""
    return choices.between(found, candidates, own)


def _is_aside(folder: str) -> bool:
    return not folder.startswith("cmd/") and any(part in _ASIDE for part in folder.split("/"))


def _near(found: Detected, texts: Texts, modules: tuple[str, ...], sources: dict[str, str]) -> list[str]:
    """The texts of the program's own package, then those that it imports; other programs left out."""
    own = posixpath.normpath(found.package) if found.package not in {"", "."} else ""
    reached = packages.reached(texts, modules, sources, own)
    mine = [text for path, text in sources.items() if posixpath.dirname(path) == own]
    rest = [
        text
        for path, text in sources.items()
        if (folder := posixpath.dirname(path)) != own
        and (not _is_aside(folder) if reached is None else folder in reached)
        and not _PACKAGE.search(text)
    ]
    return [*mine, *rest]


def _first(pattern: re.Pattern[str], texts: Iterable[str]) -> re.Match[str] | None:
    return next((match for text in texts if (match := pattern.search(text))), None)


def _listening(found: Detected, whole: Texts, modules: tuple[str, ...], sources: dict[str, str]) -> Detected:
    if found.choices:
        return found
    texts = _near(found, whole, modules, sources)
    found = _listens(found, texts)
    module = re.search(r"^module\s+\"?([^\s\"]+)", whole.get("go.mod", ""), re.MULTILINE)
    own = posixpath.basename(found.package.rstrip("/.") or (module[1] if module else ""))
    return subcommands.commanded(found, (each for each in texts if "cobra.Command{" in each), own)


def _listens(found: Detected, texts: list[str]) -> Detected:
    match = next(
        (said for each in (_LISTENS, _ADDRESS, _FLAG) if (said := evidence.listens(each, texts))), None
    )
    if match:
        return replace(found, port=int(match[1])).because(
            f"port {match[1]} in the source: {match[0].strip()}"
        )
    local = evidence.listens(_LOCAL, texts)
    if local:
        found = replace(found, port=int(local[1])).because(f"port {local[1]} in the source: {local[0]}")
        return found.doubting(f"it listens on localhost only ({local[0]}): in a pod nobody reaches that")
    if any(all(each.search(text) for each in _GINS) for text in texts):
        return replace(found, port=8080).because("gin's Run without an address: the variable PORT, else 8080")
    if _first(_VARIABLE, texts):
        fallback = evidence.listens(_FALLBACK, texts) or evidence.listens(_BESIDE, texts)
        port = int(fallback[1]) if fallback else 8080
        return replace(found, port=port).because(f"it reads PORT, which the chart gives: port {port}")
    if _first(_SERVES, texts):
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    if found.doubts:
        return found
    return replace(found, server=False).because("nothing in it listens: no port and no probe")


def listening(texts: Texts, found: Detected) -> Detected:
    """The same with its port, for a program that was chosen among several."""
    modules = _modules(texts)
    return _listening(found, texts, modules, _sources(texts, modules))


def own(texts: Texts, found: Detected) -> Texts:
    """The sources of the program and of the packages that it imports."""
    modules = _modules(texts)
    sources = _sources(texts, modules)
    folder = posixpath.normpath(found.package) if found.package not in {"", "."} else ""
    reached = packages.reached(texts, modules, sources, folder)
    if reached is None:
        return sources
    return {path: text for path, text in sources.items() if posixpath.dirname(path) in reached}
