"""The shape of those parts of `platform.yaml` that say who may write the ledger."""

from __future__ import annotations

from pipelinekit import names
from pipelinekit.reading.schema.words import (
    CREDENTIAL,
    GIT,
    MOMENT,
    TEAM_CREDENTIAL,
    Schema,
    closed,
    label,
    line,
    listing,
    text,
)

# Principals of OpenSSH's allowed signers: nothing that it reads as a pattern, a list or a comment.
PERSON = (r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$", "letters, digits and . _ @ + -, without spaces")
_KINDS = r"ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com"
SIGNING_KEY = (
    rf"^({_KINDS}) [A-Za-z0-9+/]{{40,}}={{0,2}}( [^\x00-\x1f\x7f]*)?$",
    "a public key as OpenSSH writes it: ssh-ed25519 AAAA…",
)

_KEY: Schema = {
    **text("a public key", *SIGNING_KEY, longest=4000),
    **closed(
        {
            "key": text("a public key", *SIGNING_KEY, longest=4000),
            "until": text("when it ends, in UTC; a key that was used stays listed", *MOMENT),
        },
        "key",
    ),
    "type": ["string", "object"],
    "description": "a public key, or that with its end",
}
_KEYS = listing(_KEY, "public keys that sign", minItems=1, maxItems=20)

LEDGER = closed(
    {
        "repository": text("a git repository", *GIT),
        "credentials": text("Jenkins credential: the key file of a team's pipelines", *TEAM_CREDENTIAL),
        "release": closed(
            {"keys": _KEYS, "credentials": text("Jenkins credential: the file of its key", *CREDENTIAL)},
            "keys",
            about="of Jenkins' folder of releases",
        ),
        "pipelines": listing(
            closed({"team": label("a team", names.APPLICATION_MAX), "keys": _KEYS}, "team", "keys"),
            "of the pipelines of each team",
        ),
    },
    "repository",
)
PEOPLE = listing(
    closed(
        {
            "name": text("a person", *PERSON, longest=200),
            "keys": _KEYS,
            "jenkins": line("their user in Jenkins", 200),
        },
        "name",
    ),
    "who may sign in the ledger",
    maxItems=2000,
)
GROUPS = listing(
    closed(
        {
            "name": line("a group", 200),
            "people": listing(text("a person", *PERSON, longest=200), "who is in it", maxItems=2000),
        },
        "name",
        "people",
    ),
    "people that gates name together",
)
