"""Variables without which a program does not start: those that its source reads and has no default for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelinekit.plan.detect.secret import MOST, is_secret
from pipelinekit.plan.detect.signs import Detected, Texts
from pipelinekit.plan.detect.sought import Sought

_READS: tuple[tuple[tuple[str, ...], re.Pattern[str] | None, Sought], ...] = (
    (
        (".py",),
        None,
        Sought(("os.environ[", r"os\.environ(?<!\wos\.environ)\[\s*[\"'](\w+)[\"']\s*\](?!\s*=[^=])")),
    ),
    ((".py",), None, Sought(("env", r"env(?<![.\w]env)(?:\.\w+)?\(\s*[\"']([A-Z]\w+)[\"']\s*\)"))),
    (
        (".py",),
        re.compile(r"(^|/)settings[^/]*(/[^/]+)?\.py$"),
        Sought(("config(", r"\bconfig\(\s*[\"']([A-Z]\w+)[\"']\s*\)")),
    ),
    (
        (".rb", ".ru", ".yml", ".yaml"),
        None,
        Sought(("ENV.fetch(", r"\bENV\.fetch\(\s*[\"'](\w+)[\"']\s*\)(?!\s*(?:\{|do\b))")),
    ),
    (
        (".rs",),
        None,
        Sought(("env::var(", r"env::var(?<!\wenv::var)\(\s*\"(\w+)\"\s*\)\s*(?:\?|\.(?:expect|unwrap)\()")),
    ),
    ((".prisma",), None, Sought(("env(", r"\benv\(\s*\"(\w+)\"\s*\)"))),
    ((".go",), None, Sought(('env:"', r"`[^`\n]*\benv:\"(\w+),\s*(?:required|notEmpty)"))),
    (
        (".properties", ".yml", ".yaml"),
        re.compile(r"(^|/)src/main/resources/application\.\w+$"),
        Sought(("${", r"\$\{([A-Z][A-Z0-9_]+)\}")),
    ),
)
"""What a file's name ends with, which of those, and what reads a variable there."""
_SETTINGS = Sought(
    (
        "BaseSettings",
        r"(?m:^)class\s+\w+\((?:[\w.]+,\s*)*(?:\w+\.)?BaseSettings\b[^\n]*\n((?:[ \t][^\n]*\n|\n)*)",
    )
)
"""Pydantic's: a field without a value is a variable that has to be there."""
_FIELD = re.compile(
    r"^(?: {4}|\t)([A-Za-z][A-Za-z0-9_]*)[ \t]*:[ \t]*(?!(?:typing\.)?ClassVar)[^=\n]+$", re.MULTILINE
)
_PREFIX = re.compile(r"\benv_prefix\s*=\s*[\"'](\w*)[\"']")
_ENDINGS = tuple({ending for endings, _, _ in _READS for ending in endings})
_ASIDE = re.compile(
    r"(^|/)(tests?|spec|__tests__|examples?|docs|scripts|benchmarks?|migrations|script)/|[._]test\.|(^|/)test_"
    r"|(^|/)(settings|config)/(.*/)?(dev|development|local|test|testing|ci)\.|(^|/)(settings|config)_(dev|local|test)"
    r"|(^|/)\.github/|(^|/)deploy\.ya?ml$"
)
_THERE = frozenset(("PORT", "HOME", "PATH", "USER", "PWD", "HOSTNAME", "TZ", "DJANGO_SETTINGS_MODULE"))
"""What a container has, or the program sets itself."""


def _reading(texts: Texts) -> Iterator[str]:
    """The files in which variables may be read; what lies aside is none of the program."""
    for path, text in texts.items():
        asked = path.endswith(_ENDINGS) and any(
            path.endswith(endings) and reads.may_be_in(text) for endings, _, reads in _READS
        )
        asked = asked or (path.endswith(".py") and _SETTINGS.may_be_in(text))
        if asked and not _ASIDE.search(path):
            yield path


def _fields(text: str) -> Iterator[str]:
    """The variables that settings of pydantic want."""
    for each in _SETTINGS.finditer(f"{text}\n"):
        # What a class inside of it or a function has, is further in.
        body = re.split(r"^(?: {4}|\t)(?:@|def |async def )", each[1], maxsplit=1, flags=re.MULTILINE)[0]
        prefix = _PREFIX.search(body)
        for field in _FIELD.finditer(re.sub(r"[ \t]*#[^\n]*", "", body)):
            yield f"{prefix[1] if prefix else ''}{field[1]}".upper()


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; where its source reads variables without a default that nothing gives, with a doubt."""
    if found.choices or found.asks_port:
        return found
    there = _THERE | set(found.env)
    told = "\n".join((*found.doubts, texts.get("Dockerfile", "")))
    wanted: dict[str, str] = {}
    for path in sorted(_reading(texts)):
        for endings, which, reads in _READS:
            if path.endswith(endings) and (which is None or which.search(path)):
                for each in reads.finditer(texts[path]):
                    wanted.setdefault(each[1], path)
        for name in _fields(texts[path]) if path.endswith(".py") else ():
            wanted.setdefault(name, path)
    missing = {
        name: path
        for name, path in wanted.items()
        if name not in there and not re.search(rf"\b{name}\b", told)
    }
    if not missing:
        return found
    more = f" and {len(missing) - MOST} more" if len(missing) > MOST else ""
    names = " ".join([*missing][:MOST]) + more
    where = "run.secrets" if any(map(is_secret, missing)) else "run.env"
    return found.doubting(f"{next(iter(missing.values()))} reads {names} and has no default: {where}")
