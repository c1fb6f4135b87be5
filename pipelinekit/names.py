"""Names that Kubernetes, registries and Git accept, and how others are made to fit.

Limits: a DNS label has at most 63 characters (RFC 1123), a Helm release 53, a CronJob 52, an image
path component is lower case (OCI distribution). Application and process names are kept short enough
that `<application>-<process>` fits all of them.
"""

from __future__ import annotations

import ipaddress
import keyword
import re
import sys
from collections.abc import Iterable

APPLICATION_MAX = 30
PROCESS_MAX = 20
LABEL_MAX = 63
REGISTRATIONS_MAX = 20_000

LABEL_PATTERN = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"
ENVIRONMENT_VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*$"
LABEL_RULE = "lower-case letters, digits and hyphens; begins with a letter, does not end with a hyphen"
NAMESPACE_RULE = "lower-case letters, digits and hyphens; neither begins nor ends with a hyphen"

_LABEL = re.compile(LABEL_PATTERN.replace("$", r"\Z"))
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")


def is_label(text: str, longest: int = LABEL_MAX) -> bool:
    """Whether `text` is a DNS label that begins with a letter and has at most `longest` characters."""
    return len(text) <= longest and _LABEL.match(text) is not None


def is_namespace(text: str) -> bool:
    """Whether Kubernetes takes `text` for a namespace's name, which may begin with a digit."""
    return len(text) <= LABEL_MAX and _NAMESPACE.match(text) is not None


def label_from(text: str, longest: int = LABEL_MAX) -> str:
    """The nearest DNS label to `text`; empty when nothing of it can stay."""
    if is_label(text, longest):
        return text
    lowered = re.sub(r"[^a-z0-9]+", "-", text.lower())
    return re.sub(r"^[^a-z]+", "", lowered)[:longest].strip("-")


LISTED = 20
"""So many names are told where none is near: a platform may have thousands of applications, all of others."""


def nearest(word: str, words: Iterable[str]) -> str:
    """`did you mean 'x'?` when one of `words` is near to `word`, else the first `LISTED` of them."""
    known = sorted(words)
    close = meant(word, known)
    if close or not known:
        return close
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return f"known are: {', '.join(known[:LISTED])}{more}"


def meant(word: str, words: Iterable[str]) -> str:
    """`did you mean 'x'?` when one of `words` is near to `word`, else nothing."""
    import difflib

    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""


def label_value(text: str) -> str:
    """`text` as a Kubernetes label value: at most 63 of `[A-Za-z0-9._-]`, alphanumeric at both ends."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", text)[:LABEL_MAX].strip("._-")


def module_name(name: str) -> str:
    """An application's name as a Python module's."""
    return name.replace("-", "_")


def shadows_python(name: str) -> bool:
    """Whether an application's module would hide one of Python's, or cannot be imported at all."""
    module = module_name(name)
    return keyword.iskeyword(module) or module in sys.stdlib_module_names or module == "tests"


def variable(text: str) -> str:
    """A text as an environment variable's name: `kube-nonprod` is `KUBE_NONPROD`."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper())


def login_variables(purpose: str) -> tuple[str, str]:
    """The variables in which a pipeline binds a user and a password, for `registry`, `charts`, `pypi`, …"""
    return f"PK_{purpose.upper()}_USER", f"PK_{purpose.upper()}_PASSWORD"


def secret_variable(identifier: str) -> str:
    """The variable in which a pipeline binds a build secret: `npm-token` is `PK_SECRET_NPM_TOKEN`."""
    return "PK_SECRET_" + identifier.upper().replace("-", "_").replace(".", "_")


def step(verb: str) -> str:
    """A verb's step in the shared library; the prefix keeps it from shadowing a step of Jenkins."""
    return "pk" + "".join(part.title() for part in verb.split("-"))


_GITHUB = re.compile(
    r"(?:https?://(?:[^/@]+@)?|ssh://(?:[^/@]+@)?|[^/@:]+@)github\.com(?::\d+)?[/:](.*)", re.IGNORECASE
)
_OWNER_AND_NAME = re.compile(r"([A-Za-z0-9._-]+)/([A-Za-z0-9._-]+)")
_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/@]*:[^/@]+@", re.IGNORECASE)


def github_repository(address: str) -> tuple[str, str] | None:
    """Owner and name of a repository on github.com; None for another host.

    Raises `ValueError` when the address is github.com's and names no repository.
    """
    match = _GITHUB.fullmatch(address)
    if match is None:
        return None
    parts = _OWNER_AND_NAME.fullmatch(match[1].strip("/").removesuffix(".git"))
    if parts is None:
        raise ValueError("not https://github.com/OWNER/NAME")
    return parts[1], parts[2]


def has_password(address: str) -> bool:
    """Whether a git address carries a password or token in front of its host."""
    return _PASSWORD.match(address) is not None


def without_login(address: str) -> str:
    """A git address without the user and password that an http address may carry."""
    return re.sub(r"^(https?://)[^/@]*@", r"\1", address)


def is_loopback(host: str) -> bool:
    """Whether `host` (with or without a port) is this machine: the one place plain http is fine."""
    bare = re.sub(r":[0-9]+\Z", "", host) if host.startswith("[") or host.count(":") == 1 else host
    try:
        return bare == "localhost" or ipaddress.ip_address(bare.strip("[]")).is_loopback
    except ValueError:
        return False


_PORT = r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
HOST_NAME = r"[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?"
HOST = rf"{HOST_NAME}(:{_PORT})?"
"""A host, with or without a port."""
IMAGE_FOLDER = r"(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
"""What may follow a host in front of images' names."""


ARCHITECTURE = re.compile(r"[a-z0-9]{1,20}/[a-z0-9_]{1,20}(/[a-z0-9.]{1,20})?")
"""What an image is made for: `linux/arm64`, `linux/arm/v7`."""


def host_fault(text: str, *, path: bool = True) -> str:
    """Why `text` is no `host`, `host:port` or (with `path`) `host:port/path`; empty when it is one.

    A predicate that repeats nothing of the text: there may be a password in it.
    """
    if "@" in text:
        return "holds a user or a password"
    if "://" in text:
        return "begins with a scheme"
    host, slash, rest = text.partition("/")
    if host.startswith("[") or host.count(":") > 1:
        return "is an IPv6 address, which image names cannot hold"
    if not re.fullmatch(HOST, host):
        return "is no host, with or without a port"
    if slash and not (path and re.fullmatch(IMAGE_FOLDER, f"/{rest}")):
        return "has something after the host" if rest else "ends with a slash"
    return ""
