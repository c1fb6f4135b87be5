"""A commit of the ledger, as git stores it: one form, in which no byte is free."""

from __future__ import annotations

import base64
import hashlib
import re

from pipelinekit.records import dataclass

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""A commit of the ledger has no files: what it says is in its message, which is signed."""

_WIDTH = 70
_FORM = re.compile(
    r"tree (?P<tree>[0-9a-f]{40})\n"
    r"(?P<parents>(?:parent [0-9a-f]{40}\n){0,16})"
    r"author (?P<author>[^\n]{1,1000}) (?P<authored>[0-9]{1,12}) \+0000\n"
    r"committer (?P<committer>[^\n]{1,1000}) (?P<committed>[0-9]{1,12}) \+0000\n"
    r"(?:gpgsig (?P<signature>-----BEGIN SSH SIGNATURE-----\n(?: [A-Za-z0-9+/=]{1,100}\n){1,200}"
    r" -----END SSH SIGNATURE-----)\n)?"
    r"\n(?P<message>.*)\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit taken apart; `fingerprint` is that of the key which its signature names, unproven so far."""

    id: str
    parent: str
    author: str
    committer: str
    at: int
    message: str
    fingerprint: str = ""
    trouble: str = ""
    """Why it is none of ours, whoever signed it."""


def commit_id(text: str) -> str:
    """The id of a commit of that text."""
    body = text.encode()
    return hashlib.sha1(b"commit %d\0" % len(body) + body, usedforsecurity=False).hexdigest()


def read_commit(identity: str, text: str) -> Commit:
    """A commit of that id from what git has stored; whatever is odd about it is its trouble."""
    found = _FORM.match(text)
    if found is None:
        # An OpenPGP signature, an encoding, a merge tag: nothing that we write, and nothing to verify.
        trouble = (
            "it is signed, but not with SSH"
            if re.search(r"^gpgsig[^\n]*-----BEGIN (?!SSH SIG)", text, re.MULTILINE)
            else "it is no commit as this ledger has them"
        )
        return Commit(id=identity, parent="", author="", committer="", at=0, message="", trouble=trouble)
    parents = found["parents"].split()[1::2]
    signature = (found["signature"] or "").replace("\n ", "\n")
    at = int(found["committed"])
    return Commit(
        id=identity,
        parent=parents[0] if parents else "",
        author=found["author"],
        committer=found["committer"],
        at=at,
        message=found["message"],
        fingerprint=fingerprint_of(signature),
        trouble=_odd(identity, text, found, parents),
    )


def _odd(identity: str, text: str, found: re.Match[str], parents: list[str]) -> str:
    if commit_id(text) != identity:
        return "its id is not that of what it says"
    if found["tree"] != EMPTY_TREE:
        return "it has files, which no event has"
    if len(parents) > 1:
        return "it joins two histories"
    if found["author"] != found["committer"] or found["authored"] != found["committed"]:
        return "its author and its committer differ"
    return ""


def fingerprint_of(signature: str) -> str:
    """The fingerprint of the key that an SSH signature names; empty when it names none."""
    lines = [line for line in signature.split("\n") if line and not line.startswith("-----")]
    try:
        body = base64.b64decode("".join(lines), validate=True)
    except ValueError:
        return ""
    text = base64.b64encode(body).decode()
    # No signature covers how it is written itself: it is written as ssh-keygen does, and in no other way.
    if body[:6] != b"SSHSIG" or lines != [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]:
        return ""
    length = int.from_bytes(body[10:14], "big")
    key = body[14 : 14 + length]
    if len(key) != length:
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
