"""Nest's monorepos."""

from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.node import nest

HTTP = "const app = await NestFactory.create(A);\nawait app.listen(3100);\n"
SILENT = "const app = await NestFactory.createMicroservice(A, {});\nawait app.listen();\n"
UNKNOWN = "const app = await NestFactory.create(A);\nawait app.listen(config.get('port'));\n"
PACKAGE = '{"name": "shop", "dependencies": {"@nestjs/core": "^11"}, "scripts": {"build": "nest build"}}'


def repository(**sources: str) -> dict[str, str]:
    projects = {
        name: {"type": "application", "root": f"apps/{name}", "entryFile": "main"} for name in sources
    }
    library = {"common": {"type": "library", "root": "libs/common", "entryFile": "index"}}
    return {
        "package.json": PACKAGE,
        nest.FILE: json.dumps({"monorepo": True, "projects": projects | library}),
        **{f"apps/{name}/src/main.ts": text for name, text in sources.items()},
    }


def test_several_applications_are_a_question() -> None:
    found = detect(repository(api=HTTP, mailer=SILENT))
    assert found
    assert [each.package for each in found.choices] == ["dist/apps/api/main.js", "dist/apps/mailer/main.js"]


@pytest.mark.parametrize(
    ("package", "port", "server", "asks"),
    [
        ("dist/apps/api/main.js", 3100, True, False),
        ("dist/apps/mailer/main.js", None, False, False),
        ("dist/apps/other/main.js", None, True, True),
    ],
)
def test_one_of_them_is_built_alone_and_listens_where_its_own_source_says(
    package: str, port: int | None, server: bool, asks: bool
) -> None:
    found = detect(repository(api=HTTP, mailer=SILENT, other=UNKNOWN), package=package)
    assert found
    assert (found.package, found.port, found.server, found.asks_port) == (package, port, server, asks)
    assert found.commands == (f"npx nest build {package.split('/')[2]}",)


def test_the_only_one_is_the_program() -> None:
    found = detect(repository(api=HTTP))
    assert found
    assert (found.package, found.port, found.choices) == ("dist/apps/api/main.js", 3100, ())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"monorepo": true}', '{"monorepo": true, "projects": {"../x": 1, "a": {"root": 2}}}'],
)
def test_a_file_of_another_shape_names_none(text: str) -> None:
    assert nest.choices({nest.FILE: text}) == ()
