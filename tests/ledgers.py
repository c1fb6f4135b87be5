"""Platforms with people and keys, and commits of a ledger as git stores them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

from pipelinekit.model.ledger import Digests, Event, Kind
from pipelinekit.model.platform.document import Platform
from pipelinekit.model.platform.people import Group, LedgerKeys, Person, Pipelines, SigningKey
from pipelinekit.plan.ledger.body import Body, message_of
from pipelinekit.plan.ledger.commit import EMPTY_TREE, Commit, commit_id, read_commit
from pipelinekit.plan.ledger.keyring import Keyring
from tests import examples

DAY = 86_400
NOW = 1_800_000_000
DIGESTS = Digests(image="sha256:" + "a" * 64, chart="sha256:" + "c" * 64, descriptor="sha256:" + "d" * 64)
BRANCH = "apps/payments/orders"


def key_of(mark: str, until: str = "") -> SigningKey:
    """A public key that nobody has the other half of."""
    body = b"\0\0\0\x0bssh-ed25519\0\0\0 " + hashlib.sha256(mark.encode()).digest()
    return SigningKey(key="ssh-ed25519 " + base64.b64encode(body).decode(), until=until)


def platform(**keys: SigningKey) -> Platform:
    """A platform named acme: ada and grace are release managers, grace answers in Jenkins as grace-j."""
    used = {name: keys.get(name, key_of(name)) for name in ("ada", "grace", "release", "payments", "stock")}
    return examples.platform(
        name="acme",
        people=(
            Person(name="ada", keys=(used["ada"],)),
            Person(name="grace", keys=(used["grace"],), jenkins="grace-j"),
        ),
        groups=(
            Group(name="release-managers", people=("ada", "grace")),
            Group(name="others", people=("grace",)),
        ),
        ledger_keys=LedgerKeys(
            release=(used["release"],),
            pipelines=tuple(Pipelines(team=each, keys=(used[each],)) for each in ("payments", "stock")),
        ),
    )


def event(kind: Kind = "released", **more: object) -> Event:
    """An event of payments/orders 1.2.3."""
    fields: dict[str, object] = {
        "kind": kind,
        "team": "payments",
        "name": "orders",
        "version": "1.2.3",
        "digests": DIGESTS,
        "at": NOW - DAY,
    }
    return Event(**{**fields, **more})  # type: ignore[arg-type]


def signature_of(key: SigningKey) -> str:
    """The armour of a signature that names a key, and proves nothing."""
    body = base64.b64decode(key.key.split()[1])
    text = base64.b64encode(b"SSHSIG\0\0\0\x01" + len(body).to_bytes(4, "big") + body + b"nothing").decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n ".join(("-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----"))


def commit_text(
    message: str, author: str, at: int, parent: str = "", signature: str = "", tree: str = EMPTY_TREE
) -> str:
    """A commit as git stores it."""
    parents = f"parent {parent}\n" if parent else ""
    signed = f"gpgsig {signature}\n" if signature else ""
    who = f"{author} {at} +0000"
    return f"tree {tree}\n{parents}author {who}\ncommitter {who}\n{signed}\n{message}"


def chain(*written: tuple[str, Event], known: Platform, user: str = "") -> list[Commit]:
    """Commits of these events, each with the mark of the key that it names."""
    keys, commits, parent = Keyring(known), [], ""
    for mark, each in written:
        key = next(
            (SigningKey(key=owner.key) for owner in keys.owners.values() if _mark(owner.principal) == mark),
            key_of(mark),
        )
        owner = keys.owners.get(key.fingerprint)
        author = keys.identity(owner) if owner else "nobody <nobody>"
        said = user if owner and owner.role == "release" else ""
        message = message_of(Body(ledger="acme", event=each, jenkins_user=said))
        text = commit_text(message, author, each.at, parent, signature_of(key))
        parent = commit_id(text)
        commits.append(read_commit(parent, text))
    return commits


def _mark(principal: str) -> str:
    kind, _, name = principal.partition(":")
    return {"pipeline": name, "release": "release"}.get(kind, kind)


def proven(commits: list[Commit], known: Platform) -> dict[str, str]:
    """What git would say if every signature were good."""
    owners = Keyring(known).owners
    return {each.id: owners[each.fingerprint].principal for each in commits if each.fingerprint in owners}


def later(one: Event, seconds: int) -> Event:
    """The same, so many seconds after NOW."""
    return replace(one, at=NOW + seconds)
