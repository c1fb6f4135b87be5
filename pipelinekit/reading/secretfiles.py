"""Names of files that have no place in an image, whatever a `.dockerignore` says or forgets."""

from __future__ import annotations

import re

_OURS = frozenset((".git", ".pipelinekit"))
_SECRET = re.compile(
    r"\.env|\.env\..*|.+\.env|\.envrc|\.netrc|\.git-credentials"
    r"|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.htpasswd|\.s3cfg|\.vault-token|\.terraformrc"
    r"|\.dockercfg|\.dockerconfigjson|kubeconfig|.+\.kubeconfig|credentials\.json|.+\.tfstate(?:\.backup)?"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)(?:_(?!.*\.pub$).*)?"
    r"|.*\.(?:pem|key|p8|p12|pfx|pk8|ppk|jks|keystore|kdbx)",
    re.DOTALL,
)
_PLACES = re.compile(
    r"(?:.*/)?(?:\.aws/(?:credentials|config)|\.docker/config\.json|\.kube/config|\.(?:ssh|gnupg)/.*)",
    re.DOTALL,
)
"""Files that are known by their folder."""


def is_ours(path: str) -> bool:
    """Whether a path is git's or our own record, in whatever folder, or lies in it."""
    return any(part.rstrip(". ").lower() in _OURS for part in path.split("/"))


def is_secret(path: str) -> bool:
    """Whether a file of that name is settings or a key of whoever works here, unless it is committed."""
    lowered = path.lower()
    return bool(_SECRET.fullmatch(lowered.rpartition("/")[2]) or _PLACES.fullmatch(lowered))
