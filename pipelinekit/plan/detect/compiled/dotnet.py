""".NET: which project of a solution is served, for which version, and what a restore reads."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import replace

from pipelinekit.counts import counted
from pipelinekit.plan.detect import choices
from pipelinekit.plan.detect.compiled import kestrel
from pipelinekit.plan.detect.signs import Choice, Detected, Texts, search

MAINTAINED = (10, 0)
"""The oldest release that still gets fixes."""
RUNTIME = "dotnet/runtime:{}"

_PROJECT = re.compile(r"\.(cs|fs)proj$")
_SHARED = re.compile(
    r"(^|/)(Directory\.(Build|Packages)\.(props|targets)|[Nn]u[Gg]et\.[Cc]onfig|global\.json)$"
)
_WEB = "Microsoft.NET.Sdk.Web"
_WORKER = "Microsoft.NET.Sdk.Worker"
_TEST = re.compile(r"Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true", re.IGNORECASE)


def look(texts: Texts) -> Detected | None:
    """A .NET project or solution, or None."""
    projects = sorted(path for path in texts if _PROJECT.search(path))
    if not projects:
        return None
    shared = sorted(path for path in texts if _SHARED.search(path))
    found = Detected(
        language="dotnet",
        dependencies=(*shared, *projects),
        evidence=(
            f"{projects[0]}: .NET",
            f"{counted(len(projects), 'project')}, each restored in its own folder",
        ),
    )
    runnable = [each for each in projects if not _is_test(each, texts[each])]
    web = [each for each in runnable if _WEB in texts[each]]
    workers = [each for each in runnable if _WORKER in texts[each]]
    # A console program beside these is a tool more often than not; a worker is made to run.
    programs = [*web, *workers] or [each for each in runnable if _is_exe(texts[each])]
    chosen = programs or (runnable if len(runnable) == 1 else [])
    if not chosen:
        return found.doubting("no project that runs was seen: build.package names it")
    candidates = tuple(
        Choice(name=_name(each), package=each, why=f"{each}{': Sdk.Web' if each in web else ''}")
        for each in chosen
    )
    found = choices.between(found, candidates, "")
    return found if found.choices else finished(texts, found)


def _name(project: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", posixpath.splitext(posixpath.basename(project))[0].lower())


def _is_test(path: str, text: str) -> bool:
    return bool(_TEST.search(text)) or bool(re.search(r"(?:^|[./])(?:Unit|Integration)?Tests?\b", path))


def _is_exe(text: str) -> bool:
    return bool(re.search(r"<OutputType>\s*Exe", text, re.IGNORECASE))


def finished(texts: Texts, found: Detected) -> Detected:
    """The same for a project that is decided: its version, its assembly, its port."""
    text = texts.get(found.package, "")
    found = _versioned(found, texts, text)
    found = _pinned(found, texts)
    assembly = re.search(r"<AssemblyName>\s*([\w.-]+)\s*<", text)
    if assembly:
        found = replace(found, main=assembly[1]).because(f"its assembly is {assembly[1]}")
    folder = posixpath.join(posixpath.dirname(found.package), "")
    own = {
        path: each
        for path, each in texts.items()
        if path.startswith(folder) and path.endswith((".cs", ".fs"))
    }
    if _WEB in text:
        return kestrel.listening(found, {path: own[path] for path in sorted(own)}, texts, folder)
    if search(own, r"", r"TcpListener|HttpListener|WebApplication\."):
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    runtime = RUNTIME.format(found.version) if found.version else ""
    if not _is_exe(text) and _WORKER not in text:
        return found.doubting(f"{found.package} is no web project: does it run at all?")
    return replace(found, server=False, runtime=runtime).because("no web project: no port and no probe")


def _versioned(found: Detected, texts: Texts, text: str) -> Detected:
    shared = [texts[path] for path in sorted(texts) if posixpath.basename(path) == "Directory.Build.props"]
    for each in (text, *shared):
        match = re.search(r"<TargetFrameworks?>([^<]+)<", each)
        versions = re.findall(r"\bnet(?:coreapp)?(\d{1,3}\.\d{1,3})(?!\d)", match[1]) if match else []
        if not versions:
            continue
        version = max(versions, key=lambda each: tuple(map(int, each.split("."))))
        found = replace(found, version=version).because(f"for .NET {version}")
        if len(set(versions)) > 1:
            found = found.doubting(f"{found.package} is for several versions: publish wants one of them")
        if tuple(map(int, version.split("."))) < MAINTAINED:
            found = found.doubting(f".NET {version} gets no fixes any more; its images are still there")
        return found
    return found.doubting("no TargetFramework was seen: build.version is a guess")


def _pinned(found: Detected, texts: Texts) -> Detected:
    """The SDK that `global.json` asks for, where it takes no newer one."""
    try:
        sdk = json.loads(texts.get("global.json", "{}")).get("sdk", {})
        version, forward = str(sdk.get("version", "")), str(sdk.get("rollForward", "latestPatch"))
    except (ValueError, AttributeError, RecursionError):
        return found
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or forward not in {"disable", "patch", "latestPatch"}:
        return found
    return replace(found, base=f"dotnet/sdk:{version}").because(f"global.json asks for the SDK {version}")
