"""What a verb goes on from: the receipt of the verb before it, or which verbs to run for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from pipelinekit.errors import Refused, refused
from pipelinekit.model.receipts import (
    ChartPackaged,
    ChartPublished,
    Deployed,
    ImageBuilt,
    ImagePushed,
    R,
    Receipt,
    check_key,
)
from pipelinekit.model.release import Key
from pipelinekit.ports import Receipts

_LINE: Mapping[str, Callable[[Receipts], Receipt | None]] = {
    ImageBuilt.verb: lambda there: there.load(ImageBuilt),
    ImagePushed.verb: lambda there: there.load(ImagePushed),
    ChartPackaged.verb: lambda there: there.load(ChartPackaged),
    ChartPublished.verb: lambda there: there.load(ChartPublished),
}
"""In the order of their verbs; deployments come after them, one an environment."""
_WHAT = {
    ImageBuilt: "image",
    ImagePushed: "pushed image",
    ChartPackaged: "packaged chart",
    ChartPublished: "published chart",
    Deployed: "deployment",
}


def required(
    receipts: Receipts, kind: type[R], key: Key, verb: str, *, name: str = "", line: Key | None = None
) -> R:
    """The receipt of that kind, of this revision, for the verb `verb`; `line` is the key of what comes before
    a deployment.

    Raises `Refused` where there is none. It names the earliest verb that is to be run: each of those between
    would only lead back to the one before it.
    """
    receipt = receipts.load(kind, name)
    if receipt is not None and receipt.key == key:
        return receipt
    own: str = kind.verb
    ways = (*_lacking(receipts, own, line or key), own)
    first, then = ways[0], _then(ways[1:], verb)
    if receipt is None:
        problem = f"there is no {_WHAT[kind]} of this revision"
        raise refused("receipt-missing", problem, hint=f"run `pipelinekit {first}` first{then}")
    check_key(receipt, key, f"run `pipelinekit {first}` again{then}")
    return receipt


def _lacking(receipts: Receipts, verb: str, key: Key) -> list[str]:
    """The verbs right before `verb` which have left nothing of this revision, in their order."""
    found: list[str] = []
    for each in reversed([*takewhile(verb.__ne__, _LINE)]):
        try:
            receipt = _LINE[each](receipts)
        except Refused:
            receipt = None
        if receipt is not None and receipt.key == key:
            break
        found.insert(0, each)
    return found


def _then(verbs: Sequence[str], verb: str) -> str:
    """How it goes on after the first of several, and the short way."""
    way = f"on the main branch `pipelinekit run --until {verb}` runs them all"
    return f", then {', '.join(verbs)}; {way}" if verbs else ""
