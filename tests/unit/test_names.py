from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.reading.schema.words import MIRROR, REGISTRY

DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


@pytest.mark.parametrize("text", ["a", "orders", "a-b", "a1", "x" * 63])
def test_labels(text: str) -> None:
    assert names.is_label(text)


@pytest.mark.parametrize(
    "text", ["", "A", "1a", "-a", "a-", "a_b", "a.b", "a b", "a\n", "\na", "é", "x" * 64, "a\u0430"]
)
def test_what_is_no_label(text: str) -> None:
    assert not names.is_label(text)


def test_a_label_has_the_length_that_the_caller_allows() -> None:
    assert names.is_label("x" * 30, 30)
    assert not names.is_label("x" * 31, 30)


@given(st.text(), st.integers(1, 63))
def test_a_label_made_of_anything_is_a_label_or_nothing(text: str, longest: int) -> None:
    made = names.label_from(text, longest)
    assert made == "" or (names.is_label(made, longest) and DNS_LABEL.fullmatch(made))


@given(st.from_regex(names.LABEL_PATTERN).filter(names.is_label))
def test_a_label_stays_as_it_is(text: str) -> None:
    assert names.label_from(text) == text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("My Orders", "my-orders"),
        ("arn:aws:eks/acme", "arn-aws-eks-acme"),
        ("42-things", "things"),
        ("a-" + "b" * 80, "a-" + "b" * 61),
        ("***", ""),
        ("", ""),
    ],
)
def test_the_nearest_label(text: str, label: str) -> None:
    assert names.label_from(text) == label


def test_a_cut_leaves_no_hyphen_at_the_end() -> None:
    assert names.label_from("abc-def", 4) == "abc"


@given(st.text())
def test_a_label_value_of_anything_is_valid(text: str) -> None:
    assert LABEL_VALUE.fullmatch(names.label_value(text))


@given(st.from_regex(LABEL_VALUE, fullmatch=True))
def test_a_valid_label_value_stays_as_it_is(text: str) -> None:
    assert names.label_value(text) == text


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:5000",
        "127.0.0.1",
        "127.0.0.1:5000",
        "127.9.9.9:1",
        "::1",
        "[::1]",
        "[::1]:5000",
    ],
)
def test_this_machine(host: str) -> None:
    assert names.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "nexus.example.com",
        "nexus.example.com:5000",
        "localhost.example.com",
        "127.example.com",
        "127.0.0.1.example.com:5000",
        "127.0.0.1example",
        "10.0.0.1:5000",
        "[2001:db8::1]:5000",
        "2001:db8::1",
        "",
    ],
)
def test_any_other_machine_gets_no_plain_http(host: str) -> None:
    assert not names.is_loopback(host)


def test_a_module_is_named_as_python_wants_it() -> None:
    assert names.module_name("order-api-v2").isidentifier()


@pytest.mark.parametrize(
    ("name", "shadows"),
    [
        ("http", True),
        ("class", True),
        ("json", True),
        ("tests", True),
        ("orders", False),
        ("http-orders", False),
        ("true", False),
    ],
)
def test_a_name_that_python_has_taken(name: str, shadows: bool) -> None:
    assert names.shadows_python(name) is shadows


def test_application_and_process_names_fit_every_limit_together() -> None:
    longest = names.APPLICATION_MAX + len("-") + names.PROCESS_MAX
    assert longest + len("-test") <= names.LABEL_MAX
    assert longest <= 52  # a CronJob's name
    assert names.APPLICATION_MAX <= 53  # a Helm release's name


@pytest.mark.parametrize(("verb", "step"), [("test", "pkTest"), ("new-app", "pkNewApp"), ("jobs", "pkJobs")])
def test_a_verb_s_step(verb: str, step: str) -> None:
    assert names.step(verb) == step


@pytest.mark.parametrize(("text", "name"), [("nexus", "NEXUS"), ("kube-non.prod", "KUBE_NON_PROD")])
def test_a_credential_s_variable(text: str, name: str) -> None:
    assert names.variable(text) == name


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://github.com/acme/orders", ("acme", "orders")),
        ("https://GitHub.com/acme/orders.git/", ("acme", "orders")),
        ("https://robot@github.com/acme/orders", ("acme", "orders")),
        ("git@github.com:acme/or-ders.git", ("acme", "or-ders")),
        ("ssh://git@github.com:22/acme/orders", ("acme", "orders")),
        ("https://github.com.evil.example/acme/orders", None),
        ("https://evil.example/github.com/acme", None),
        ("https://notgithub.com/acme/orders", None),
        ("/srv/github.com/acme", None),
    ],
)
def test_a_repository_on_github(address: str, expected: tuple[str, str] | None) -> None:
    assert names.github_repository(address) == expected


@pytest.mark.parametrize(
    "address",
    ["https://github.com/acme", "https://github.com/", "git@github.com:a/b/c", "https://github.com/a/$b"],
)
def test_an_address_of_github_without_a_repository(address: str) -> None:
    with pytest.raises(ValueError, match="OWNER/NAME"):
        names.github_repository(address)


@pytest.mark.parametrize(
    ("address", "has"),
    [
        ("https://robot:secret@git.example/x", True),
        ("ssh://git:secret@git.example/x", True),
        ("https://robot@git.example/x", False),
        ("ssh://git@git.example:22/x", False),
        ("git@git.example:x", False),
        ("https://git.example:8443/x@y:z", False),
    ],
)
def test_a_password_in_an_address(address: str, has: bool) -> None:
    assert names.has_password(address) is has


@pytest.mark.parametrize(
    ("identifier", "variable"),
    [("npm-token", "PK_SECRET_NPM_TOKEN"), ("a.b_c-1", "PK_SECRET_A_B_C_1"), ("a--b", "PK_SECRET_A__B")],
)
def test_the_variable_of_a_build_secret(identifier: str, variable: str) -> None:
    assert names.secret_variable(identifier) == variable


def test_the_variables_of_a_login() -> None:
    assert names.login_variables("pypi") == ("PK_PYPI_USER", "PK_PYPI_PASSWORD")


@pytest.mark.parametrize(
    "text", ["a", "a.example.com", "a:5000", "localhost:1", "127.0.0.1:65535", "a/b/c-d"]
)
def test_a_host_with_port_and_path_has_no_fault(text: str) -> None:
    assert names.host_fault(text) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("http://a", "begins with a scheme"),
        ("http://user:s3cret@a", "holds a user or a password"),
        ("a/", "ends with a slash"),
        ("[::1]:5000", "is an IPv6 address, which image names cannot hold"),
        ("a:0", "is no host, with or without a port"),
        ("a:65536", "is no host, with or without a port"),
        ("-a", "is no host, with or without a port"),
        ("a\n", "is no host, with or without a port"),
        ("a/B", "has something after the host"),
    ],
)
def test_a_fault_of_a_host_repeats_nothing(text: str, fault: str) -> None:
    assert names.host_fault(text) == fault


HOSTS = st.text(alphabet="aZ9.-:/_@[]", max_size=12) | st.from_regex(names.HOST, fullmatch=True)


@given(HOSTS)
@example("a:65535")
@example("a:65536")
@example("a:0")
@example("a/b//c")
@example("a/b/")
@example("a/b_c")
def test_what_an_option_takes_is_what_the_document_takes(text: str) -> None:
    for schema, path in ((REGISTRY, False), (MIRROR, True)):
        assert bool(re.fullmatch(schema[0].removesuffix("$") + r"\Z", text)) is (
            names.host_fault(text, path=path) == ""
        )


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("helth", "did you mean 'health'?"),
        ("replica", "did you mean 'replicas'?"),
        ("Port", "did you mean 'port'?"),
        ("zzzzzz", "known are: health, port, replicas"),
        ("", "known are: health, port, replicas"),
    ],
)
def test_did_you_mean(word: str, hint: str) -> None:
    assert names.nearest(word, ["replicas", "port", "health"]) == hint


def test_where_nothing_is_known_there_is_nothing_to_suggest() -> None:
    assert names.nearest("a", []) == ""


def test_what_is_meant_is_told_or_all_that_there_is() -> None:
    assert names.nearest("stagin", ["staging", "production"]) == "did you mean 'staging'?"
    assert names.nearest("x", ["staging", "production"]) == "known are: production, staging"
    assert (names.meant("x", ["staging"]), names.nearest("x", [])) == ("", "")
