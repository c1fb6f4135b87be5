"""Killed at any moment and run again, a verb ends in the same state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import matrix
from tests.real import app
from tests.real.app import LINE, Application

# Moments of one start: while modules load, while git is asked, while the tool works, near the end.
MOMENTS = (0.1, 0.25, 0.4, 0.6, 0.9, 1.4, 2.2, 3.5)


def _state(application: Application) -> dict[str, Any]:
    """What the line leaves: files, receipts, the release, what runs."""
    folder = application.folder
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts and "reports" not in path.parts
    }
    release = json.loads(
        application.tool("helm", "-n", application.namespace, "status", "orders", "-o", "json")
    )
    receipts = {
        path: json.loads(files.pop(path))
        for path in list(files)
        if path.endswith(".json") and "receipts" in path
    }
    for receipt in receipts.values():
        # Which attempt it was, and the image's own id, are not the same twice; what runs is.
        for field in ("revision", "image_id"):
            receipt.pop(field, None)
    return {
        "files": files,
        "receipts": receipts,
        "status": release["info"]["status"],
        "manifest": release["manifest"],
    }


def test_any_verb_can_be_killed_at_any_moment(testbed: Mapping[str, str], tmp_path: Path) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as application:
        for verb in LINE:
            for moment in MOMENTS:
                if application.kill(moment, verb) == 0:
                    break
            application.must(verb)
        _nothing_is_left_over(application)
        killed = _state(application)
        # The same revision, never killed: everything is there already, and nothing of it changes.
        for verb in LINE:
            answer = application.must(verb, "--json").json()
            assert not any(each["acted"] for each in (answer if isinstance(answer, list) else [answer]))
        assert _state(application) == killed
        assert "orders" in application.http()


def _nothing_is_left_over(application: Application) -> None:
    assert not [path for path in application.folder.rglob("*pipelinekit-tmp") if "receipts" not in path.parts]
    assert application.tool("git", "status", "--porcelain") == ""


@pytest.mark.parametrize("moment", matrix.sampled("deploy", [0.5, 0.9, 1.3, 1.8], keep=1))
def test_a_killed_deployment_is_taken_over(testbed: Mapping[str, str], tmp_path: Path, moment: float) -> None:
    with app.new(testbed, tmp_path, "dockerfile") as application:
        # A slow start keeps Helm waiting, so that the kill comes in the middle.
        application.replace(
            "Dockerfile", 'CMD ["httpd"', 'CMD ["sh", "-c", "sleep 3; exec httpd \\"$@\\"", "httpd"'
        )
        application.commit()
        application.until("publish")
        application.kill(moment, "deploy")
        said = application.must("deploy")
        assert "orders 0.1.2" in said.out
        release = json.loads(
            application.tool("helm", "-n", application.namespace, "status", "orders", "-o", "json")
        )
        assert release["info"]["status"] == "deployed"
        assert "orders" in application.http()
        assert application.must("deploy", "--json").json()[0]["acted"] is False


def test_two_deployments_at_once_give_one_release(testbed: Mapping[str, str], tmp_path: Path) -> None:
    import threading

    with app.new(testbed, tmp_path, "dockerfile") as application:
        application.replace(
            "Dockerfile", 'CMD ["httpd"', 'CMD ["sh", "-c", "sleep 2; exec httpd \\"$@\\"", "httpd"'
        )
        application.commit()
        application.until("publish")
        results: list[app.Said] = []
        threads = [
            threading.Thread(target=lambda: results.append(application.verb("deploy"))) for _ in range(2)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert any(said.code == 0 for said in results), [said.err for said in results]
        application.must("deploy")
        assert "orders" in application.http()


@pytest.mark.parametrize("moment", matrix.sampled("kills", [0.15, 0.25, 0.3, 0.35, 0.4, 0.45], keep=2))
def test_a_killed_generation_ends_like_any_other(
    testbed: Mapping[str, str], tmp_path: Path, moment: float
) -> None:
    with app.new(testbed, tmp_path) as application:
        application.replace("Jenkinsfile", "numToKeepStr: '30'", "numToKeepStr: '7'")
        application.replace("app.yaml", "port: 8080", "port: 9090")
        reference = Application(tmp_path / "reference", application.name, application.team, application.env)
        application.tool("cp", "-r", str(application.folder), str(reference.folder))
        reference.must("generate")
        application.kill(moment, "generate")
        application.must("generate")
        assert _tree(application.folder) == _tree(reference.folder)
        assert "numToKeepStr: '7'" in (application.folder / "Jenkinsfile").read_text()


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


@pytest.mark.parametrize("moment", matrix.sampled("kills", [0.2, 0.3, 0.35, 0.4, 0.45], keep=2))
def test_a_killed_new_app_is_completed_by_the_next(
    testbed: Mapping[str, str], tmp_path: Path, moment: float
) -> None:
    application = Application(tmp_path, "orders", "team", dict(testbed))
    words = ("new-app", "orders", "--language", "python")
    application.kill(moment, *words)
    application.must(*words)
    (tmp_path / "reference").mkdir()
    reference = Application(tmp_path / "reference", "orders", "team", dict(testbed))
    reference.must(*words)
    assert _tree(tmp_path / "orders") == _tree(tmp_path / "reference" / "orders")
