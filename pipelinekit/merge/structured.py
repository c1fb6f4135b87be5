"""Merging of texts whose keys are known: values files and draft.toml, key by key where lines collide.

The merge of the lines comes first, since it keeps everybody's comments. Its result counts when it says what
the merge of the keys says; where the lines collide and the keys do not, the keys decide, laid into the user's
text with its comments.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, NamedTuple

from pipelinekit.ports import TextMerge

Path = tuple[str, ...]
_MISSING: Any = object()

LONGEST, HEAVIEST = 500_000, 100_000
"""Characters of a text, and values in it, that are merged key by key; more is merged by its lines alone."""


class Form(NamedTuple):
    """How to read a kind of text, and how to write it with its comments."""

    load: Callable[[str], Any]
    dump: Callable[[Any, str], str]


def merge_text(path: str, base: str, theirs: str, new: str, lines: TextMerge) -> tuple[str, bool]:
    """The merged text of a generated file, and whether it is free of conflicts."""
    merged, clean = lines.merge(base, theirs, new)
    form = form_of(path)
    if form is None:
        return merged, clean
    documents = [_loaded(form, text) for text in (base, theirs, new)]
    if not all(isinstance(each, MutableMapping) for each in documents):
        return merged, clean
    conflicts = lay_over(*documents)
    if conflicts:
        return merged, clean
    if clean and _loaded(form, merged) == documents[1]:
        return merged, True
    laid = form.dump(documents[1], theirs)
    # A comment goes with the key that it stands at, and would go for good when the template drops that key.
    lost = _comments(theirs) - _comments(base) - _comments(laid)
    if lost and not clean:
        return merged, False
    return laid + "".join(f"{comment}\n" for comment in lost.elements()), True


def _comments(text: str) -> Counter[str]:
    """The comments of YAML and TOML; what only looks like one is counted on both sides alike."""
    return Counter(re.findall(r"(?:^|(?<=\s))#.*", text, re.MULTILINE))


def form_of(path: str) -> Form | None:
    """What a generated file's keys are written in, or None for any other text."""
    name = posixpath.basename(path)
    if re.fullmatch(r"charts/[^/]+/values(-[^/]+)?\.yaml", path):
        return Form(_load_yaml, _dump_yaml)
    if name == "draft.toml":
        return Form(_load_toml, _dump_toml)
    return None


def lay_over(base: Mapping[str, Any], theirs: MutableMapping[str, Any], new: Mapping[str, Any]) -> list[Path]:
    """Bring what changed from `base` to `new` into `theirs`; the paths that both sides changed otherwise.

    Lists and scalars count as a whole.
    """
    conflicts: list[Path] = []
    for key in [*new, *(each for each in base if each not in new)]:
        before, mine, after = (side.get(key, _MISSING) for side in (base, theirs, new))
        if _same(after, before) or _same(mine, after):
            continue
        if all(isinstance(each, Mapping) for each in (mine, after)):
            # Key by key even where theirs is what it was: a comment is no value, and must not be replaced.
            below = before if isinstance(before, Mapping) else {}
            conflicts += [(key, *rest) for rest in lay_over(below, mine, after)]
        elif _same(mine, before):
            if after is _MISSING:
                del theirs[key]
            else:
                theirs[key] = after
        else:
            conflicts.append((key,))
    return conflicts


def _same(one: Any, other: Any) -> bool:
    if one is _MISSING or other is _MISSING:
        return one is other
    return (type(one) is type(other) and bool(one == other)) or _plain(one) == _plain(other)


def _plain(value: Any) -> Any:
    """A value without what its library remembers of its form; true and 1 are kept apart."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bool):
        return ("bool", bool(value))
    return str(value) if isinstance(value, str) else value


def _loaded(form: Form, text: str) -> Any:
    try:
        return form.load(text) if len(text) <= LONGEST else None
    except Exception:  # noqa: BLE001 - a text that its library cannot read is merged by its lines alone
        return None


def _load_yaml(text: str) -> Any:
    document = _yaml(text).load(text)
    if _weight(document, {}) > HEAVIEST:
        raise ValueError("aliases stand for more than anybody has written")
    return document


def _weight(value: Any, known: dict[int, int]) -> int:
    """How many values there are when each alias counts as what it stands for."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        # Whatever contains itself has no end.
        known[id(value)] = HEAVIEST + 1
        inside = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_weight(each, known) for each in inside)
    return known[id(value)]


def _dump_yaml(document: Any, like: str) -> str:
    out = io.StringIO()
    _yaml(like).dump(document, out)
    return out.getvalue()


def _yaml(like: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    # Lists stand indented below their key or level with it: as in most of the text that is there.
    if re.search(r"^( *)[^\s#-].*:\s*\n\1 +- ", like, re.MULTILINE):
        yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _load_toml(text: str) -> Any:
    import tomlkit

    return tomlkit.parse(text)


def _dump_toml(document: Any, like: str) -> str:
    import tomlkit

    del like
    return tomlkit.dumps(document)
