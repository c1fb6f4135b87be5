"""Logins in the files of the clients: each read back by a reader of that format, whatever is in them."""

from __future__ import annotations

import base64
import netrc
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelinekit.errors import Refused
from pipelinekit.model.platform.packages import ECOSYSTEMS, Ecosystem
from pipelinekit.model.release import Credentials
from pipelinekit.plan.logins import login_file

URL = "https://nexus.example:8443/repository/of/them/"
HOSTILE = (
    "plain-4711",
    "it's",
    'say"no"',
    '"',
    "\\",
    'a\\"b',
    "<&]]>",
    "&amp;",
    "#",
    "a#b",
    "$$HOME",
    "$HOME",
    "{enclosed}",
    "%20",
    "a=b;c",
    "@:/?",
    "machine",
    "é🚀",
    "//",
)
SPACED = ("two words", "a  b", "# comment", "a \\ b")


def by_python(text: str, folder: Path) -> tuple[str, str]:
    """What pip finds for the host."""
    file = folder / "netrc"
    file.write_text(text)
    found = netrc.netrc(str(file)).authenticators("nexus.example")
    assert found
    return found[0], found[2]


def by_go(text: str, machine: str = "nexus.example:8443") -> tuple[str, str]:
    """What Go finds: words between white space, in pairs, and no quotes."""
    for line in text.split("\n"):
        words = line.split()
        pairs = dict(zip(words[::2], words[1::2], strict=True))
        if pairs.get("machine") == machine:
            return pairs["login"], pairs["password"]
    raise AssertionError(machine)


def by_npm(text: str) -> tuple[str, str]:
    key, _, value = text.removesuffix("\n").partition("=")
    assert key == "//nexus.example:8443/repository/of/them/:_auth"
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", value)
    user, _, password = base64.b64decode(value).decode().partition(":")
    return user, password


def by_maven(text: str) -> tuple[str, str]:
    root = ET.fromstring(text)
    (mirror,), (server,) = root.iter("mirror"), root.iter("server")
    assert mirror.findtext("id") == server.findtext("id")
    assert (mirror.findtext("url"), mirror.findtext("mirrorOf")) == (URL, "*")
    return server.findtext("username") or "", server.findtext("password") or ""


def read(ecosystem: Ecosystem, text: str, folder: Path) -> tuple[str, str]:
    match ecosystem:
        case "pypi":
            return by_python(text, folder)
        case "go":
            return by_go(text)
        case "npm":
            return by_npm(text)
        case "maven":
            return by_maven(text)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@pytest.mark.parametrize("value", HOSTILE)
def test_a_login_arrives_whatever_is_in_it(ecosystem: Ecosystem, value: str, tmp_path: Path) -> None:
    user = value.replace(":", "")
    assert read(ecosystem, login_file(ecosystem, URL, Credentials(user, value)), tmp_path) == (user, value)


@pytest.mark.parametrize("ecosystem", ["pypi", "npm", "maven"])
@pytest.mark.parametrize("value", SPACED)
def test_a_space_inside_arrives_where_the_format_has_one(
    ecosystem: Ecosystem, value: str, tmp_path: Path
) -> None:
    assert read(ecosystem, login_file(ecosystem, URL, Credentials("u", value)), tmp_path) == ("u", value)


TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ecosystem=st.sampled_from(ECOSYSTEMS), user=TEXT, password=TEXT)
def test_any_login_arrives_or_is_refused(
    ecosystem: Ecosystem, user: str, password: str, tmp_path: Path
) -> None:
    login = Credentials(user, password)
    unfit = ":" in user or not (user + password).isprintable()
    unfit |= ecosystem == "go" and " " in user + password
    unfit |= ecosystem == "maven" and any("${" in each or each.strip() != each for each in (user, password))
    if unfit:
        with pytest.raises(Refused):
            login_file(ecosystem, URL, login)
        return
    assert read(ecosystem, login_file(ecosystem, URL, login), tmp_path) == (user, password)


@pytest.mark.parametrize("ecosystem", ECOSYSTEMS)
@pytest.mark.parametrize(
    "value", ["one-4711\ntwo", "4711\r", "\t4711", "4711\x00", "4711\u2028", "4711\udcff"]
)
def test_what_does_not_print_is_refused_without_being_shown(ecosystem: Ecosystem, value: str) -> None:
    for login, variable in ((Credentials("u", value), "PASSWORD"), (Credentials(value, "p"), "USER")):
        with pytest.raises(Refused, match=f"PK_{ecosystem.upper()}_{variable} has a line break") as caught:
            login_file(ecosystem, URL, login)
        assert "4711" not in str(caught.value)


@pytest.mark.parametrize(
    ("ecosystem", "login", "reason"),
    [
        ("go", Credentials("u", "two words"), "PK_GO_PASSWORD has a space"),
        ("maven", Credentials("u", "${env.HOME}"), r"PK_MAVEN_PASSWORD has \$\{, which Maven"),
        ("maven", Credentials("u", " p"), "PK_MAVEN_PASSWORD begins or ends with a space"),
        ("pypi", Credentials("a:b", "p"), "PK_PYPI_USER has a colon"),
        ("npm", Credentials("a:b", "p"), "PK_NPM_USER has a colon"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(ecosystem: Ecosystem, login: Credentials, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        login_file(ecosystem, URL, login)


def test_every_go_finds_its_server() -> None:
    text = login_file("go", URL, Credentials("u", "p"))
    assert by_go(text, "nexus.example") == by_go(text, "nexus.example:8443") == ("u", "p")


@pytest.mark.parametrize("path", ["/a=b", "/a;b", "/[x]", "/é"])
def test_an_address_that_an_npmrc_cannot_hold_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="cannot be written into"):
        login_file("npm", f"https://nexus.example{path}", Credentials("u", "p"))
