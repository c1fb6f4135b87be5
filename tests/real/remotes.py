"""Git remotes as teams have them: bare repositories behind a path, http and ssh, on the loopback only."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")
AUTHOR = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "fleet"), ("EMAIL", "fleet@example.com"))
}
"""Whom git commits as, whatever this machine's own configuration says."""


def git(*arguments: str, cwd: Path) -> str:
    """What git says; it must not fail."""
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()


@dataclass(frozen=True)
class Bare:
    """A bare repository at `path`; it takes pushes."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def commit(self, files: Mapping[str, str | None], branch: str = "main", message: str = "Change") -> str:
        """Put files on a branch, as somebody with a clone does (None removes one); the commit's id."""
        clone = self.path.with_name(f"{self.name}.clone")
        git("clone", "--quiet", str(self.path), str(clone), cwd=self.path)
        try:
            known = git("branch", "--remotes", cwd=clone).split()
            start = [f"origin/{branch}"] if f"origin/{branch}" in known else []
            git("checkout", "--quiet", "-B", branch, *start, cwd=clone)
            for path, text in files.items():
                target = clone / path
                if text is None:
                    target.unlink()
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            git("add", "--all", cwd=clone)
            git("commit", "--quiet", "--allow-empty", "--message", message, cwd=clone)
            git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", cwd=clone)
            return git("rev-parse", "HEAD", cwd=clone)
        finally:
            shutil.rmtree(clone)

    def branches(self) -> dict[str, str]:
        """Each branch and its commit."""
        lines = git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads", cwd=self.path)
        return dict(line.split() for line in lines.splitlines())

    def show(self, path: str, ref: str = "main") -> str:
        """A file's text at a ref."""
        return git("show", f"{ref}:{path}", cwd=self.path)

    def changed(self, ref: str, since: str = "main") -> set[str]:
        """The paths in which two refs differ."""
        return set(git("diff", "--name-only", since, ref, cwd=self.path).split())


def bare(folder: Path, name: str, files: Mapping[str, str]) -> Bare:
    """A new bare repository with one commit of these files."""
    path = folder / f"{name}.git"
    path.mkdir(parents=True)
    git("init", "--quiet", "--bare", "--initial-branch=main", cwd=path)
    git("config", "http.receivepack", "true", cwd=path)
    git("config", "uploadpack.allowFilter", "true", cwd=path)
    made = Bare(path)
    made.commit(files, message="First version")
    return made


# --- http -----------------------------------------------------------------------------------------


class _Backend(BaseHTTPRequestHandler):
    """Git's own http-backend, as a web server calls it."""

    def __init__(self, root: Path, *arguments: object) -> None:
        self.root = root
        super().__init__(*arguments)  # type: ignore[arg-type]

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self._chunk, b""))
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env={
                **os.environ,
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_USER": "test",
            },
            capture_output=True,
            check=False,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for field, value in fields.items():
            self.send_header(field, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline(), 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    do_GET = do_POST = _answer  # noqa: N815 - http.server wants these names

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def over_http(folder: Path) -> Iterator[str]:
    """The address under which a folder of bare repositories is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Backend, folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- ssh ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ssh:
    """A server with one account; `env` makes git use its key and trust the server's."""

    address: str
    env: Mapping[str, str]


@contextmanager
def over_ssh(folder: Path) -> Iterator[Ssh]:
    """A server of our own, with keys of its own, for one account; gone after the block."""
    daemon = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert daemon, "sshd is missing (Debian and Ubuntu: apt-get install openssh-server)"
    folder.mkdir(mode=0o700, parents=True)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    port = _free_port()
    (folder / "sshd.conf").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\n"
        f"HostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\n"
        f"PermitRootLogin prohibit-password\nPidFile {folder}/pid\n"
    )
    host = (folder / "host.pub").read_text().split()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host[0]} {host[1]}\n")
    # Where it drops its rights, sshd wants a folder that only root can change.
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    command = [daemon, "-D", "-e", "-f", str(folder / "sshd.conf")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as server:
        try:
            _wait_for(port, server, folder / "log")
            client = ["ssh", "-F", "/dev/null", "-i", str(folder / "user"), "-o", "BatchMode=yes"]
            client += ["-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={folder}/known"]
            yield Ssh(
                f"ssh://{getpass.getuser()}@127.0.0.1:{port}",
                {"GIT_SSH_COMMAND": shlex.join([*client, "-o", "StrictHostKeyChecking=yes"])},
            )
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"sshd did not start: {log.read_text()}")
