"""Files of buildpacks."""

from __future__ import annotations

from pipelinekit.reading.repository.buildpacks import read


def test_a_start_a_java_and_packages() -> None:
    texts = {
        "nixpacks.toml": '[phases.setup]\n[start]\ncmd = "node a.js"\n',
        "system.properties": "a=b\njava.runtime.version = 1.8\n",
        "Aptfile": "# ours\nlibpq-dev\n\n:repo:deb x\nffmpeg\n",
    }
    assert [(each.what, each.name, each.value, each.place) for each in read(texts)] == [
        ("command", "web", "node a.js", "nixpacks.toml:3"),
        ("version", "java", "8", "system.properties:2"),
        ("note", "", "wants the packages libpq-dev ffmpeg", "Aptfile"),
    ]
    assert list(read({})) == []
