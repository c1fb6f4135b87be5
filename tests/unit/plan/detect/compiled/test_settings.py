from __future__ import annotations

import time

import pytest

from pipelinekit.plan.detect.compiled import settings


@pytest.mark.parametrize(
    "text",
    [
        "server:\n  port: 9999\n",
        "server:\n  servlet:\n    context-path: /cart\n  port: 9999\n",
        "server:\n    # which is free\n    ssl:\n        enabled: false\n    port: 9999 # free\n",
        'server.port: "9999"\n',
        "server:\r\n  servlet:\r\n    context-path: /\r\n  port: '9999'\r\n",
        "\ufeffserver:\n  port: ${SERVER_PORT:9999}\n",
        "spring.config.activate.on-profile: dev\nserver:\n  port: 1\n---\nserver:\n  port: 9999\n",
        "client:\n  server:\n    port: 1\nserver:\n  port: 9999\n",
        "server: &all\n  port: &free !!int 9999\n",
        "banner: |\n  server.port: 1\n  # of a text\nserver:\n  port: 9999\n",
        "list:\n  - server:\n      port: 1\nserver:\n  port: 9999\n",
    ],
)
def test_yaml_says_a_key_wherever_it_stands(text: str) -> None:
    assert settings.said({"src/main/resources/application.yml": text}, "server.port") == "9999"


@pytest.mark.parametrize(
    "text",
    [
        "server.port=9999",
        "a=1\r\nserver.port = 9999\r\n",
        "server.port: 9999",
        "spring.config.activate.on-profile=dev\nserver.port=1\n#---\nserver.port=9999\n",
    ],
)
def test_so_do_properties(text: str) -> None:
    assert settings.said({"application.properties": text}, "server.port") == "9999"


def test_the_shallowest_file_counts_and_those_of_profiles_do_not() -> None:
    texts = {
        "a/b/application.yml": "x: 3\n",
        "a/application.yml": "x: 2\n",
        "application-dev.yml": "x: 1\n",
        "other.yml": "x: 0\n",
    }
    assert settings.said(texts, "y", "x") == "2"
    assert settings.said(texts, "z") == ""


@pytest.mark.parametrize(
    "text", ["", "- a\n- b", "\x00", "a: [", "? x\n: y", "  deep: 1\n" * 50, ":\n" * 9, "a:" * 9999]
)
def test_whatever_stands_there(text: str) -> None:
    assert settings.said({"application.yml": text, "application.properties": text}, "server.port") == ""


BASE = (
    "server:\n  port: 8090\nspring:\n  profiles:\n    active: {}\n"
    "---\nspring.profiles: prod, eu\nserver.port: 81\n"
)


@pytest.mark.parametrize(
    ("active", "port"),
    [
        ("dev", "9999"),
        ("prod", "81"),
        ("eu", "81"),
        ("other", "8090"),
        ("${PROFILE:dev}", "9999"),
        ("prod,dev", "9999"),
        ("dev,prod", "81"),
        ("@profile@", "8090"),
    ],
)
def test_the_profile_that_the_settings_make_active_counts_before_them(active: str, port: str) -> None:
    texts = {"application.yml": BASE.format(active), "application-dev.properties": "server.port=9999\n"}
    assert settings.said(texts, "server.port") == port


def test_without_an_active_profile_none_counts() -> None:
    texts = {"application.properties": "a=1", "application-dev.yml": "server.port: 9999\n"}
    assert (settings.said(texts, "server.port"), settings.profiles(texts)) == ("", ())


KEYS = ("server.port", "management.server.port")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/main/resources/application-prod.yml", "management:\n  server:\n    port: 8086\n"),
        ("src/main/resources/application-cloud.properties", "management.server.port=${MPORT:8086}\n"),
        ("application.yml", "x: 1\n---\nspring:\n  profiles: prod\nmanagement.server.port: 8086\n"),
        ("application.yml", "spring.profiles: '!dev'\nmanagement.server.port: 8086\n"),
        (
            "application.properties",
            "#---\nspring.config.activate.on-profile=a\nmanagement.server.port=8086\n",
        ),
    ],
)
def test_what_a_profile_sets(path: str, text: str) -> None:
    assert [*settings.profiled({path: text}, *KEYS)] == [(path, "management.server.port", "8086")]


@pytest.mark.parametrize("name", ["dev", "local", "test", "integration-test", "docker-dev", "h2", "default"])
def test_profiles_of_workplaces_say_nothing_of_a_deployment(name: str) -> None:
    assert not [*settings.profiled({f"application-{name}.yml": "server.port: 1\n"}, *KEYS)]
    text = f"spring.profiles: {name}\nserver.port: 1\n"
    assert not [*settings.profiled({"application.yml": text}, *KEYS)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("application.properties", "quarkus.http.port=1\n%prod.quarkus.http.port=9999\n"),
        ("application.properties", "%prod.quarkus.http.port=9999\n%dev.quarkus.http.port=1\n"),
        (
            "application.yml",
            'quarkus:\n  http:\n    port: 1\n"%prod":\n  quarkus:\n    http:\n      port: 9999\n',
        ),
    ],
)
def test_what_is_packaged_runs_in_quarkus_prod(path: str, text: str) -> None:
    assert settings.said({path: text}, "quarkus.http.port") == "9999"


@pytest.mark.parametrize(
    "texts",
    [
        {
            "application.yml": f"spring.profiles.active: {','.join(f'p{each}' for each in range(5000))}\n",
            **{f"application-p{number}.yml": "a: b\n" for number in range(5000)},
        },
        {"application.yml": f"spring.profiles.active: {'a,' * 5000}a\n" + "a: b\n" * 5000},
        {f"{number}/application.yml": "---\na: b\n" * 5000 for number in range(100)},
        {
            "application.yml": "".join(f"{' ' * depth}{'k' * 2500}:\n" for depth in range(21))
            + f"{' ' * 21}a: b\n" * 2000
        },
    ],
    ids=["many profiles", "one of them many times", "many documents", "long keys"],
)
def test_however_much_there_is_it_takes_no_longer_than_so_many_settings_take(texts: dict[str, str]) -> None:
    began = time.process_time()
    for _ in range(5):
        assert len(settings.lines(texts)) < 10_000_000
    assert time.process_time() - began < 5
