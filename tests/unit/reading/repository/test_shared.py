"""Files that speak of one program, in a folder that has several."""

from __future__ import annotations

import pytest

from pipelinekit.model.repository.words import Whom
from pipelinekit.reading.repository import read_words

API = Whom(names=("api",), folder="cmd/api", alone=False)
ADMIN = Whom(names=("admin",), folder="cmd/admin", alone=False)
FLY = (
    'app = "x"\n[build]\ndockerfile = "cmd/api/Dockerfile"\n'
    '[env]\nA = "b"\n[http_service]\ninternal_port = 9000\n'
)
RAILWAY = '{"deploy": {"startCommand": "./bin/api --serve", "healthcheckPath": "/up"}}'


def words(texts: dict[str, str], whom: Whom) -> list[tuple[str, str, str]]:
    return [(each.what, each.name, each.value) for each in read_words(texts, whom)]


def test_a_process_belongs_to_the_program_that_it_starts() -> None:
    texts = {"Procfile": "web: bin/api\nadmin: bin/admin --all\nrelease: ./migrate\n"}
    assert words(texts, API) == [("command", "web", "bin/api")]
    said = words(texts, ADMIN)
    assert said[0] == ("command", "web", "bin/admin --all")
    assert said[1][0] == "worker"


@pytest.mark.parametrize("texts", [{"fly.toml": FLY}, {"railway.json": RAILWAY}])
def test_a_file_that_speaks_of_one_counts_for_that_one_and_is_told_to_the_others(
    texts: dict[str, str],
) -> None:
    kinds = {each[0] for each in words(texts, API)}
    assert kinds & {"port", "health"}
    assert "note" not in kinds
    assert [each[0] for each in words(texts, ADMIN)] == ["note"]


def test_a_file_that_names_nobody_counts_for_nobody() -> None:
    said = words(
        {"app.json": '{"env": {"A": "b"}, "environments": {"test": {"scripts": {"test": "t"}}}}'}, API
    )
    assert said[0] == ("test", "", "t")
    assert said[1][0] == "note"
    assert len(said) == 2


def test_its_own_dockerfile_is_no_other_one() -> None:
    assert not [each for each in words({"fly.toml": FLY}, API) if each[0] == "dockerfile"]
