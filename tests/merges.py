"""Seeded merges: a generated file, what its template's next version makes of it, and what a person did to it.

Whatever a side writes is a word that stands nowhere else, so that losing or doubling it shows by counting.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipelinekit.adapters.folder.packaged import templates
from pipelinekit.generators import plan_files
from pipelinekit.merge import has_markers
from pipelinekit.merge.structured import form_of
from pipelinekit.model.app import LANGUAGES, App
from pipelinekit.model.tree import FilePlan
from pipelinekit.render import SUFFIX, Templates, render
from tests import examples
from tests.golden import trees

COUNT = 200
_KEY = re.compile(r"^( *)([A-Za-z][A-Za-z0-9_.-]*)(: |\s*= )(\S.*)$")


@dataclass(frozen=True)
class Side:
    """What one side made of the base's lines: `changed` in place (None: deleted), `added` after them."""

    changed: Mapping[int, str | None]
    added: Mapping[int, str]
    words: tuple[str, ...]
    """Its words that a merge has to keep."""

    def of(self, lines: list[str]) -> str:
        return _written(lines, self)


@dataclass(frozen=True)
class Case:
    """One merge. `expected` is the text when nothing contradicts."""

    seed: int
    path: str
    lines: tuple[str, ...]
    yours: Side
    generated: Side

    @property
    def base(self) -> str:
        return "".join(self.lines)

    @property
    def theirs(self) -> str:
        return self.yours.of(list(self.lines))

    @property
    def new(self) -> str:
        return self.generated.of(list(self.lines))

    @property
    def expected(self) -> str:
        return _written(list(self.lines), self.yours, self.generated)


@dataclass(frozen=True)
class Verdict:
    """What became of a merge; the first two must never be."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    conflict: bool


def case_of(seed: int, path: str, text: str) -> Case:
    """The merge of that seed on a file: up to three changes a side, in half of the cases close together."""
    chance = random.Random(seed)  # noqa: S311 - the same cases every time is the point
    lines = text.splitlines(keepends=True)
    counts = Counter(lines)
    structured = form_of(path) is not None
    places = [
        number
        for number, line in enumerate(lines)
        if line.strip() and counts[line] == 1 and (not structured or _is_leaf(lines, number))
    ]
    generated = _side(chance, f"new{seed}x", path, lines, chance.sample(places, min(len(places), 2)))
    near = places
    if chance.random() < 0.5:
        touched = generated.changed.keys() | generated.added.keys()
        near = [each for each in places if any(abs(each - other) <= 2 for other in touched)]
    chosen = chance.sample(near, min(len(near), chance.randint(1, 3)))
    return Case(seed, path, tuple(lines), _side(chance, f"mine{seed}x", path, lines, chosen), generated)


def _side(chance: random.Random, mark: str, path: str, lines: list[str], at: Iterable[int]) -> Side:
    changed: dict[int, str | None] = {}
    added: dict[int, str] = {}
    words = []
    structured = form_of(path) is not None
    for number, place in enumerate(at):
        word = f"{mark}{number}"
        kind = chance.choice(("add", "change", "delete"))
        if kind == "delete":
            changed[place] = None
            continue
        # A comment of ours in a file that is merged by keys is no loss; a person's comment is.
        if kind == "change" or mark.startswith("mine") or not structured:
            words.append(word)
        margin = re.match(r"\s*", lines[place])[0].rstrip("\n")  # type: ignore[index]
        if kind == "change":
            key = _KEY.match(lines[place].rstrip("\n"))
            changed[place] = (
                f'{key[1]}{key[2]}{key[3]}"{word}"\n' if structured and key else f"{margin}{word}\n"
            )
        else:
            comment = "" if path.endswith(".txt") else "// " if path.endswith("Jenkinsfile") else "# "
            added[place] = f"{margin}{comment}{word}\n"
    return Side(changed, added, tuple(words))


def _is_leaf(lines: list[str], number: int) -> bool:
    """Whether a line has a key and its whole value, and the line before it stands as deep."""
    key = _KEY.match(lines[number].rstrip("\n"))
    if key is None or number == 0:
        return False
    before = _KEY.match(lines[number - 1].rstrip("\n"))
    return before is not None and before[1] == key[1] and not re.match(r'[{\[|>&*"]*$', key[4])


def _written(lines: list[str], *sides: Side) -> str:
    text = []
    for number, line in enumerate(lines):
        changes = [side.changed[number] for side in sides if number in side.changed]
        text += [change for change in changes if change] if changes else [line]
        text += [side.added[number] for side in sides if number in side.added]
    return "".join(text)


def judge(case: Case, result: str) -> Verdict:
    """What a merge's result keeps, loses and doubles."""
    conflict = has_markers(result)
    theirs, new = (_counted(text) for text in (case.theirs, case.new))
    words = (*case.yours.words, *case.generated.words)
    lost = [word for word in words if word not in result]
    doubled = [word for word in words if len(re.findall(rf"{word}\b", result)) > 1]
    if not conflict:
        found = _counted(result)
        doubled += [line for line in found if found[line] > max(theirs[line], new[line])]
        for side in (case.yours, case.generated):
            gone = [case.lines[number] for number, line in side.changed.items() if line is None]
            lost += [f"deleted {line.strip()}" for line in gone if line in result.splitlines(keepends=True)]
        if form_of(case.path) is None and result != case.expected and not lost and not doubled:
            lost.append("not what both sides make together")
    return Verdict(tuple(lost), tuple(doubled), conflict)


def _counted(text: str) -> Counter[str]:
    return Counter(line for line in text.splitlines() if line.strip())


# --- whole applications ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """An application, its templates' next version, and the merges that this makes."""

    app: App
    templates: Templates
    cases: tuple[Case, ...]


def rounds(count: int = COUNT) -> Iterator[Round]:
    """Applications of every language, and one with everything, until there are so many merges."""
    apps = [*(trees.app_of_new(language) for language in LANGUAGES), trees.app_of("full")]
    seed, number = 0, 0
    while seed < count:
        app = apps[number % len(apps)]
        plans = list(plan_files(app, examples.site()))
        tree = render(plans, templates())
        used = Counter(each.template for each in plans)
        cases, later = [], dict(templates())
        for plan in plans:
            if used[plan.template] > 1 or plan.path.endswith(".json") or seed >= count:
                continue
            case = case_of(seed, plan.path, tree[plan.path].text)
            cases.append(case)
            later[plan.template] = _template(plan, case.new)
            seed += 1
        yield Round(app, later, tuple(cases))
        number += 1


def _template(plan: FilePlan, text: str) -> str:
    """A template that makes just this text."""
    return f"{{% raw %}}{text}{{% endraw %}}" if plan.template.endswith(SUFFIX) else text
