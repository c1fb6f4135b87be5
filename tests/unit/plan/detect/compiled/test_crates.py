from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import crates

TEXTS = {
    "Cargo.toml": '[workspace]\nmembers = ["*"]\n[workspace.dependencies]\ncommon = { path = "common" }\n',
    "web/Cargo.toml": '[package]\nname = "web"\n[dependencies]\ncommon = { workspace = true }\n'
    '[[bin]]\nname = "once"\npath = "jobs/once.rs"\n',
    "web/src/main.rs": "",
    "web/src/routes.rs": "",
    "web/jobs/once.rs": "",
    "web/src/bin/tool.rs": "",
    "web/src/bin/big/main.rs": "",
    "web/src/bin/big/part.rs": "",
    "common/Cargo.toml": '[package]\nname = "common"\n[dependencies]\ndeep = { path = "../deep" }\n',
    "common/src/lib.rs": "",
    "deep/Cargo.toml": '[package]\nname = "deep"\n[dependencies]\ncommon = { path = "../common" }\n',
    "deep/src/lib.rs": "",
    "other/Cargo.toml": '[package]\nname = "other"\n',
    "other/src/main.rs": "",
}
SHARED = {"common/src/lib.rs", "deep/src/lib.rs", "web/src/routes.rs", "web/jobs/once.rs"}


@pytest.mark.parametrize(
    ("why", "files"),
    [
        ("web/Cargo.toml: web", SHARED | {"web/src/main.rs"}),
        ("web/Cargo.toml: web/src/bin/tool.rs", SHARED | {"web/src/bin/tool.rs"}),
        (
            "web/Cargo.toml: web/src/bin/big/main.rs",
            SHARED | {"web/src/bin/big/main.rs", "web/src/bin/big/part.rs"},
        ),
        ("web/Cargo.toml: [[bin]] once", SHARED),
        ("other/Cargo.toml: other", {"other/src/main.rs"}),
    ],
)
def test_a_binary_is_made_of_its_own_sources_and_those_that_it_takes(why: str, files: set[str]) -> None:
    assert set(crates.own(TEXTS, why)) == files


@pytest.mark.parametrize(
    "manifest", ["", "dependencies = 3", "[dependencies]\na = { path = 3 }", "\x00", "[["]
)
def test_a_manifest_that_says_nothing_takes_nothing(manifest: str) -> None:
    texts = {"Cargo.toml": manifest, "src/main.rs": "", "a/Cargo.toml": "", "a/src/lib.rs": ""}
    assert set(crates.own(texts, "Cargo.toml: a")) == {"src/main.rs"}
