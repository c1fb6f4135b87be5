"""Logins of package proxies, each in the file from which its ecosystem's own client takes it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from pipelinekit import names
from pipelinekit.errors import refused
from pipelinekit.model.platform.packages import Ecosystem
from pipelinekit.model.release import Credentials


def login_file(ecosystem: Ecosystem, url: str, login: Credentials) -> str:
    """The file's text. `Refused` for what its format cannot hold; the value is not told."""
    for variable, value in zip(names.login_variables(ecosystem), (login.user, login.password), strict=True):
        # A line break would begin another entry; of the rest that does not print, clients drop some.
        if not value.isprintable():
            raise _unfit(variable, "has a line break or another character that does not print")
        for pattern, reason in _UNFIT[ecosystem].items():
            if re.search(pattern, value):
                raise _unfit(variable, reason)
    if ":" in login.user:
        raise _unfit(names.login_variables(ecosystem)[0], "has a colon, which ends a user's name in HTTP")
    return _FILES[ecosystem](url, login)


def _pip(url: str, login: Credentials) -> str:
    return _netrc(url, _python_word(login.user), _python_word(login.password))


def _python_word(text: str) -> str:
    """A word of a netrc as Python reads it: since 3.11 in quotes where needed, before that without any."""
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"' if re.search(r'[\s"\\]', text) else text


def _go(url: str, login: Credentials) -> str:
    return _netrc(url, login.user, login.password)


def _netrc(url: str, user: str, password: str) -> str:
    server = urlsplit(url).netloc
    # pip, and Go before 1.24, look for the host, later Go for host and port.
    machines = dict.fromkeys((re.sub(r":[0-9]*\Z", "", server), server))
    return "".join(f"machine {each} login {user} password {password}\n" for each in machines)


def _npm(url: str, login: Credentials) -> str:
    address = urlsplit(url)
    where = f"//{address.netloc}{address.path.rstrip('/')}/"
    if not re.fullmatch(r"[A-Za-z0-9._~%!:@/+,-]+", where):
        raise refused(
            "login-unfit", f"packages.npm: {where} cannot be written into an .npmrc", hint="use another path"
        )
    pair = base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
    return f"{where}:_auth={pair}\n"


def _maven(url: str, login: Credentials) -> str:
    from xml.sax.saxutils import escape  # It loads an HTTP client: every build would.

    mirror = f"<id>platform</id><mirrorOf>*</mirrorOf><url>{escape(url)}</url>"
    server = f"<username>{escape(login.user)}</username><password>{escape(login.password)}</password>"
    return (
        f"<settings><mirrors><mirror>{mirror}</mirror></mirrors>"
        f"<servers><server><id>platform</id>{server}</server></servers></settings>\n"
    )


_FILES: Mapping[Ecosystem, Callable[[str, Credentials], str]] = {
    "pypi": _pip,
    "npm": _npm,
    "maven": _maven,
    "go": _go,
}
_UNFIT: Mapping[Ecosystem, Mapping[str, str]] = {
    "pypi": {},
    "npm": {},
    "maven": {
        r"\$\{": "has ${, which Maven takes for one of its properties",
        r"\A\s|\s\Z": "begins or ends with a space, which Maven drops",
    },
    "go": {r"\s": "has a space, which Go's netrc cannot hold"},
}


def _unfit(variable: str, reason: str) -> Exception:
    return refused("login-unfit", f"{variable} {reason}", hint="give the reader of packages another one")
