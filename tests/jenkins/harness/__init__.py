"""Runs Jenkinsfiles and a shared library's ``vars/`` for real, without Jenkins.

    trace = run_one(Run(jenkinsfile=text, workspace=tmp_path / "workspace", library=Path(".")))
    assert trace.result == "SUCCESS", trace.console

The Groovy runs under Jenkins' own engine (groovy-cps), `sh` runs a shell, everything else is the harness'
account of Jenkins: see the README beside this folder for what that proves and what it does not.
All runs of a process share one JVM, started at the first and ended with the process.
"""

import atexit
from collections.abc import Iterable, Sequence

from .engine import Engine, EngineError
from .request import Answer, Cause, Checkout, Credential, Run
from .toolchain import ToolchainError
from .trace import Agent, Library, Option, Problem, Report, Stage, Step, Trace, problem, read

__all__ = [
    "Agent",
    "Answer",
    "Cause",
    "Checkout",
    "Credential",
    "Engine",
    "EngineError",
    "Library",
    "Option",
    "Problem",
    "Report",
    "Run",
    "Stage",
    "Step",
    "ToolchainError",
    "Trace",
    "evaluate_literals",
    "parse",
    "run",
    "run_one",
]

_GRACE = 30.0
_shared: list[Engine] = []


def run(requests: Iterable[Run], engine: Engine | None = None) -> list[Trace]:
    """Runs pipelines one after the other; a failing one is a trace like any other.

    `engine` is another one than the process' own.
    """
    engine = engine or _engine()
    return [read(engine.ask(request.to_json(), request.timeout + _GRACE)) for request in requests]


def run_one(request: Run) -> Trace:
    return run([request])[0]


def parse(texts: Sequence[str]) -> list[list[Problem]]:
    """What Groovy 2.4's parser says of each text; an empty list when it takes it."""
    _refuse_surrogates(texts)
    answers = _engine().ask({"op": "parse", "texts": list(texts)}, _GRACE + len(texts))
    return [[problem(found) for found in answer] for answer in answers]


def evaluate_literals(expressions: Sequence[str]) -> list[str]:
    """The string that each Groovy expression is.

    ValueError names the first expression that is none: one that does not parse, gives something else, or is
    a constant too long for a class file.
    """
    _refuse_surrogates(expressions)
    answers = _engine().ask({"op": "evaluate", "expressions": list(expressions)}, _GRACE + len(expressions))
    for expression, answer in zip(expressions, answers, strict=True):
        if "error" in answer:
            raise ValueError(f"{expression!r}: {answer['error']}")
    return [answer["value"] for answer in answers]


def _refuse_surrogates(texts: Sequence[str]) -> None:
    for text in texts:
        text.encode("utf-8")  # a lone surrogate is no text: UnicodeEncodeError is a ValueError


def _engine() -> Engine:
    """The process' own engine; one that died is replaced."""
    while _shared and not _shared[-1].alive:
        _shared.pop().close()
    if not _shared:
        _shared.append(Engine())
        if len(_shared) == 1:
            atexit.register(_close)
    return _shared[-1]


def _close() -> None:
    while _shared:
        _shared.pop().close()
