"""What is around a program: version, health check, variables, folders that stay."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.compiled import jvm
from pipelinekit.plan.detect.needs.writes import writing
from pipelinekit.plan.detect.ranges import NODE, PHP, PYTHON, RUBY, Lines, choose
from pipelinekit.plan.detect.secret import MOST, is_secret
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words.kinds import of

_TABLES = {"python": PYTHON, "node": NODE, "php": PHP, "ruby": RUBY}
_UNSAID = "no version is asked for"
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}")
DESCRIPTOR = "app.yaml"


def versioned(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with the version that CI or buildpacks use, where the language's own files say none."""
    language = "java" if found.language.startswith("java") else found.language
    said = next((each for each in of(words, "version") if each.name == language), None)
    if not said or found.keeps_dockerfile:
        return found
    if language == "java" and not found.version:
        return jvm.versioned(found, said.value.partition(".")[0], said.place)
    if language not in _TABLES:
        return found
    if not any(_UNSAID in each for each in found.evidence):
        return _untried(found, said, _TABLES[language])
    choice = choose(said.value.removeprefix("v").removesuffix(".x"), _TABLES[language])
    base = re.sub(r":[\d.]+$", f":{choice.version}", found.base)
    evidence = tuple(each for each in found.evidence if _UNSAID not in each)
    found = replace(found, version=choice.version, base=base, evidence=evidence)
    found = found.because(f"{said.place} says {said.value}: {language} {choice.version}")
    return found.doubting(f"{language} {choice.version}: {choice.doubt}" if choice.doubt else "")


def _untried(found: Detected, said: Word, lines: Lines) -> Detected:
    """The same; with a doubt where its range is open, and the newest that it is tried with has long ended."""
    tried, chosen = (
        tuple(map(int, re.findall(r"[0-9]{1,6}", each)[:2])) for each in (said.value, found.version)
    )
    oldest = min(tuple(map(int, each.split("."))) for each in lines.maintained)
    if not tried or tried >= min(oldest, chosen):
        return found
    return found.doubting(
        f"{said.place} tries it with {said.value} at the newest, and {found.language} {found.version} runs"
        " it: packages as old as that may want an older build.version"
    )


def health(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with the path that is asked for its health."""
    said = next((each for each in of(words, "health") if _PATH.fullmatch(each.value)), None)
    if not said or not found.server:
        return found
    if found.health and found.health != said.value:
        if found.keeps_dockerfile:
            return found.doubting(
                f"{said.place} asks {said.value}, the Dockerfile {found.health}, which is taken"
            )
        found = found.doubting(f"{said.place} asks {said.value}, the source has {found.health}")
    return replace(found, health=said.value).because(f"{said.place}: the health check {said.value}")


def variables(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with variables whose values hold everywhere; the others are named, without values."""
    said = list({each.value: each for each in reversed(of(words, "variable"))}.values())[::-1]
    given = {
        each.value: each.name
        for each in said
        if each.name and not each.weak and (not each.name.isdigit() or each.name == str(found.port))
    }
    if given and not found.keeps_dockerfile:
        found = replace(found, env={**found.env, **given})
        found = found.because(
            *(f"{each.place}: {each.value}={each.name}" for each in said if each.value in given)
        )
    left = [each for each in said if each.value not in given]
    secrets = [each for each in left if is_secret(each.value)]
    plain = [each for each in left if each not in secrets]
    for some, where in ((plain, "run.env"), (secrets, "run.secrets")):
        if some:
            names = " ".join(each.value for each in some[:MOST])
            more = f" and {len(some) - MOST} more" if len(some) > MOST else ""
            found = found.doubting(f"{some[0].place} gives it {names}{more}: {where}")
    return found


def _elsewhere(word: Word, path: str, *, kept: bool) -> str:
    """What is true of a Dockerfile that is not beside the descriptor."""
    said = f"{path} describes an image" if word.place == word.value else f"{word.place} builds {path}"
    if kept:
        return (
            f"{said}, and what is built here is the file called Dockerfile: rename them, if it is the other"
        )
    ours = (
        f"{said}, which is not used: the image is built from the file called Dockerfile beside {DESCRIPTOR}, "
        "and that one is ours"
    )
    if path.startswith(("..", "/")):
        return ours
    return f"{ours}; `git mv {shlex.quote(path)} Dockerfile` before taking in keeps yours"


def rest(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with what can only be told: folders that stay, other Dockerfiles, notes."""
    for each in of(words, "volume"):
        found = writing(found, each.value, f"{each.place} keeps", stays=True)
    for each in of(words, "dockerfile")[:1]:
        path = each.value.removeprefix("./")
        if path != "Dockerfile":
            found = found.doubting(_elsewhere(each, path, kept=found.keeps_dockerfile))
    for each in of(words, "note"):
        found = found.doubting(f"{each.place}: {each.value}")
    return found
