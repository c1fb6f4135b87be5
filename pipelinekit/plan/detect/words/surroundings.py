"""What is around a program: version, health check, variables, folders that stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelinekit.model.words import Word
from pipelinekit.plan.detect import jvm
from pipelinekit.plan.detect.ranges import NODE, PHP, PYTHON, choose
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words.kinds import of
from pipelinekit.plan.detect.writes import writing

_TABLES = {"python": PYTHON, "node": NODE, "php": PHP}
_UNSAID = "no version is asked for"
_SECRET = re.compile(
    r"SECRET|TOKEN|PASS|PWD|KEY|CREDENTIAL|PRIVATE|AUTH|DSN|(?:DATABASE|REDIS|MONGO\w*|AMQP|DB)_UR[LI]",
    re.IGNORECASE,
)
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,200}")
MOST = 12
"""So many variables are named."""


def versioned(found: Detected, words: Sequence[Word]) -> Detected:
    """The same with the version that CI or buildpacks use, where the language's own files say none."""
    language = "java" if found.language.startswith("java") else found.language
    said = next((each for each in of(words, "version") if each.name == language), None)
    if not said or found.keeps_dockerfile:
        return found
    if language == "java" and not found.version:
        return jvm.versioned(found, said.value.partition(".")[0], said.place)
    if language not in _TABLES or not any(_UNSAID in each for each in found.evidence):
        return found
    choice = choose(said.value.removeprefix("v").removesuffix(".x"), _TABLES[language])
    base = re.sub(r":[\d.]+$", f":{choice.version}", found.base)
    evidence = tuple(each for each in found.evidence if _UNSAID not in each)
    found = replace(found, version=choice.version, base=base, evidence=evidence)
    found = found.because(f"{said.place} says {said.value}: {language} {choice.version}")
    return found.doubting(f"{language} {choice.version}: {choice.doubt}" if choice.doubt else "")


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
    secrets = [each for each in left if _SECRET.search(each.value)]
    plain = [each for each in left if each not in secrets]
    for some, where in ((plain, "run.env"), (secrets, "run.secrets")):
        if some:
            names = " ".join(each.value for each in some[:MOST])
            more = f" and {len(some) - MOST} more" if len(some) > MOST else ""
            found = found.doubting(f"{some[0].place} gives it {names}{more}: {where}")
    return found


def rest(found: Detected, words: Sequence[Word], dockerfile: str) -> Detected:
    """The same with what can only be told: folders that stay, other Dockerfiles, notes."""
    for each in of(words, "volume"):
        found = writing(found, each.value, f"{each.place} keeps", stays=True)
    for each in of(words, "dockerfile")[:1]:
        if each.value.removeprefix("./") != "Dockerfile":
            why = f"{each.value} describes an image of its own" if each.place == each.value else ""
            why = why or f"{each.place} builds {each.value}"
            found = found.doubting(f"{why}, and pipelinekit builds Dockerfile: under that name it would stay")
    for each in of(words, "target")[:1]:
        last = re.findall(r"^FROM\s.*?(?:\sAS\s+(\S+))?\s*$", dockerfile, re.MULTILINE | re.IGNORECASE)[-1:]
        if (
            found.keeps_dockerfile
            and not each.weak
            and [each.value.lower()] != [name.lower() for name in last]
        ):
            found = found.doubting(f"{each.place} builds the stage {each.value}; here the last one is built")
    for each in of(words, "note"):
        found = found.doubting(f"{each.place}: {each.value}")
    return found
