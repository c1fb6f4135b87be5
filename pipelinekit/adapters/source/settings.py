"""What of git's settings counts for us, and what we set ourselves.

Everything is left out that is not named here, so that a key which git learns tomorrow changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pipelinekit.errors import failed

Setting = tuple[str, str]
"""A key as git writes it (`remote.origin.url`), and its value."""

_CORE = "askpass|attributesfile|autocrlf|bigfilethreshold|compression|eol|excludesfile|gitproxy|sshcommand"
_USERS = re.compile(
    r"(credential|http|url|user|author|committer|gpg)\..+"
    rf"|core\.({_CORE})|(commit|push)\.gpgsign|safe\.directory|ssh\.variant|protocol\.version"
    r"|(transfer|fetch)\.fsckobjects|pack\.[a-z]+|init\.(templatedir|defaultobjectformat)",
    re.DOTALL,
)
"""The user's own: how servers are reached, who commits, what is safe, how lines end."""

_BOOLEANS = (
    "filemode|symlinks|ignorecase|precomposeunicode|trustctime|checkstat|sharedrepository"
    "|sparsecheckout|sparsecheckoutcone|logallrefupdates|autocrlf|eol|bigfilethreshold"
)
_REPOSITORYS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(key, re.DOTALL), re.compile(value))
    for key, value in (
        (rf"core\.({_BOOLEANS})", r"[A-Za-z0-9]{0,20}"),
        (r"(user|author|committer)\.(name|email)", r"[^\x00-\x1f]{1,200}"),
        (r"remote\.[^\x00-\x1f]+\.(promisor|partialclonefilter)", r"[A-Za-z0-9:=+]{0,60}"),
    )
)
"""A repository's own: how its files are on disk, and who commits; the value has to be one that fits.

None names a program, a file or a server. Addresses are judged by whoever asks.
"""
_URL = re.compile(r"remote\.[^\x00-\x1f]+\.url", re.DOTALL)

_EXTENSIONS = re.compile(
    r"(objectformat|compatobjectformat|refstorage|partialclone|preciousobjects|noop|relativeworktrees)"
    r"=([A-Za-z0-9._-]{0,60})"
)
_WORKTREE_CONFIG = "extensions.worktreeconfig"

OURS: tuple[Setting, ...] = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.pager", "cat"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.quotePath", "true"),
    ("safe.bareRepository", "explicit"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("push.recurseSubmodules", "no"),
    ("log.showSignature", "false"),
    ("i18n.commitEncoding", "UTF-8"),
    ("i18n.logOutputEncoding", "UTF-8"),
)
"""Ours comes last, and so counts: whatever git starts in other repositories (submodules, alternates) has
it as well."""


def of_user(listed: str) -> list[Setting]:
    """The user's settings that count, from `git config --list -z --show-scope`."""
    fields = listed.split("\0")
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return [
        each for scope, text in pairs if scope != "local" and _USERS.fullmatch((each := _setting(text))[0])
    ]


def of_repository(listed: str, *, is_address: Callable[[str], bool]) -> list[Setting]:
    """A repository's settings that count, from `git config --list -z`."""
    return [each for each in _settings(listed) if _fits(each) or (_is_url(each) and is_address(each[1]))]


def format_of(listed: str) -> str:
    """The configuration file that says how the repository is stored, and nothing else.

    Raises `ToolFailed` for an extension that we do not know.
    """
    version, lines = "0", []
    for key, value in _settings(listed):
        if key == "core.repositoryformatversion" and value in {"0", "1"}:
            version = value
        elif key.startswith("extensions.") and key != _WORKTREE_CONFIG:
            line = f"{key.removeprefix('extensions.')}={value}"
            if not _EXTENSIONS.fullmatch(line):
                raise failed("git-failed", f"git: unknown repository extension '{key[:80]}'")
            lines.append(f"\t{line}\n")
    return f"[core]\n\trepositoryformatversion={version}\n[extensions]\n{''.join(lines)}"


def origin_of(listed: str) -> str:
    """The address that a repository has for `origin`, whatever it is; from `git config --list -z`."""
    return next(iter(values(_settings(listed), "remote.origin.url")), "")


def values(settings: Iterable[Setting], key: str) -> list[str]:
    """All values of a key, in their order."""
    return [value for name, value in settings if name == key]


def addresses(settings: Iterable[Setting]) -> Iterator[str]:
    """The addresses that remotes have, and those that the user puts in the place of others."""
    for key, value in settings:
        if _is_url((key, value)):
            yield value
        elif key.startswith("url."):
            yield key.removeprefix("url.").rpartition(".")[0]


def quoted(value: str) -> str:
    """A value as git's configuration files have it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _fits(setting: Setting) -> bool:
    return any(key.fullmatch(setting[0]) and value.fullmatch(setting[1]) for key, value in _REPOSITORYS)


def _is_url(setting: Setting) -> bool:
    return _URL.fullmatch(setting[0]) is not None


def _settings(listed: str) -> Iterator[Setting]:
    return (_setting(each) for each in listed.split("\0") if each)


def _setting(text: str) -> Setting:
    key, has_value, value = text.partition("\n")
    # A key alone is a yes.
    return key, value if has_value else "true"
