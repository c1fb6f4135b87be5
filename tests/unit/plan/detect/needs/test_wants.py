from __future__ import annotations

import pytest

from pipelinekit.plan.detect.needs.wants import marked
from pipelinekit.plan.detect.signs import Detected


def doubts(path: str, text: str, **texts: str) -> tuple[str, ...]:
    return marked(Detected(language="python", env={"GIVEN": "1"}), {path: text, **texts}).doubts


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", "SECRET_KEY = os.environ['WANTED']"),
        ("shop/settings.py", "SECRET_KEY = env('WANTED')\nDATABASES = {'default': env.db()}"),
        ("shop/settings.py", "SECRET_KEY = config('WANTED')"),
        ("config/environments/production.rb", 'config.host = ENV.fetch("WANTED")'),
        ("src/main.rs", 'let url = std::env::var("WANTED").expect("it is set");'),
        ("main.go", 'Url string `env:"WANTED,required"`'),
        ("src/main/resources/application.properties", "spring.datasource.url=${WANTED}"),
    ],
)
def test_a_variable_without_a_default_is_told(path: str, text: str) -> None:
    assert [each.split(" and has")[0] for each in doubts(path, text)] == [f"{path} reads WANTED"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/settings.py", "os.environ['WANTED'] = '1'\nos.environ.get('OTHER')\nconfig('A', default=1)"),
        ("shop/settings.py", "os.environ['PORT'], os.environ['GIVEN']"),
        ("tests/settings.py", "os.environ['WANTED']"),
        ("settings/local.py", "os.environ['WANTED']"),
        ("config/puma.rb", 'ENV.fetch("WANTED", 5)\nENV.fetch("OTHER") { 3 }\nENV["MORE"]'),
        ("src/main.rs", 'env::var("WANTED").unwrap_or_default()'),
        ("src/main/resources/application.properties", "a=${WANTED:none}\nb=${other.key}"),
    ],
)
def test_one_with_a_default_is_not(path: str, text: str) -> None:
    assert doubts(path, text) == ()


def test_what_the_dockerfile_gives_is_there() -> None:
    assert doubts("a.py", "os.environ['WANTED']", Dockerfile="ENV WANTED=1") == ()
