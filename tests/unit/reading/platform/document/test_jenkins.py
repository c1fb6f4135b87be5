"""What a document says of the controller and of what it reaches."""

from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.jenkins.agent import Notify
from pipelinekit.model.platform.document import (
    Jenkins,
    Library,
    Origin,
    Registration,
    id_of,
)
from pipelinekit.model.platform.registries import MirrorLogin
from pipelinekit.reading.platform.document import read_platform
from tests.documents import dump
from tests.unit.reading.platform.document.bench import DEV, faults, hints, platform

# --- the controller -------------------------------------------------------------------------------

JENKINS = """\
jenkins:
  url: https://jenkins
  source: {repository: "https://git/p.git", branch: trunk, path: acme, credentials: p-git}
  library: {repository: "https://github.com/acme/kit"}
  scan: 12h
  notify: {step: acmeNotify, library: acme@v3}
  webhook: {tokenFile: /etc/token}
"""


def test_what_is_said_of_the_controller() -> None:
    read = read_platform(platform(DEV, more=JENKINS)).jenkins
    assert read == Jenkins(
        url="https://jenkins",
        source=Origin(repository="https://git/p.git", branch="trunk", path="acme", credentials="p-git"),
        library=Library(repository="https://github.com/acme/kit"),
        scan=43_200,
        notify=Notify(step="acmeNotify", library="acme@v3"),
        token_file="/etc/token",
    )


def test_what_is_not_said_of_it() -> None:
    read = read_platform(platform(DEV, more="jenkins: {url: 'https://jenkins'}\n")).jenkins
    assert read == Jenkins(url="https://jenkins", scan=86_400)


@pytest.mark.parametrize(
    "more",
    [
        "jenkins: {url: 'https://j', notify: {«step: pkDeploy}}\n",
        "jenkins: {url: 'https://j', notify: {«step: a-b}}\n",
        "jenkins: {url: 'https://j', «scan: often}\n",
        "jenkins: {url: 'https://j', webhook: {«tokenFile: relative}}\n",
    ],
)
def test_what_cannot_be_said_of_it(more: str) -> None:
    assert faults(platform(DEV, more=more)) == ["bad-pattern"]


def test_a_password_in_an_address_is_a_fault_at_its_place() -> None:
    more = (
        "jenkins: {url: 'https://j', source: {«repository: 'https://a:b@git/p'}}\n"
        "applications: [{name: a, team: t, «repository: 'https://robot:secret@git/x'}]\n"
    )
    assert faults(platform(DEV, more=more)) == ["secret-in-address", "secret-in-address"]


def test_an_address_on_github_names_a_repository() -> None:
    more = "applications: [{name: a, team: t, «repository: 'https://github.com/acme'}]\n"
    assert faults(platform(DEV, more=more)) == ["github-address"]


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ("packages: {«pypi: nexus}\n", ["bad-pattern"]),
        ("packages: {«pypi: 7}\n", ["bad-type"]),
        ("packages: {«pypi: [https://n/x]}\n", ["bad-type"]),
        ("packages: {«pypi: {}}\n", ["missing-key"]),
        ("packages: {«pypi: {credentials: reader}}\n", ["missing-key"]),
        ("packages: {pypi: {«url: nexus}}\n", ["bad-pattern"]),
        ("packages: {pypi: {url: 'https://n/x', «credentials: 'a b'}}\n", ["bad-pattern"]),
        ("packages: {pypi: {url: 'https://n/x', «credential: reader}}\n", ["unknown-key"]),
        ("packages: {«pypi: 'https://u:p@n/x'}\n", ["secret-in-address"]),
        ("packages: {«pypi: 'https://token@n/x'}\n", ["secret-in-address"]),
        ("packages: {npm: {«url: 'https://u:p@n/x', credentials: reader}}\n", ["secret-in-address"]),
        ("packages: {npm: {«url: 'https://[x/y', credentials: reader}}\n", ["login-address"]),
        ("packages: {npm: {«url: 'https:///y', credentials: reader}}\n", ["login-address"]),
        ("packages: {npm: {«url: 'http://n/x', credentials: reader}}\n", ["login-over-http"]),
        ("packages: {go: {«url: 'http://127.0.0.1:1/x', credentials: reader}}\n", ["login-over-http"]),
    ],
)
def test_faults_of_package_proxies(more: str, codes: list[str]) -> None:
    assert faults(platform(DEV, more=more)) == codes


@pytest.mark.parametrize(
    "proxy", ["'http://n/x'", "{url: 'http://n/x'}", "{url: 'http://127.0.0.1:1/x', credentials: reader}"]
)
def test_a_login_goes_over_http_on_this_machine_only(proxy: str) -> None:
    assert read_platform(platform(DEV, more=f"packages: {{pypi: {proxy}}}\n")).packages["pypi"].url


def test_what_a_package_proxy_may_be_is_told() -> None:
    with pytest.raises(DocumentInvalid, match="expected text or a mapping, found a list"):
        read_platform(platform(DEV, more="packages: {pypi: [x]}\n"))


MIRRORED = "applications: [{name: a, team: t, repository: 'https://g/x', mirrors: [%s]}]\n"


def test_mirrors_are_addresses_like_the_first() -> None:
    (found,) = read_platform(platform(DEV, more=MIRRORED % "'ssh://git@m/x', '/srv/x'")).applications
    assert found.mirrors == ("ssh://git@m/x", "/srv/x")
    bad = MIRRORED % "«'https://a:b@m/x', «'https://github.com/acme'"
    assert faults(platform(DEV, more=bad)) == ["secret-in-address", "github-address"]
    assert faults(platform(DEV, more=MIRRORED % "«nonsense")) == ["bad-pattern"]


def test_what_tells_a_registration_from_another_are_not_its_mirrors() -> None:
    (found,) = read_platform(platform(DEV, more=MIRRORED % "'ssh://git@m/x'")).applications
    assert found == Registration(name="a", team="t", repository="https://g/x")


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("-----BEGIN PUBLIC KEY-----\nMFkw+/==\n-----END PUBLIC KEY-----\n", True),
        ("-----BEGIN PUBLIC KEY-----\r\nMFkw\r\nAbc=\r\n-----END PUBLIC KEY-----", True),
        ("-----BEGIN PRIVATE KEY-----\nMFkw\n-----END PRIVATE KEY-----", False),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", False),
        ("cosign.pub", False),
        ("", False),
    ],
)
def test_a_public_key_is_the_text_itself(key: str, good: bool) -> None:
    document = dump({"credentials": "cosign", "publicKey": key}, flow=True).strip()
    text = platform(DEV).replace('registry: "r:5000"}', f'registry: "r:5000", signing: {document}}}', 1)
    if not good:
        assert hints(text) == ["expected: a public key as PEM text: what `cosign public-key` prints"]
        return
    signing = read_platform(text).images.signing
    assert signing
    assert signing.public_key == key


@pytest.mark.parametrize("credential", ["nexus-{team}", "{team}", "{team}.nexus_{team}", "nexus"])
def test_credentials_of_registry_charts_and_clusters_may_name_the_team(credential: str) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", credentials: "{credential}"')
    text = text.replace('r:5000/charts"', f'r:5000/charts", credentials: "{credential}"')
    text = text.replace("{name: nonprod}", f'{{name: nonprod, credentials: "{credential}"}}')
    read = read_platform(text)
    assert read.images.credentials == read.charts.credentials == read.clusters[0].credentials == credential
    assert id_of(credential, "pay") == credential.replace("{team}", "pay")


@pytest.mark.parametrize("credential", ["nexus-{name}", "nexus-{team", "{}", "-{team}", "a b", "{team}}"])
def test_they_may_name_nothing_else(credential: str) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", credentials: "{credential}"')
    (hint,) = hints(text)
    assert "{team} is filled in" in hint
    other = platform(DEV, more='jenkins: {url: "https://j", credentials: "jenkins-{team}"}\n')
    with pytest.raises(DocumentInvalid):
        read_platform(other)


def test_the_library_s_tag_is_one_of_a_version() -> None:
    more = 'jenkins: {{url: "https://j", library: {{repository: "https://g/k.git", version: "{}"}}}}\n'
    jenkins = read_platform(platform(DEV, more=more.format("v1.2.3"))).jenkins
    assert jenkins is not None
    assert jenkins.library == Library(repository="https://g/k.git", version="v1.2.3")
    for bad in ("main", "1.2.3", "v", "v1@x", "v1 2"):
        with pytest.raises(DocumentInvalid):
            read_platform(platform(DEV, more=more.format(bad)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("pullRequests: {commands: true}", True),
        ("pullRequests: {commands: false}", False),
        ("pullRequests: {}", False),
        ("scan: 1d", False),
    ],
)
def test_commands_of_pull_requests_are_for_the_platform_to_allow(said: str, *, expected: bool) -> None:
    read = read_platform(platform(DEV, more=f"jenkins: {{url: 'https://jenkins', {said}}}\n")).jenkins
    assert read is not None
    assert read.commands is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("reader", MirrorLogin(credentials="reader")),
        ("{id: reader}", MirrorLogin(credentials="reader")),
        ("{id: reader, pullRequests: true}", MirrorLogin(credentials="reader", pull_requests=True)),
    ],
)
def test_the_mirrors_login_has_a_short_and_a_long_form(said: str, expected: MirrorLogin) -> None:
    text = platform(DEV).replace('"r:5000"', f'"r:5000", mirrorCredentials: {said}', 1)
    assert read_platform(text).images.mirror_login == expected


NO_BRANCHES = (
    *(
        "*",
        "feature/*",
        "release-?",
        "[a]",
        "-x",
        "--upload-pack=x",
        "a b",
        "a..b",
        "a~1",
        "a^",
        "a:b",
        "@{1}",
    ),
    *("a\\b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "@", ":a"),
)


@pytest.mark.parametrize("name", NO_BRANCHES)
def test_a_branch_is_a_name_that_git_takes(name: str) -> None:
    source = f"{{repository: /p, branch: {name!r}}}"
    text = platform(DEV, more=f"jenkins: {{url: 'https://j', source: {source}}}\n")
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    (fault,) = caught.value.faults
    assert fault.path == "jenkins.source.branch"
    assert "as git takes it" in fault.hint


@pytest.mark.parametrize(
    ("more", "idle"), [("", None), ("draft: {}", 43200), ("draft: {idle: 90m}", 5400)], ids=repr
)
def test_developers_namespaces_are_looked_after_where_the_document_says_so(
    more: str, idle: int | None
) -> None:
    found = read_platform(platform(DEV, more=more)).drafts
    assert (found.idle if found else None) == idle
