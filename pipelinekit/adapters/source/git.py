"""The one door to git: what it reads of settings is what we gave it, so that no stranger's counts.

A repository's own configuration, hooks, attributes' drivers and legacy remotes are never seen: git works on
the repository's HEAD, index, objects and refs, but takes everything else from a folder that we make for the
moment (`GIT_COMMON_DIR`). The user's settings are read once, and those that reach servers, sign, or say who
commits are handed on. `settings` has both lists.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipelinekit.adapters.disk import momentary
from pipelinekit.adapters.running import process, programs
from pipelinekit.adapters.source import addresses, dotgit, settings
from pipelinekit.adapters.source.dotgit import DotGit
from pipelinekit.adapters.source.settings import Setting
from pipelinekit.adapters.web import plainhttp
from pipelinekit.errors import Fault, ToolMissing, failed

OLDEST = "2.38"
"""The oldest git that knows every setting that we count on (`safe.bareRepository`)."""
LOCAL = 900
"""Seconds for what needs no server."""
TIMEOUT = 120
"""Seconds for one exchange with a repository elsewhere."""
MEMORY = 192 * 1024 * 1024
"""Bytes that git may have while it takes a text out of a stranger's objects: a small pack holds huge ones."""

_SHARED = ("info", "logs", "objects", "packed-refs", "refs", "reftable", "shallow")
"""What git gets to see of what a repository's work trees share: none of it can name a program."""
_OF_ENVIRONMENT = re.compile(
    r"GIT_((AUTHOR|COMMITTER)_(NAME|EMAIL|DATE)|SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|PROXY_COMMAND"
    r"|PROXY_SSL_[A-Z_]+|SSL_[A-Z_]+|HTTP_[A-Z_]+|EXEC_PATH)"
)
"""The user's variables that say who commits, and how servers are reached; all other ones would redirect."""
_OF_CONFIG = re.compile(r"GIT_CONFIG_.+")
_FIXED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_EDITOR": "false",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Git:
    """git in a folder, with an environment that has all its settings."""

    folder: Path
    env: Mapping[str, str]

    def run(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: str | bytes | None = None,
        timeout: float = LOCAL,
        most: int = process.MOST,
        memory: int | None = None,
        file: int | None = None,
    ) -> process.Completed:
        """What it said, whatever its exit code; for the bounds see `process.run`."""
        return process.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**self.env, **(env or {}), **_allowed(arguments, self.env)},
            alone=True,
            stdin=stdin,
            timeout=timeout,
            most=most,
            memory=memory,
            file=file,
        )

    def check(
        self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str | bytes | None = None
    ) -> str:
        """What it said; raises `ToolFailed` with its reason unless it ends with 0."""
        done = self.run(*arguments, env=env, stdin=stdin)
        if done.code:
            raise failed("git-failed", f"git: {done.reason()}")
        return done.out

    def line(self, *arguments: str) -> str:
        """The first line of what it says, or nothing when it has nothing to say."""
        done = self.run(*arguments)
        return done.out.split("\n", 1)[0].strip() if done.code == 0 else ""


@dataclass(frozen=True)
class Repository(Git):
    """git in a work tree."""

    place: DotGit
    settings: Sequence[Setting] = field(default=())
    """Those of the user and of the repository that count."""
    origin: str = ""
    """What the repository says is the address of `origin`: data, which git was not given."""

    @property
    def prefix(self) -> str:
        """Where the folder is in the work tree: empty at its top, else with a `/` at the end."""
        inside = self.folder.relative_to(self.place.top).as_posix()
        return "" if inside == "." else f"{inside}/"

    def at_top(self) -> Repository:
        """The same at the top of the work tree."""
        return replace(self, folder=self.place.top)

    @property
    def index(self) -> Path:
        """The index, where there is one."""
        return self.place.own / "index"

    @property
    def objects(self) -> str:
        """Where the objects are, in a spelling that a list of paths can hold."""
        return f"{self.env['GIT_COMMON_DIR']}/objects"


@contextmanager
def repository(folder: Path, *, origin: str = "") -> Iterator[Repository | None]:
    """git in the repository that `folder` is in; None outside of any.

    `origin` is the address that counts for the remote of that name, whatever the repository says. Raises
    `ToolFailed` for a repository of somebody else, and for one that cannot be read.
    """
    found = dotgit.find(folder)
    if found is None:
        yield None
        return
    _require_recent()
    with momentary.folder() as common:
        listed = _listed_of_repository(found, common)
        Path(common, "config").write_text(settings.format_of(listed))
        for name in _SHARED:
            there = found.common / name
            if os.path.lexists(there):
                Path(common, name).symlink_to(there)
        redirect = {"GIT_DIR": str(found.own), "GIT_COMMON_DIR": common, "GIT_WORK_TREE": str(found.top)}
        own = settings.of_repository(listed, is_address=addresses.is_address)
        if origin:
            own = [each for each in own if each[0] != "remote.origin.url"]
            own += [("remote.origin.url", addresses.address(origin))]
            own += [("remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")]
        known = [*_of_user({**redirect, **_numbered(own)}), *own]
        dotgit.require_ours(found, settings.values(known, "safe.directory"))
        dotgit.require_files(found)
        env = {**_environment(known, common), **redirect}
        yield Repository(folder.resolve(), env, found, known, origin or settings.origin_of(listed))


@contextmanager
def scratch(*, origin: str = "", work_tree: Path | None = None) -> Iterator[Git]:
    """git in a repository that has nothing yet, removed after the block; a work tree may be elsewhere."""
    _require_recent()
    with momentary.folder() as folder:
        own = Path(folder, "git")
        for name in ("objects", "refs"):
            (own / name).mkdir(parents=True)
        (own / "HEAD").write_text("ref: refs/heads/main\n")
        (own / "config").write_text("[core]\n\trepositoryformatversion=0\n\tbare=false\n")
        remote = [("remote.origin.url", addresses.address(origin))] if origin else []
        redirect = {"GIT_DIR": str(own)} | ({"GIT_WORK_TREE": str(work_tree.resolve())} if work_tree else {})
        env = {**_environment([*_of_user({}), *remote], folder), **redirect}
        yield Git(work_tree.resolve() if work_tree else own, env)


@dataclass(frozen=True)
class Bare(Git):
    """git in a bare repository, by a folder of the moment: what it says names the repository."""

    def run(self, *arguments: str, **bounds: Any) -> process.Completed:
        """As `Git.run`."""
        done = super().run(*arguments, **bounds)
        return replace(done, err=done.err.replace(self.env["GIT_DIR"], str(self.folder)))


@contextmanager
def bare(folder: Path) -> Iterator[Git]:
    """git in a bare repository that we have made: its objects and refs, and no settings of its own."""
    _require_recent()
    with momentary.folder() as made:
        own = Path(made, "git")
        own.mkdir()
        # The last one is git's own lock of those who pack.
        for name in ("objects", "refs", "packed-refs", "gc.pid"):
            (own / name).symlink_to(folder.absolute() / name)
        (own / "HEAD").write_text("ref: refs/heads/main\n")
        (own / "config").write_text("[core]\n\tbare=true\n\tfsync=committed,reference\n")
        redirect = {"GIT_DIR": str(own), "GIT_COMMON_DIR": str(own), "GIT_NO_LAZY_FETCH": "1"}
        yield Bare(folder, {**_environment(_of_user({}), made), **redirect})


@contextmanager
def nowhere(folder: Path | None = None, *, plain: bool = False) -> Iterator[Git]:
    """git outside of any repository; `plain` does without the user's settings, for what needs none."""
    _require_recent()
    with momentary.folder() as empty:
        here = (folder or Path(empty)).resolve()
        env = _environment([] if plain else _of_user({}), empty)
        yield Git(here, {**env, "GIT_CEILING_DIRECTORIES": str(here.parent)})


def _allowed(arguments: Sequence[str], env: Mapping[str, str]) -> dict[str, str]:
    """Which protocols git speaks: http only where an address says so, and its host needs no TLS.

    So neither a redirect nor an address that somebody rewrote takes a password off TLS.
    """
    numbers = range(int(env.get("GIT_CONFIG_COUNT", "0")))
    known = ((env[f"GIT_CONFIG_KEY_{each}"], env[f"GIT_CONFIG_VALUE_{each}"]) for each in numbers)
    named = [*arguments, *(settings.addresses(known))]
    plain = any(plainhttp.is_plain(plainhttp.host_of(each)) for each in named if each.startswith("http://"))
    return {"GIT_ALLOW_PROTOCOL": ":".join(each for each in addresses.PROTOCOLS if plain or each != "http")}


def version() -> str:
    """What git says of its version."""
    return process.check(["git", "version"])


@cache
def _require_recent() -> None:
    said = version()
    match = re.search(r"(\d+)\.(\d+)", said)
    if not match or (int(match[1]), int(match[2])) < tuple(map(int, OLDEST.split("."))):
        found = f"git is {match[0] if match else 'of unknown version'}, {OLDEST} or later is needed"
        raise ToolMissing(Fault("tool-too-old", found, hint=programs.GET["git"]))


def _listed_of_repository(found: DotGit, empty: str) -> str:
    """A repository's own settings, none of which counts while they are read; no other file's."""
    path = found.config
    if path is None:
        return ""
    plain = Git(Path(empty), {**_environment([], empty), "GIT_DIR": f"{empty}/none"})
    return plain.check("config", "--file", str(path), "--no-includes", "--list", "-z")


def _of_user(redirect: Mapping[str, str]) -> list[Setting]:
    """The settings of this machine and user that count; `redirect` says for which repository."""
    env = {name: value for name, value in os.environ.items() if _is_ours(name) or _OF_CONFIG.fullmatch(name)}
    more = {name: value for name, value in redirect.items() if not name.startswith("GIT_CONFIG_")}
    # A list of settings that the user gave in the environment goes on with those of the repository.
    count = int(env.get("GIT_CONFIG_COUNT") or 0) if env.get("GIT_CONFIG_COUNT", "0").isdigit() else 0
    added = [name for name in redirect if name.startswith("GIT_CONFIG_KEY_")]
    for number, name in enumerate(added, count):
        more[f"GIT_CONFIG_KEY_{number}"] = redirect[name]
        more[f"GIT_CONFIG_VALUE_{number}"] = redirect[name.replace("_KEY_", "_VALUE_")]
    if added:
        more["GIT_CONFIG_COUNT"] = str(count + len(added))
    return list(_listed(tuple(sorted({**env, "LC_ALL": "C", **more}.items()))))


@cache
def _listed(env: tuple[tuple[str, str], ...]) -> tuple[Setting, ...]:
    with momentary.folder() as empty:
        given = dict(env)
        given.setdefault("GIT_CEILING_DIRECTORIES", str(Path(empty).resolve().parent))
        said = Git(Path(empty), given).check("config", "--list", "-z", "--show-scope")
    return tuple(settings.of_user(said))


def _is_ours(name: str) -> bool:
    return not name.startswith("GIT_") or _OF_ENVIRONMENT.fullmatch(name) is not None


def _environment(known: Sequence[Setting], folder: str) -> dict[str, str]:
    """All that git sees: this process' environment without redirections, and the settings."""
    env = {name: value for name, value in os.environ.items() if _is_ours(name)}
    batch = not {"GIT_SSH", "GIT_SSH_COMMAND"} & env.keys() and not settings.values(known, "core.sshcommand")
    ours = [("core.sshCommand", "ssh -oBatchMode=yes")] if batch else []
    safe = settings.values(known, "safe.directory")
    # Git asks for these where no environment can say them: at the other end of a path.
    user = Path(folder, "user")
    user.write_text("".join(f"[safe]\n\tdirectory={settings.quoted(each)}\n" for each in safe))
    return {
        **env,
        **_FIXED,
        "GIT_CONFIG_GLOBAL": str(user),
        **_numbered([*known, *ours, *settings.OURS]),
    }


def _numbered(known: Sequence[Setting]) -> dict[str, str]:
    """Settings as git takes them from its environment, where neither `ps` nor a disk shows them."""
    env = {"GIT_CONFIG_COUNT": str(len(known))}
    for number, (key, value) in enumerate(known):
        env[f"GIT_CONFIG_KEY_{number}"], env[f"GIT_CONFIG_VALUE_{number}"] = key, value
    return env
