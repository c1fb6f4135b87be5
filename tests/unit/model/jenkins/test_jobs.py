from __future__ import annotations

from pipelinekit.model.jenkins.jobs import Folder, Git, Multibranch, Pipeline, parent_of


def test_paths() -> None:
    assert parent_of("apps/payments/orders") == "apps/payments"
    assert parent_of("apps") == ""


def test_a_source_s_id_stays_when_the_address_changes() -> None:
    def job(address: str, platform: str = "acme") -> Multibranch:
        return Multibranch(
            path="apps/a/b",
            title="",
            text="",
            source=Git(address=address, credentials="git"),
            script="Jenkinsfile",
            scan=1,
            platform=platform,
        )

    assert job("one").source_id == job("two").source_id
    assert job("one").source_id != job("one", "globex").source_id
    assert job("one").credentials == ("git",)
    assert job("one").kind == "multibranch"


def test_kinds() -> None:
    assert Folder(path="a", title="", text="").kind == "folder"
    assert Pipeline(path="a", title="", text="", script="").kind == "pipeline"
