"""Receipts: what a verb did, in a form that only the next verb accepts. The order of verbs is their types."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from pipelinekit.errors import Place, refused
from pipelinekit.model.release import Key
from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """The tests passed."""

    verb: ClassVar[str] = "test"
    key: Key
    passed: int
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBuilt:
    """An image is in the local engine, or (`digest` is not empty) in the registry already."""

    verb: ClassVar[str] = "build"
    key: Key
    version: str
    repository: str
    image_id: str
    inputs: str
    """The digest of what it was built from."""
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePushed:
    """An image is in the registry."""

    verb: ClassVar[str] = "push"
    key: Key
    version: str
    registry: str
    repository: str
    digest: str
    inputs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPackaged:
    """A chart archive is on disk; `archive` is relative to the application's folder."""

    verb: ClassVar[str] = "package"
    key: Key
    version: str
    archive: str
    archive_digest: str
    image_repository: str
    image_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPublished:
    """A chart is in the chart repository."""

    verb: ClassVar[str] = "publish"
    key: Key
    version: str
    repository: str
    digest: str
    archive_digest: str
    image_repository: str
    image_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A chart runs in an environment, and is ready."""

    verb: ClassVar[str] = "deploy"
    key: Key
    version: str
    environment: str
    namespace: str
    revision: int
    chart_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The chart's tests passed against what is deployed."""

    verb: ClassVar[str] = "verify"
    key: Key
    version: str
    environment: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The ledger has been told; `told` is the digest of what, and of which ledger."""

    verb: ClassVar[str] = "ledger"
    key: Key
    told: str


Receipt = Tested | ImageBuilt | ImagePushed | ChartPackaged | ChartPublished | Deployed | Verified | Noted
R = TypeVar("R", Tested, ImageBuilt, ImagePushed, ChartPackaged, ChartPublished, Deployed, Verified, Noted)

FORMAT = 2


def to_json(receipt: Receipt) -> str:
    """The receipt as a JSON text that `from_json` takes back."""
    body = {"format": FORMAT, "verb": receipt.verb, **dataclasses.asdict(receipt)}
    return json.dumps(body, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str, kind: type[R], origin: str) -> R:
    """The receipt in `text`; `Refused` when it is damaged or of another kind."""
    try:
        body: Mapping[str, Any] = json.loads(text)
        if body["format"] != FORMAT or body["verb"] != kind.verb:
            raise ValueError("another format or verb")
        fields = {
            field.name: _READERS[str(field.type)](body[field.name]) for field in dataclasses.fields(kind)
        }
        return kind(**fields)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refused(
            "receipt-damaged",
            f"the receipt cannot be read ({type(error).__name__})",
            hint=f"run `pipelinekit {kind.verb}` again",
            place=Place(origin),
        ) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return tuple(map(_text, value))


def _key(value: Any) -> Key:
    key = Key(**value)
    _texts([key.commit, key.descriptor, key.platform])
    return key


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": _text,
    "int": _whole,
    "tuple[str, ...]": _texts,
    "Key": _key,
}
"""By a field's type, as it is written above."""


def check_key(receipt: Receipt, key: Key, hint: str = "") -> None:
    """Raise `Refused` when the receipt is of another revision, descriptor or platform; `hint` says what to do
    where more than its own verb is to be run."""
    if receipt.key == key:
        return
    old = receipt.key
    pairs = (
        (old.commit, key.commit, _moved(old.commit, key.commit)),
        (old.descriptor, key.descriptor, "app.yaml has changed"),
        (old.platform, key.platform, "the platform gives it another address, build argument or namespace"),
    )
    what = "; ".join(words for before, now, words in pairs if before != now)
    raise refused(
        "receipt-stale",
        f"the receipt of `{receipt.verb}` does not fit any more: {what}",
        hint=hint or f"run `pipelinekit {receipt.verb}` again",
    )


def check_version(receipt: ImagePushed | ChartPublished, version: str) -> None:
    """Raise `Refused` when the same revision had another version: its branch or its tags have changed."""
    if receipt.version == version:
        return
    raise refused(
        "receipt-stale",
        f"the receipt of `{receipt.verb}` does not fit any more: this commit has another version "
        f"({receipt.version} then, {version} now)",
        hint=f"run `pipelinekit {receipt.verb}` again; the branch that is checked out and the tags make it",
    )


def _moved(before: str, now: str) -> str:
    """What has become of the revision; a work tree with changes has no commit of its own."""
    if any(each.startswith("tree:") for each in (before, now)):
        return "files that are not committed have changed"
    return f"another commit is checked out ({before[:12] or 'none'} then, {now[:12] or 'none'} now)"
