from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.app import App, Volume
from pipelinekit.reading.app import read_app

HEAD = """apiVersion: pipelinekit/v1
kind: Application
metadata: {name: orders, team: payments}
build: {language: python}
"""


def read(text: str) -> App:
    return read_app(HEAD + text)


def said(text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(DocumentInvalid) as caught:
        read(text)
    return [(each.code, each.path, each.problem) for each in caught.value.faults]


def one(volume: str, more: str = "") -> list[tuple[str, str]]:
    return [(code, path) for code, path, _ in said(f"run: {{volumes: {{data: {volume}}}{more}}}")]


def test_each_volume_has_a_place_and_a_size() -> None:
    app = read(
        "run:\n  volumes:\n"
        "    sockets: {path: /run/app, memory: 16Mi}\n"
        "    scratch: {path: /app/scratch/, disk: 2Gi}\n"
        "    uploads: {path: /app/uploads, persistent: 10Gi, class: fast}\n"
        "processes: {worker: {volumes: {scratch: {path: /work, disk: 1Gi}}}}\n"
        "environments: {production: {volumes: {uploads: {persistent: 50Gi}}}}\n"
    )
    web = app.processes["web"]
    assert web.volumes == {
        "sockets": Volume(path="/run/app", memory="16Mi"),
        "scratch": Volume(path="/app/scratch", disk="2Gi"),
        "uploads": Volume(path="/app/uploads", persistent="10Gi", storage_class="fast"),
    }
    assert any(each.persistent for each in web.volumes.values())
    assert not any(each.persistent for each in app.processes["worker"].volumes.values())
    assert app.processes_in("production")["web"].volumes["uploads"].persistent == "50Gi"


@pytest.mark.parametrize(
    ("volume", "code"),
    [
        ("{path: /app/data}", "volume-kind"),
        ("{disk: 1Gi}", "volume-path"),
        ("{path: /app/data, memory: 1Mi, disk: 1Gi}", "volume-kind"),
        ("{path: /app/data, disk: 1Gi, class: fast}", "volume-class"),
        ("{path: /tmp, disk: 1Gi}", "volume-path"),
        ("{path: /tmp/cache, disk: 1Gi}", "volume-path"),
        ("{path: /app/../etc, disk: 1Gi}", "volume-path"),
        ("{path: /usr/share/x, disk: 1Gi}", "volume-path"),
        ("{path: /vault/secrets, disk: 1Gi}", "volume-path"),
        ("{path: /., disk: 1Gi}", "volume-path"),
    ],
)
def test_what_no_pod_could_have_is_a_fault(volume: str, code: str) -> None:
    assert one(volume) == [(code, "run.volumes.data")]


def test_sizes_have_units() -> None:
    assert [code for code, _ in one("{path: /app/data, disk: 10}")] == ["bad-type"]
    assert [code for code, _ in one("{path: /app/data, disk: 10GB}")] == ["bad-pattern"]


def test_what_stays_has_a_replica_of_its_own() -> None:
    kept = "{path: /app/data, persistent: 1Gi}"
    assert one(kept, ", autoscale: {max: 3}") == [("volume-stays", "run.volumes.data.persistent")]
    assert said(f"processes: {{nightly: {{schedule: '@daily', volumes: {{data: {kept}}}}}}}") == [
        (
            "volume-stays",
            "processes.nightly.volumes.data.persistent",
            "a scheduled process has a new pod each time, and no volume that stays",
        )
    ]


def test_two_volumes_have_two_places() -> None:
    text = "run: {volumes: {a: {path: /app/x, disk: 1Gi}, b: {path: /app/x/, memory: 1Mi}}}"
    assert said(text) == [("volume-twice", "run.volumes.b", "volume 'a' is at /app/x already")]


def test_names_of_the_charts_own_volumes_are_taken() -> None:
    text = "run: {volumes: {vault-secrets: {path: /app/x, disk: 1Gi}}}"
    assert said(text) == [
        ("volume-name", "run.volumes.vault-secrets", "'vault-secrets' is a name of the chart's own")
    ]


def test_an_environment_answers_for_what_it_changes() -> None:
    text = (
        "run: {volumes: {data: {path: /app/x, persistent: 1Gi}}}\n"
        "environments: {production: {autoscale: {max: 3}}}\n"
    )
    assert [(code, path) for code, path, _ in said(text)] == [
        ("volume-stays", "environments.production.autoscale")
    ]
