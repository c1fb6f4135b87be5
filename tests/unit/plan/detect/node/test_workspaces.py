from __future__ import annotations

import json

import pytest

from pipelinekit.plan.detect import detect
from pipelinekit.plan.detect.node import member
from pipelinekit.plan.detect.node.package import Package
from pipelinekit.plan.detect.node.workspaces import builds, members

TEXTS = {
    "package.json": "{}",
    "packages/api/package.json": json.dumps(
        {"name": "api", "scripts": {"build": "tsc", "start": "node dist/a.js"}, "dependencies": {"lib": "*"}}
    ),
    "packages/lib/package.json": json.dumps({"name": "lib", "scripts": {"build": "tsc"}}),
    "packages/deep/er/package.json": "{}",
}


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (("packages/*",), ["packages/api", "packages/lib"]),
        (("packages/**",), ["packages/api", "packages/deep/er", "packages/lib"]),
        (("./packages/api/",), ["packages/api"]),
        (("packages/*", "!packages/lib"), ["packages/api"]),
        ((), []),
        (("[", "(", "**"), ["packages/api", "packages/deep/er", "packages/lib"]),
    ],
)
def test_members_by_pattern(patterns: tuple[str, ...], found: list[str]) -> None:
    assert list(members(TEXTS, Package(workspaces=patterns))) == found


def test_pnpm_names_them_in_a_file_of_its_own() -> None:
    text = "packages:\n  # ours\n  - 'packages/*'\n  - \"!packages/lib\" # no\ncatalog:\n  - x\n"
    assert list(members({**TEXTS, "pnpm-workspace.yaml": text}, Package())) == ["packages/api"]


def test_what_a_member_needs_is_built_first() -> None:
    those = members(TEXTS, Package(workspaces=("packages/*",)))
    assert builds(those, "packages/api") == (
        "npm --prefix packages/lib run build",
        "npm --prefix packages/api run build",
    )


def test_members_that_need_each_other_are_built_once_each() -> None:
    those = {
        each: Package(name=each, needed={other: "*"}, scripts={"build": "x"}) for each, other in ("ab", "ba")
    }
    assert len(builds(those, "a")) == 2


def test_members_that_need_each_other_in_a_long_row_are_all_built() -> None:
    row = {
        f"packages/m{at}": Package(name=f"m{at}", needed={f"m{at + 1}": "*"}, scripts={"build": "x"})
        for at in range(2000)
    }
    lines = builds(row, "packages/m0")
    assert len(lines) == 2000
    assert (lines[0], lines[-1]) == (
        "npm --prefix packages/m1999 run build",
        "npm --prefix packages/m0 run build",
    )


def test_a_member_is_built_from_the_root() -> None:
    texts = {**TEXTS, "package.json": '{"workspaces": ["packages/*"]}'}
    found = member(texts, "packages/api")
    assert found is not None
    assert found.package == "packages/api/dist/a.js"
    assert found.dependencies == ("package.json", "packages/api/package.json", "packages/lib/package.json")
    assert member(texts, "packages/none") is None


def test_the_applications_name_decides_between_members() -> None:
    texts = {
        "package.json": '{"workspaces": ["apps/*"]}',
        "apps/api/package.json": '{"name": "a", "scripts": {"start": "node server.js"}}',
        "apps/api/server.js": "app.listen(3000)",
        "apps/web/package.json": '{"name": "w", "scripts": {"start": "node index.js"}}',
        "apps/web/index.js": "app.listen(4000)",
    }
    asked, named, said = detect(texts), detect(texts, "web"), detect(texts, service="apps/web")
    assert asked
    assert [(each.name, each.option) for each in asked.choices] == [
        ("api", "--service"),
        ("web", "--service"),
    ]
    assert named
    assert said
    assert (named.choices, named.port, named.package) == ((), 4000, "apps/web/index.js")
    assert (said.port, said.package, said.command) == (named.port, named.package, named.command)
