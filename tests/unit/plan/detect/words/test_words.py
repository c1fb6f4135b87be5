"""The repository's own words before what its sources show."""

from __future__ import annotations

from pipelinekit.model.repository.words import Word
from pipelinekit.plan.detect.signs import Detected
from pipelinekit.plan.detect.words import told

WORDS = (
    Word(what="command", name="web", value="gunicorn a:b", place="Procfile:1"),
    Word(what="port", value="9000", place="fly.toml:2"),
    Word(what="health", value="/up", place="fly.toml:3"),
    Word(what="test", value="pytest tests", place=".github/workflows/a.yml:4"),
)


def test_all_of_them_come_to_one() -> None:
    found = told(
        Detected(language="python", port=8000), WORDS, {"tests/test_a.py": "", "pyproject.toml": "pytest"}
    )
    assert (found.command, found.health, found.test[3]) == (("gunicorn", "a:b"), "/up", "tests")
    assert "fly.toml:2" in "\n".join((*found.doubts, *found.evidence))


def test_a_kept_dockerfile_is_not_overridden() -> None:
    kept = Detected(language="python", port=8080, health="/h", keeps_dockerfile=True)
    found = told(kept, WORDS, {"Dockerfile": "FROM a\n"})
    assert (found.command, found.port, found.health, found.test, found.env) == ((), 8080, "/h", (), {})
    for place in ("fly.toml:2", "fly.toml:3", ".github/workflows/a.yml:4"):
        assert any(place in each for each in found.doubts), place
    assert any("Procfile:1" in each for each in found.evidence)


def test_without_words_nothing_changes() -> None:
    found = Detected(language="node", package="a.js", port=3000)
    assert told(found, (), {}) == found
