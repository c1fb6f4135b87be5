"""What a repository says and no descriptor may say: it is told, and nothing of it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipelinekit.cli import main

SITE = {"composer.json": "{}", "public/index.php": "<?php\n"}
RACK = {"Gemfile": "gem 'puma'\n", "config.ru": "", "Procfile": "web: bundle exec puma -C config/puma.rb\n"}


def taken_in(folder: Path, files: dict[str, str], *more: str) -> int:
    """The exit code of taking in a repository of these files."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    with pytest.raises(SystemExit) as caught:
        main.run(["new-app", "orders", "--from", str(folder), "--no-git", *more])
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize(
    ("files", "key"),
    [
        (SITE | {"Procfile": "web: vendor/bin/heroku-php-apache2 ../../etc\n"}, "package"),
        (SITE | {"Procfile": "web: vendor/bin/heroku-php-nginx naïve/\n"}, "package"),
        ({"Gemfile": "gem 'jekyll'\n", "_config.yml": "destination: ../../etc\n"}, "package"),
        (
            {
                "shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>',
                # Digits, but none of ours.
                "global.json": '{"sdk": {"version": "\u0668.\u0660.\u0661", "rollForward": "disable"}}',
            },
            "base",
        ),
    ],
)
def test_a_value_that_is_none_becomes_a_doubt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], key: str
) -> None:
    assert taken_in(tmp_path, files) == 0
    assert f"to check: build.{key}: " in capsys.readouterr().err
    text = (tmp_path / "app.yaml").read_text()
    assert key not in yaml.safe_load(text)["build"]
    assert f"# to check: 'build.{key}: " in text or f'# to check: "build.{key}: ' in text


@pytest.mark.parametrize(
    "files",
    [
        RACK | {"config/puma.rb": "port 99999\n"},
        {"requirements.txt": "gradio\n", "app.py": "import gradio\nx.launch(server_port=99999)\n"},
        {
            "Cargo.toml": '[package]\nname = "orders"\n[dependencies]\nactix-web = "4"\n',
            "src/main.rs": 'fn main() { env::var("PORT").unwrap_or("99999") }\n',
        },
    ],
)
def test_a_port_that_is_none_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str]
) -> None:
    assert taken_in(tmp_path, files) == 6
    assert "--port 8080" in capsys.readouterr().err
    assert not (tmp_path / "app.yaml").exists()
    assert taken_in(tmp_path, files, "--explain") == 6
    assert taken_in(tmp_path, files, "--port", "3000") == 0
