"""Repositories that somebody wrote to hurt whoever reads them; each would leave a mark if it could."""

from __future__ import annotations

import hashlib
import io
import shlex
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelinekit.adapters.folder.workspace import pack, unpack
from pipelinekit.model.tree import File

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")
HOOKS = (
    *(
        "applypatch-msg",
        "commit-msg",
        "fsmonitor-watchman",
        "post-applypatch",
        "post-checkout",
        "post-commit",
    ),
    *("post-index-change", "post-merge", "post-receive", "post-rewrite", "post-update", "pre-applypatch"),
    *("pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase", "pre-receive"),
    *("prepare-commit-msg", "proc-receive", "push-to-checkout", "reference-transaction"),
    *("sendemail-validate", "update"),
)
APP = (
    "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: pay}\n"
    "build: {language: go}\nrun:\n  port: 8080\n  replicas: 1\n"
)


@dataclass(frozen=True)
class Lair:
    """Where an animal lives: `root` is the repository's folder, beside it is what it must not reach."""

    root: Path

    @property
    def canary(self) -> Path:
        """There once something of the repository has run."""
        return self.root.parent / "canary"

    @property
    def outside(self) -> Path:
        """A stranger's folder: nothing in it may change."""
        return self.root.parent / "outside"

    @property
    def command(self) -> str:
        """A shell's command that leaves the mark, whatever it is given; it answers as a filter would."""
        script = self.root.parent / "command"
        if not script.exists():
            script.write_text(f"#!/bin/sh\n: > {shlex.quote(str(self.canary))}\ncat 2>/dev/null\nexit 0\n")
            script.chmod(0o755)
        return str(script)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """What git says while the animal is made; it must not fail."""
        done = subprocess.run(
            ["git", *IDENTITY, *arguments], cwd=cwd or self.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def write(self, path: str, text: str | bytes) -> None:
        """Put a file into the repository's folder."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self) -> None:
        """Commit whatever is there."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Change")

    def link(self, path: str, to: str) -> None:
        """Put a link there, in the place of whatever is."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        target.symlink_to(to)

    def remembers(self, path: str, text: str) -> None:
        """A lock and a base that say: this was generated, with just that text."""
        lock = self.root / ".pipelinekit" / "lock.yaml"
        digest = hashlib.sha256(text.encode()).hexdigest()
        lock.write_text(
            f'{lock.read_text()}  "{path}": "sha256:{digest}"\n'.replace("inputs:", "inputs: ''#")
        )
        base = self.root / ".pipelinekit" / "base.tar.gz"
        base.write_bytes(pack({**unpack(base.read_bytes()), path: File(text)}))


# --- what git's own files name --------------------------------------------------------------------


def fsmonitor(lair: Lair) -> None:
    """The repository's own configuration names a program that git asks what has changed."""
    lair.git("config", "core.fsmonitor", lair.command)


def filters(lair: Lair) -> None:
    """Attributes name a driver of an invented name, and the configuration has its programs."""
    lair.write(".gitattributes", "* filter=zoo diff=zoo merge=zoo\n")
    lair.commit()
    for key in ("clean", "smudge", "process"):
        lair.git("config", f"filter.zoo.{key}", lair.command)
    for key in ("diff.zoo.command", "diff.zoo.textconv", "merge.zoo.driver"):
        lair.git("config", key, lair.command)
    lair.write("app.yaml", (lair.root / "app.yaml").read_text() + "# more\n")


def own_attributes(lair: Lair) -> None:
    """The same with attributes that only this checkout has."""
    lair.write(".git/info/attributes", "* filter=zoo\n")
    lair.git("config", "filter.zoo.clean", lair.command)
    lair.git("config", "filter.zoo.required", "true")


def hooks(lair: Lair) -> None:
    """A hook for everything, in both places."""
    lair.git("config", "core.hooksPath", "hooks")
    for name in HOOKS:
        for folder in ("hooks", ".git/hooks"):
            lair.write(f"{folder}/{name}", f"#!/bin/sh\n{lair.command}\n")
            (lair.root / folder / name).chmod(0o755)


def included(lair: Lair) -> None:
    """The configuration is in another file, which is committed."""
    lair.write("settings", f"[core]\n\tfsmonitor = {lair.command}\n")
    lair.commit()
    lair.git("config", "include.path", "../settings")


def included_where(lair: Lair) -> None:
    """The same under a condition that holds."""
    lair.write("settings", f"[core]\n\tfsmonitor = {lair.command}\n")
    lair.git("config", "includeIf.onbranch:main.path", "../settings")
    lair.git("config", "includeIf.gitdir:/.path", "../settings")


def worktree_config(lair: Lair) -> None:
    """The configuration of one work tree alone."""
    lair.git("config", "extensions.worktreeConfig", "true")
    lair.git("config", "--worktree", "core.fsmonitor", lair.command)


def gitfile(lair: Lair) -> None:
    """`.git` is a file, and leads to a repository among the files."""
    (lair.root / ".git").rename(lair.root / "vendor")
    lair.write(".git", "gitdir: vendor\n")
    lair.write("vendor/config", f"[core]\n\tbare = false\n\tfsmonitor = {lair.command}\n")


def elsewhere(lair: Lair) -> None:
    """The repository says that its work tree is another folder."""
    lair.git("config", "core.worktree", str(lair.outside))
    lair.git("config", "core.fsmonitor", lair.command)


def submodule(lair: Lair) -> None:
    """A submodule that is checked out, with a configuration of its own."""
    inner = lair.root / "inner"
    lair.git("init", "--quiet", "--initial-branch=main", str(inner))
    (inner / "a").write_text("a")
    (inner / ".gitattributes").write_text("* filter=zoo\n")
    lair.git("add", "--all", cwd=inner)
    lair.git("commit", "--quiet", "--message", "Inner", cwd=inner)
    lair.write(".gitmodules", '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tupdate = !false\n')
    lair.commit()
    lair.git("config", "submodule.inner.update", f"!{lair.command}")
    lair.git("config", "filter.zoo.clean", lair.command, cwd=inner)
    lair.git("config", "core.fsmonitor", lair.command, cwd=inner)
    (inner / "a").write_text("b")


def alternates(lair: Lair) -> None:
    """Objects are borrowed from a repository with a configuration of its own."""
    other = lair.root / "other"
    lair.git("clone", "--quiet", "--bare", str(lair.root), str(other))
    lair.git("config", "core.fsmonitor", lair.command, cwd=other)
    lair.git("config", "core.alternateRefsCommand", lair.command, cwd=other)
    lair.git("config", "core.alternateRefsCommand", lair.command)
    lair.write(".git/objects/info/alternates", f"{other}/objects\n")


def promisor(lair: Lair) -> None:
    """A tree is missing, and the server that promised it is a program."""
    tree = lair.git("rev-parse", "HEAD^{tree}")
    lair.git("config", "core.repositoryFormatVersion", "1")
    lair.git("config", "extensions.partialClone", "origin")
    lair.git("config", "remote.origin.promisor", "true")
    lair.git("config", "remote.origin.url", f"ext::{lair.command}")
    lair.git("config", "remote.origin.uploadpack", lair.command)
    lair.git("config", "protocol.ext.allow", "always")
    (lair.root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()


def remote(lair: Lair) -> None:
    """A remote that is a program in every way that there is."""
    lair.git("config", "remote.origin.url", f"ext::{lair.command}")
    for key in ("uploadpack", "receivepack", "vcs"):
        lair.git("config", f"remote.origin.{key}", lair.command)
    lair.git("config", f"url.ext::{lair.command} .insteadOf", "https://")
    lair.git("config", "protocol.allow", "always")
    lair.git("config", "core.sshCommand", lair.command)
    lair.git("config", "credential.helper", f"!{lair.command}")


def signing(lair: Lair) -> None:
    """Commits are to be signed, and signatures to be shown, by a program of theirs."""
    for key in ("commit.gpgSign", "tag.gpgSign", "log.showSignature", "push.gpgSign"):
        lair.git("config", key, "true")
    for key in ("gpg.program", "gpg.ssh.program", "gpg.x509.program", "gpg.ssh.defaultKeyCommand"):
        lair.git("config", key, lair.command)
    lair.git("config", "user.signingKey", "somebody")


def pagers(lair: Lair) -> None:
    """Every command has a pager, an alias, an editor."""
    for name in ("log", "status", "rev-list", "ls-files", "config", "version", "commit", "describe"):
        lair.git("config", f"pager.{name}", lair.command)
        lair.git("config", f"alias.{name}", f"!{lair.command}")
    for key in ("core.pager", "core.editor", "core.askPass", "sequence.editor", "diff.external"):
        lair.git("config", key, lair.command)


def a_branch_that_is_an_option(lair: Lair) -> None:
    """The branch that is checked out has a name that git could take for an option."""
    name = "refs/heads/--upload-pack=touch"
    lair.git("update-ref", name, "HEAD")
    lair.git("symbolic-ref", "HEAD", name)


# --- folders that look like more ------------------------------------------------------------------


def bare_inside(lair: Lair) -> None:
    """A registered folder looks like a bare repository; git would take its configuration."""
    lair.write("svc/app.yaml", (lair.root / "app.yaml").read_text())
    _bare(lair, "svc")
    lair.commit()


def bare_at_the_top(lair: Lair) -> None:
    """The same at the top, and a forged memory that has `.git/HEAD` removed, so that it counts."""
    _bare(lair, ".")
    lair.commit()
    lair.remembers(".git/HEAD", (lair.root / ".git" / "HEAD").read_text())


def _bare(lair: Lair, folder: str) -> None:
    lair.write(f"{folder}/HEAD", "ref: refs/heads/main\n")
    lair.write(f"{folder}/objects/x", "")
    lair.write(f"{folder}/refs/x", "")
    lair.write(f"{folder}/config", f"[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = {lair.command}\n")


# --- what is remembered ---------------------------------------------------------------------------


def remembers_git(lair: Lair) -> None:
    """A forged memory of git's own files, in spellings that some disk takes for them."""
    for path in (
        ".git/HEAD",
        ".GIT/config",
        ".git./config",
        "git~1/config",
        ".git::$INDEX_ALLOCATION/config",
    ):
        lair.remembers(path, "x")
    lair.remembers(".git/description", (lair.root / ".git" / "description").read_text())


def remembers_outside(lair: Lair) -> None:
    """A forged memory of a stranger's file."""
    for path in ("../outside/secret", str(lair.outside / "secret"), "charts/../../outside/secret"):
        lair.remembers(path, (lair.outside / "secret").read_text())


def remembers_nul(lair: Lair) -> None:
    """A path that no disk can have."""
    base = lair.root / ".pipelinekit" / "base.tar.gz"
    with io.BytesIO() as packed:
        with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
            info = tarfile.TarInfo("x")
            info.pax_headers = {"path": "Jenkins\0file"}
            archive.addfile(info, io.BytesIO())
        base.write_bytes(packed.getvalue())
    lock = lair.root / ".pipelinekit" / "lock.yaml"
    empty = hashlib.sha256(b"").hexdigest()
    lock.write_text(
        f'{lock.read_text()}  "Jenkins\\0file": "sha256:{empty}"\n'.replace("inputs:", "inputs: ''#")
    )


def remembers_theirs(lair: Lair) -> None:
    """A forged memory of a file that no generator makes."""
    lair.write("main.go", "package main\n")
    lair.remembers("main.go", "package main\n")


# --- links ----------------------------------------------------------------------------------------


def link_pipelinekit(lair: Lair) -> None:
    """What is ours is a link to a stranger's folder."""
    lair.link(".pipelinekit", "../outside")


def link_reports(lair: Lair) -> None:
    """What a test empties is a link to a stranger's folder."""
    lair.link(".pipelinekit/reports", "../../outside")


def link_receipts(lair: Lair) -> None:
    """Receipts are a stranger's."""
    lair.link(".pipelinekit/receipts", "../../outside")


def link_dist(lair: Lair) -> None:
    """Archives go to a stranger's folder."""
    lair.link(".pipelinekit/dist", "../../outside")


def link_memory(lair: Lair) -> None:
    """Lock and base are links."""
    lair.link(".pipelinekit/lock.yaml", "../../outside/secret")
    lair.link(".pipelinekit/base.tar.gz", "../.git/config")


def link_app(lair: Lair) -> None:
    """The descriptor is git's configuration."""
    lair.link("app.yaml", ".git/config")


def link_app_out(lair: Lair) -> None:
    """The descriptor is a stranger's file."""
    lair.link("app.yaml", "../outside/secret")


def link_chart(lair: Lair) -> None:
    """The chart has git's configuration, a stranger's file, and the whole disk in it."""
    lair.link("charts/orders/files/config", "../../../.git/config")
    lair.link("charts/orders/files/secret", "../../../../outside/secret")
    lair.link("charts/orders/files/all", "/")


def link_charts(lair: Lair) -> None:
    """All charts are in a stranger's folder."""
    lair.link("charts", "../outside")


def link_dockerfile(lair: Lair) -> None:
    """Dockerfile and .dockerignore are what git does not track."""
    lair.write(".git/info/exclude", ".env\n")
    lair.write(".env", "PASSWORD=hunter2\n")
    lair.link("Dockerfile", ".env")
    lair.link(".dockerignore", ".git/config")


def link_registered(lair: Lair) -> None:
    """The registered folder is a stranger's."""
    lair.link("svc", "../outside")


ZOO: dict[str, Callable[[Lair], None]] = {
    "fsmonitor": fsmonitor,
    "filters": filters,
    "own attributes": own_attributes,
    "hooks": hooks,
    "included": included,
    "included where": included_where,
    "worktree config": worktree_config,
    "gitfile": gitfile,
    "elsewhere": elsewhere,
    "submodule": submodule,
    "alternates": alternates,
    "promisor": promisor,
    "remote": remote,
    "signing": signing,
    "pagers": pagers,
    "a branch that is an option": a_branch_that_is_an_option,
    "bare inside": bare_inside,
    "bare at the top": bare_at_the_top,
    "remembers git": remembers_git,
    "remembers outside": remembers_outside,
    "remembers NUL": remembers_nul,
    "remembers theirs": remembers_theirs,
    "link pipelinekit": link_pipelinekit,
    "link reports": link_reports,
    "link receipts": link_receipts,
    "link dist": link_dist,
    "link memory": link_memory,
    "link app": link_app,
    "link app out": link_app_out,
    "link chart": link_chart,
    "link charts": link_charts,
    "link dockerfile": link_dockerfile,
    "link registered": link_registered,
}
"""Every animal by its name; each is given a repository with a sound application, and makes it its own."""
