"""Which tests there are: those that the repository's CI runs, told where it runs them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.node import package
from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.words.kinds import of

_RUNS: dict[str, str] = {
    "python": r"(?:^|[\s/])(?:pytest|py\.test)(?:\s|$)|manage\.py test\b|-m unittest\b",
    "node": r"\b(?:npm|yarn|pnpm|bun)(?: run)? (?:test|t)(?::[\w:-]+)?(?=\s|$)"
    r"|\bnpx (?:jest|vitest|mocha)\b|\bnode --test\b",
    "go": r"\bgo test\b|\bgotestsum\b",
    "rust": r"\bcargo (?:test|nextest)\b",
    "java-maven": r"\bmvnw?\b.*\b(?:test|verify|package|install)\b",
    "java-gradle": r"\bgradlew?\b.*\b(?:test|check|build)\b",
    "dotnet": r"\bdotnet test\b",
    "ruby": r"\brspec\b|\brake(?: test| spec|$)|\brails test\b|\bminitest\b",
    "php": r"\bphpunit\b|\bpest\b|\bartisan test\b|\bcomposer (?:run )?test\b",
}
_INSTALLS = re.compile(
    r"\b(?:pip3?|uv|poetry|pdm|apt(?:-get)?|gem|go|npm|yarn|pnpm) (?:\S+ )?(?:install|add|get|ci|i)\b"
)
_OTHER_WAYS = re.compile(
    r"^(?:make|just|task) (?:test|check|unit[\w-]*)|^(?:tox|nox|hatch test|hatch run test)\b|\bnosetests\b"
)
_TAGS = re.compile(r"-tags[ =]['\"]?([A-Za-z0-9_,]+)")
_CARGO = re.compile(r"--(?:workspace|all-features|no-default-features|all)\b|--features[ =][\w,/-]+")
_ASKS_AFTER_VALUE = frozenset(("-m", "-k", "--ignore", "--deselect", "--ds", "-c"))
_KEPT = re.compile(r"--(?:ignore|deselect|ds|ignore-glob|import-mode|rootdir|settings)=[\w./:*-]+")


def tested(found: Detected, words: Sequence[Word], texts: Texts) -> Detected:
    """The same with the tests that CI runs; without any, with what says that there are none."""
    runs = _RUNS.get(found.language, "")
    said = [each for each in of(words, "test") if not _INSTALLS.search(each.value)]
    first = next((each for each in said if runs and re.search(runs, each.value) and _here(each)), None)
    other = next((each for each in said if _OTHER_WAYS.search(each.value) and _here(each)), None)
    if found.keeps_dockerfile or found.language == "dockerfile":
        return _beside(found, first or other, texts)
    if first:
        taken = _TAKEN.get(found.language)
        found = taken(found, first, texts) if taken else found
        found = found.because(f"{first.place}: {first.value[:80]}: the tests")
        return _alone(found, first, of(words, "service"))
    if other:
        return found.because(f"{other.place}: {other.value[:60]} is how its CI tests, which is not followed")
    return found


def _alone(found: Detected, word: Word, services: Sequence[Word]) -> Detected:
    """What CI runs beside its tests is not there in the image's stage."""
    file = word.place.rpartition(":")[0]
    beside = list(dict.fromkeys(each.value for each in services if each.place.startswith(f"{file}:")))
    return found.doubting(
        f"{file} runs {' '.join(beside)[:100]} beside its tests, and `pipelinekit test` runs none"
        if beside
        else ""
    )


def _here(word: Word) -> bool:
    return word.name in {"", ".", "./"}


def _beside(found: Detected, word: Word | None, texts: Texts) -> Detected:
    """A Dockerfile that stays is theirs: what it lacks is said, with the lines that would do."""
    if re.search(r"^FROM\s+\S+\s+AS\s+test\s*$", texts.get("Dockerfile", ""), re.MULTILINE | re.IGNORECASE):
        return replace(found, test=()).because("Dockerfile: its stage test is what is tested")
    runs = f"; {word.place} runs {word.value[:80]}" if word else ""
    lines = (
        "a stage AS test, made FROM what has the source, with the tests as CMD and their report in /reports"
    )
    return replace(found, test=()).doubting(
        f"Dockerfile: no stage named test, so nothing is tested{runs}: add {lines}"
    )


def _python(found: Detected, word: Word, texts: Texts) -> Detected:
    pytest = re.search(r"(?:^|[\s/])(?:pytest|py\.test)(?=\s|$)([^|;&<>]*)", word.value)
    if not pytest:
        return _unittest(found, word)
    command = ("python", "-m", "pytest", *_arguments(pytest[1], texts), "--junitxml=/reports/pytest.xml")
    named = any(re.search(r"\bpytest\b", texts.get(each, "")) for each in texts if _NAMES.search(each))
    found = replace(found, test=command)
    return (
        found
        if named
        else found.doubting(
            f"{word.place} runs pytest, which no file of packages names: add it to requirements-dev.txt"
        )
    )


def _unittest(found: Detected, word: Word) -> Detected:
    """The tests that are named on the command line, in the command that makes a report of what is said."""
    for ours in ("manage.py test", "-m unittest discover", "-m unittest"):
        said = re.search(rf"{ours}((?: [\w./=*-]+)*)", word.value)
        if said and found.test[:2] == ("sh", "-c") and ours.removesuffix(" discover") in found.test[2]:
            chosen = "".join(f" {each}" for each in said[1].split() if each not in _LOUD and "*" not in each)
            kind = "-m unittest discover" if "unittest" in ours else ours
            # Where it would begin by itself is left to what they say.
            before = re.search(rf"{kind}(?: -s tests?\b)?", found.test[2])
            line = found.test[2].replace(before[0] if before else kind, f"{ours}{chosen}", 1)
            return replace(found, test=(*found.test[:2], line))
    return found


_LOUD = frozenset(("-v", "--verbose", "-b", "--buffer", "--keepdb", "--noinput", "--no-input", "--parallel"))
_NAMES = re.compile(
    r"^(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+|pyproject\.toml|Pipfile|setup\.(?:cfg|py))$"
)


def _arguments(text: str, texts: Texts) -> tuple[str, ...]:
    """Those that choose tests: paths, marks and what is left out. Reports and coverage are ours to say."""
    try:
        words = shlex.split(text)
    except ValueError:
        return ()
    found: list[str] = []
    for at, each in enumerate(words):
        before = words[at - 1] if at else ""
        path = each.partition("::")[0].rstrip("/")
        there = path in texts or any(other.startswith(f"{path}/") for other in texts)
        if (before in _ASKS_AFTER_VALUE or _KEPT.fullmatch(each) or there) and "$" not in each:
            found += [before, each] if before in _ASKS_AFTER_VALUE else [each]
    return tuple(found)


def _node(found: Detected, word: Word, texts: Texts) -> Detected:
    scripts = package.read(texts.get("package.json", "")).scripts
    script = re.search(r"(?:npm|yarn|pnpm|bun)(?: run)? (test(?::[\w:-]+)?)(?=\s|$)", word.value)
    if not script or script[1] not in scripts or script[1] == "test":
        return found
    runner = found.test[1] if len(found.test) > 1 else ""
    if (
        runner
        and runner in scripts[script[1]]
        and not re.search(r"\s[\w./-]*(?:config|project)", scripts[script[1]])
    ):
        return found
    return replace(found, test=("npm", "run", script[1]))


def _go(found: Detected, word: Word, texts: Texts) -> Detected:
    del texts
    tags = _TAGS.search(word.value)
    if not tags:
        return found
    return replace(found, test=("sh", "-c", f"go test -json -tags={tags[1]} ./... > /reports/go-test.json"))


def _rust(found: Detected, word: Word, texts: Texts) -> Detected:
    del texts
    chosen = " ".join(each.replace(" ", "=") for each in _CARGO.findall(word.value))
    if not chosen:
        return found
    run = f"cargo test --no-fail-fast {chosen} > /reports/cargo-test.txt 2>&1; code=$?"
    return replace(found, test=("sh", "-c", f"{run}; cat /reports/cargo-test.txt; exit $code"))


_TAKEN: dict[str, Callable[[Detected, Word, Texts], Detected]] = {
    "python": _python,
    "node": _node,
    "go": _go,
    "rust": _rust,
}
