"""Addresses of repositories and names of branches, as git may be given them: never taken for options."""

from __future__ import annotations

import os
import re

from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import refused

PROTOCOLS = ("file", "git", "http", "https", "ssh")


def address(text: str, *, what: str = "the address") -> str:
    """An address that git may be given, a path of here as a whole one.

    Raises `Refused` for any other, and `UsageError` for one that would show a password to everybody; `what`
    says where it is written.
    """
    if not is_address(text):
        raise refused(
            "address-refused",
            f"{text[:200]!r} is no address of a git repository",
            hint=f"https://…, ssh://…, user@host:path, or a path ({', '.join(PROTOCOLS)})",
        )
    plainhttp.require_secure(text, what=what)
    return os.path.abspath(text) if is_path(text) else text  # noqa: PTH100 - a path that git resolves


def is_path(address: str) -> bool:
    """Whether an address is a path of this machine."""
    return "://" not in address and ":" not in address.partition("/")[0]


def is_address(text: str) -> bool:
    """Whether it names a repository by a protocol that we speak, and cannot be taken for an option."""
    if not text or text.startswith("-") or re.search(r"[\x00-\x1f\x7f]", text):
        return False
    scheme, is_url, rest = text.partition("://")
    if is_url and re.fullmatch(r"[A-Za-z0-9+.-]+", scheme):
        return scheme in PROTOCOLS and not rest.startswith("-")
    return not re.match(r"[A-Za-z0-9+.-]*::", text)


def head(branch: str) -> str:
    """The full name of a branch: no name can be taken for an option, or for more than one ref."""
    if not branch or re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|\.lock(/|$)|\.$|(^|/)\.", branch):
        raise refused("branch-refused", f"{branch[:200]!r} cannot be the name of a branch")
    return f"refs/heads/{branch}"
