"""Dockerfiles: which images one builds on, and the same text with those pinned to digests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, dropwhile, takewhile

from pipelinekit.errors import DocumentInvalid, Fault, Place
from pipelinekit.reading.docker.expansion import expand
from pipelinekit.records import dataclass

SCRATCH = "scratch"
"""The empty image, which no registry has."""

_MARK = "\ufeff"
_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*(\S)\s*\Z", re.IGNORECASE)
_HEREDOC = re.compile(r"\d*<<(-?)([^<]+)\Z")
WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+""", re.DOTALL)
"""What a shell takes for one word; a quote that is not closed is a character."""
MOST = 2_000
"""Instructions of a Dockerfile."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One `FROM`: its name (or empty) and what it begins with, variables filled in."""

    name: str
    image: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its lines joined; `at` has the place in the text of each character of `whole`."""

    word: str
    whole: str
    at: Sequence[int]

    @property
    def rest(self) -> str:
        """What stands behind the instruction's name."""
        return self.whole[len(self.word) :].strip()


@dataclass(frozen=True, slots=True)
class _Use:
    """An image that is named: by a `FROM` as a stage, else copied or mounted from; and where it stands."""

    image: str
    first: int
    last: int
    stage: str | None = None
    """The stage's name; None where there is no stage."""


def stages(text: str, args: Mapping[str, str]) -> tuple[Stage, ...]:
    """The stages in order; `args` are the build's arguments, which override the file's own defaults.

    Raises `DocumentInvalid` for a text that grows beyond all bounds.
    """
    return tuple(Stage(use.stage, use.image) for use in _walk(text, args) if use.stage is not None)


def bases(text: str, args: Mapping[str, str]) -> tuple[str, ...]:
    """The images that come from elsewhere, each once, in the order of their use."""
    return tuple(dict.fromkeys(use.image for use in _foreign(text, args)))


def _foreign(text: str, args: Mapping[str, str]) -> list[_Use]:
    """The uses of images that are no stage of the file's own."""
    known: set[str] = {SCRATCH}
    found: list[_Use] = []
    number = 0
    for use in _walk(text, args):
        if use.image.lower() not in known and not (use.stage is None and use.image.isdigit()):
            found.append(use)
        if use.stage is not None:
            known |= {use.stage.lower(), str(number)} - {""}
            number += 1
    return found


def base(text: str, args: Mapping[str, str], target: str = "") -> str:
    """What the last stage, or the `target`, is made on in the end, through the stages it begins with; empty
    without one."""
    begun: dict[str, str] = {}
    image = ""
    for stage in stages(text, args):
        image = begun.get(stage.image.lower(), stage.image)
        begun[stage.name.lower()] = image
        if target and stage.name.lower() == target.lower():
            break
    return image


def arguments(text: str) -> frozenset[str]:
    """The names that `ARG` declares, in whatever stage."""
    words = (word for each in instructions(text) if each.word == "ARG" for word in WORD.findall(each.rest))
    return frozenset(word.partition("=")[0] for word in words)


def secrets(text: str) -> frozenset[str]:
    """The ids of the build secrets that a `RUN` mounts, in whatever stage."""
    flags = (flag for each in instructions(text) if each.word == "RUN" for flag, _, _ in _flags(each))
    return frozenset(mount for mount in map(_secret, flags) if mount)


def _secret(flag: str) -> str:
    """The id of the secret that a flag mounts; without one it is the name of the file where it appears."""
    fields = dict(part.partition("=")[::2] for part in flag.removeprefix("--mount=").split(","))
    if fields.get("type") != "secret":
        return ""
    target = next((fields[each] for each in ("target", "dst", "destination") if each in fields), "")
    return fields.get("id") or target.rpartition("/")[2]


def pin(text: str, args: Mapping[str, str], pinned: Mapping[str, str]) -> str:
    """`text` with each image of `pinned` written as what it is pinned to; nothing else changes."""
    for use in sorted(_foreign(text, args), key=lambda use: -use.first):
        if use.image in pinned:
            text = text[: use.first] + pinned[use.image] + text[use.last :]
    return text


def _walk(text: str, args: Mapping[str, str]) -> list[_Use]:
    found: list[_Use] = []
    values: dict[str, str] = {}
    escape = escape_of(text.removeprefix(_MARK).split("\n", 50))
    for each in instructions(text):
        if each.word == "ARG" and not found:
            _declare(each, args, values, escape)
        elif each.word == "FROM":
            found.append(_from(each, values, escape))
        elif each.word in {"COPY", "ADD", "RUN"} and found:
            found += _from_flags(each)
    return found


def _declare(arg: Instruction, args: Mapping[str, str], values: dict[str, str], escape: str) -> None:
    for word in WORD.findall(arg.rest):
        name, equals, default = word.partition("=")
        if name in args:
            values[name] = args[name]
        elif equals:
            values[name] = expand(default, values, escape)
        else:
            values.pop(name, None)


def _from(each: Instruction, values: Mapping[str, str], escape: str) -> _Use:
    words = list(re.finditer(r"\S+", each.whole))[1:]
    words = list(dropwhile(lambda match: match[0].startswith("--"), words))
    if not words:
        return _Use("", each.at[-1] + 1, each.at[-1] + 1, "")
    named = words[2][0] if len(words) > 2 and words[1][0].upper() == "AS" else ""
    first, last = words[0].span()
    return _Use(expand(words[0][0], values, escape), each.at[first], each.at[last - 1] + 1, named)


def _from_flags(each: Instruction) -> list[_Use]:
    """What `COPY --from=` and `RUN --mount=…,from=` name."""
    found = []
    for flag, first, _ in _flags(each):
        name, _, value = flag.partition("=")
        at = first + len(name) + 1
        if name == "--from" and each.word != "RUN":
            found.append((value, at))
        elif name == "--mount" and each.word == "RUN":
            for field in value.split(","):
                key, _, image = field.partition("=")
                if key.strip("\"' ").lower() == "from":
                    found.append((image, at + len(key) + 1))
                at += len(field) + 1
    uses = []
    for value, begin in found:
        bare = value.strip("\"'")
        start = begin + value.find(bare)
        if bare:
            uses.append(_Use(bare, each.at[start], each.at[start + len(bare) - 1] + 1))
    return uses


def _flags(each: Instruction) -> list[tuple[str, int, int]]:
    """The flags of an instruction, before its first other word, and where they stand in it."""
    words = WORD.finditer(each.whole, len(each.word))
    flags = takewhile(lambda match: match[0].startswith("--"), words)
    return [(match[0], match.start(), match.end()) for match in flags]


def stage_of(each: Instruction, values: Mapping[str, str], escape: str) -> tuple[str, str]:
    """What a `FROM` begins with, variables filled in, and the name that it gives its stage, or empty."""
    use = _from(each, values, escape)
    return use.image, use.stage or ""


def instructions(text: str) -> list[Instruction]:
    """The instructions in order, each in one line; raises `DocumentInvalid` for too many."""
    # In the place of the mark a space: nothing moves.
    lines = text.replace(_MARK, " ", 1).split("\n") if text.startswith(_MARK) else text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    escape = re.escape(escape_of(lines))
    continued = re.compile(rf"(?:(?<=[^{escape}])|^){escape}[ \t\r]*\Z")
    endless: set[str] = set()
    found: list[Instruction] = []
    number = 0
    while number < len(lines):
        whole, places, number = _joined(lines, starts, number, continued)
        if not whole.strip():
            continue
        if len(found) == MOST:
            problem = f"more than {MOST} instructions"
            raise DocumentInvalid(Fault("dockerfile-too-long", problem, Place("Dockerfile", number)))
        word = whole.split(maxsplit=1)[0].upper()
        found.append(Instruction(word, whole, places))
        if word in {"RUN", "COPY", "ADD"}:
            number = _after_heredocs(lines, number, whole, endless)
    return found


def _joined(
    lines: list[str], starts: list[int], number: int, continued: re.Pattern[str]
) -> tuple[str, list[int], int]:
    """The instruction that begins in a line, the place of each of its characters, and the line after it."""
    parts: list[str] = []
    places: list[int] = []
    while number < len(lines):
        line, begin = lines[number], starts[number]
        number += 1
        if not line.strip() or line.lstrip().startswith("#"):
            if parts:
                continue
            break
        if not parts:
            begin += len(line) - len(line.lstrip())
            line = line.lstrip()
        end = continued.search(line)
        kept = line[: end.start()] if end else line.rstrip()
        parts.append(kept)
        places.extend(range(begin, begin + len(kept)))
        if not end:
            break
    return "".join(parts), places, number


def _after_heredocs(lines: list[str], at: int, instruction: str, endless: set[str]) -> int:
    """The line after the texts that an instruction has in itself: FROM in there means nothing.

    `endless` are those words whose end was looked for and is in no line that follows.
    """
    for word in WORD.findall(instruction):
        match = _HEREDOC.fullmatch(word)
        name = re.sub(r"[\"'\\]", "", match[2]) if match else ""
        if match is None or not name:
            continue
        tabs = "\t" if match[1] else ""
        end = at if word not in endless else len(lines)
        while end < len(lines) and lines[end].removesuffix("\r").lstrip(tabs or "\n") != name:
            end += 1
        if end == len(lines):
            endless.add(word)
            # No end: then `<<` was the shell's, or a syntax that this builder does not know.
            return at
        at = end + 1
    return at


def escape_of(lines: list[str]) -> str:
    """The character that continues a line and escapes another, as the first lines say."""
    for line in lines:
        if not line.lstrip().startswith("#") or "=" not in line:
            break
        match = _DIRECTIVE.match(line.strip())
        if match:
            return match[1]
    return "\\"
