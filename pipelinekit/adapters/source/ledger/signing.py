"""Which key signs in the ledger: a pipeline's file, else the user's own, as git or the ssh-agent has it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pipelinekit.adapters.running import process
from pipelinekit.adapters.source.git import Git
from pipelinekit.errors import refused
from pipelinekit.model.ledger import Writer
from pipelinekit.model.platform.people import SigningKey
from pipelinekit.plan.ledger.keyring import Keyring, Owner
from pipelinekit.records import dataclass

KEY = "PIPELINEKIT_LEDGER_KEY"
"""The file of a private key, as a credential of Jenkins binds it."""
USER = "PIPELINEKIT_JENKINS_USER"
"""Who answered in Jenkins: counts only beside the key of its folder of releases."""

_HINT = (
    "git config --global user.signingkey ~/.ssh/id_ed25519 (globally: what a single repository has set "
    "is not "
    "read), or the ssh-agent has the key; platform.yaml lists its public half at your name (people)"
)
_GIVEN = (
    f"{KEY} names it, before anything that git or the ssh-agent has: let it name the file of a private key "
    "whose public half platform.yaml lists (people, ledger.pipelines, ledger.release), or unset it"
)
ANOTHER = (
    "sign with another key that platform.yaml lists at your name: git config --global user.signingkey "
    "KEY, or for "
    "a pipeline PIPELINEKIT_LEDGER_KEY; the old one stays listed, with `until`"
)
"""What to do with a key that has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """A key that the platform knows. `key` is what git takes for `user.signingKey`."""

    key: str
    owner: Owner
    writer: Writer
    program: str = ""
    """The user's own program that signs, or empty."""

    @property
    def options(self) -> tuple[str, ...]:
        """What git is told, so that it signs with it."""
        program = self.program or "ssh-keygen"
        return (
            "-c",
            "gpg.format=ssh",
            "-c",
            f"user.signingKey={self.key}",
            "-c",
            f"gpg.ssh.program={program}",
        )


def find(here: Git, keys: Keyring, environment: Mapping[str, str]) -> Signer:
    """The key that signs; raises `Refused` when there is none that the platform knows."""
    given = environment.get(KEY, "")
    user = environment.get(USER, "")
    if given:
        return _signer(given, _of_file(given, _GIVEN), keys, user, hint=_GIVEN)
    configured = here.line("config", "--get", "user.signingKey")
    if configured and re.match(r"key::|ssh-|sk-|ecdsa-|[~./]", configured):
        program = here.line("config", "--get", "gpg.ssh.program")
        path = str(Path(configured).expanduser()) if configured[0] in "~./" else configured
        return _signer(path, _fingerprint(path), keys, user, program)
    for line in _of_agent():
        found = fingerprint_of_line(line)
        if found in keys.owners:
            return _signer(f"key::{line}", found, keys, user)
    raise refused("ledger-key", "no key is known that could sign in the ledger", hint=_HINT)


def _signer(
    key: str, fingerprint: str, keys: Keyring, user: str, program: str = "", *, hint: str = _HINT
) -> Signer:
    writer, owner = keys.writer(fingerprint, user), keys.owners.get(fingerprint)
    if writer is None or owner is None:
        raise refused(
            "ledger-key",
            f"the key {fingerprint or key} is nobody's whom the platform knows",
            hint=hint,
        )
    return Signer(key=key, owner=owner, writer=writer, program=program)


def _fingerprint(key: str) -> str:
    literal = key.removeprefix("key::")
    return fingerprint_of_line(literal) if literal != key or " " in key else _of_file(key)


def fingerprint_of_line(line: str) -> str:
    """The fingerprint of a public key as OpenSSH writes it, or empty."""
    return SigningKey(key=line).fingerprint


def _of_file(path: str, hint: str = _HINT) -> str:
    """The fingerprint of a key's file, public or private; raises `Refused` for what is none."""
    done = process.run(["ssh-keygen", "-l", "-f", path], timeout=10)
    found = re.search(r"SHA256:\S+", done.out)
    if done.code or found is None:
        raise refused("ledger-key", f"{path} is no key that ssh-keygen can read: {done.reason()}", hint=hint)
    return found[0]


def _of_agent() -> list[str]:
    if not os.environ.get("SSH_AUTH_SOCK"):
        return []
    done = process.run(["ssh-add", "-L"], timeout=10)
    return [] if done.code else done.out.splitlines()


def reaching(environment: Mapping[str, str]) -> tuple[str, ...]:
    """How the server is reached: with the pipeline's key, unless the user says something else for ssh."""
    given = environment.get(KEY, "")
    said = {"GIT_SSH", "GIT_SSH_COMMAND"} & environment.keys()
    if not given or said:
        return ()
    quoted = "'" + given.replace("'", "'\\''") + "'"
    return ("-c", f"core.sshCommand=ssh -oBatchMode=yes -oIdentitiesOnly=yes -i {quoted}")
