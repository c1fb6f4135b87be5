from __future__ import annotations

import pytest

from pipelinekit.plan.detect.compiled import rust
from tests import lookalikes

MAIN = 'fn main() {\n    TcpListener::bind("0.0.0.0:7000");\n}\n'
TLS_BUILD, TLS_RUN = ("libssl-dev", "pkg-config"), ("ca-certificates", "libssl3")
PACKAGE = '[package]\nname = "orders"\n'


def test_a_cargo_workspace_is_built_whole() -> None:
    found = rust.look(lookalikes.CARGO)
    assert found is not None
    assert (found.package, found.dependencies, found.port) == ("api-server", (), 7000)


def test_a_cargo_package() -> None:
    found = rust.look({"Cargo.toml": PACKAGE, "src/main.rs": "([0, 0, 0, 0], 8081)"})
    assert found is not None
    assert (found.package, found.dependencies, found.port) == ("orders", None, 8081)


def test_the_root_of_a_workspace_is_the_program_and_an_excluded_folder_is_none() -> None:
    root = f'[workspace]\nmembers = ["a"]\nexclude = ["b"]\n{PACKAGE}'
    member = '[package]\nname = "x"\n'
    texts = {"Cargo.toml": root, "src/main.rs": MAIN, "b/Cargo.toml": member, "b/src/main.rs": MAIN}
    found = rust.look({**texts, "a/Cargo.toml": member, "a/src/lib.rs": ""})
    assert found is not None
    assert (found.package, found.choices) == ("orders", ())


def test_the_binary_that_runs_by_default() -> None:
    manifest = '[package]\nname = "orders"\ndefault-run = "web"\n'
    found = rust.look({"Cargo.toml": manifest, "src/bin/web.rs": MAIN, "src/bin/job/main.rs": MAIN})
    assert found is not None
    assert found.package == "web"


@pytest.mark.parametrize(
    ("manifest", "lock", "build", "run"),
    [
        ('[dependencies]\nreqwest = "0.12"\n', "", TLS_BUILD, TLS_RUN),
        ('[dependencies]\nreqwest = {version = "0.12", default-features = false}\n', "", None, None),
        ('[dependencies]\nreqwest = "0.12"\n', 'name = "rustls"\n', None, None),
        ('[dependencies]\nopenssl = {version = "0.10", features = ["vendored"]}\n', "", ("make", "perl"),
         ("ca-certificates",)),
        ('[dependencies]\ndiesel = {version = "2", features = ["postgres"]}\n', "", ("libpq-dev",),
         ("libpq5",)),
        ('[build-dependencies]\ntonic-build = "0.12"\n', "", ("protobuf-compiler",), None),
    ],
)  # fmt: skip
def test_crates_that_link_with_the_system(
    manifest: str, lock: str, build: tuple[str, ...] | None, run: tuple[str, ...] | None
) -> None:
    found = rust.look({"Cargo.toml": PACKAGE + manifest, "Cargo.lock": lock, "src/main.rs": MAIN})
    assert found is not None
    assert (found.system.get("build"), found.system.get("run")) == (build, run)


def test_an_old_toolchain_is_built_and_run_on_an_older_debian() -> None:
    found = rust.look({"Cargo.toml": PACKAGE, "src/main.rs": MAIN, "rust-toolchain": "1.60.0\n"})
    assert found is not None
    assert (found.base, found.runtime) == (
        "library/rust:1.60.0-slim-bullseye",
        "library/debian:bullseye-slim",
    )


@pytest.mark.parametrize(
    ("text", "port", "asks", "server"),
    [
        ("TcpListener::bind(address)", None, True, True),
        ('std::env::var("PORT").unwrap_or("4000".into())', 4000, False, True),
        ("println!()", None, False, False),
    ],
)
def test_a_port_is_the_servers_own_or_asked(text: str, port: int | None, asks: bool, server: bool) -> None:
    found = rust.look({"Cargo.toml": PACKAGE, "src/main.rs": f"fn main() {{ {text}; }}"})
    assert found is not None
    assert (found.port, found.asks_port, found.server) == (port, asks, server)


def test_a_damaged_manifest_is_still_rusts() -> None:
    found = rust.look({"Cargo.toml": "[package"})
    assert found is not None
    assert "no binary" in found.doubts[0]


def test_members_are_named_by_patterns_that_are_not_tried_in_every_way() -> None:
    texts = {
        "Cargo.toml": f'[workspace]\nmembers = ["{"*a" * 40}b", "crates/*"]\n',
        f"{'a' * 80}/Cargo.toml": '[package]\nname = "no"\n',
        f"{'a' * 80}/src/main.rs": "fn main() {}",
        "crates/yes/Cargo.toml": '[package]\nname = "yes"\n',
        "crates/yes/src/main.rs": "fn main() {}",
    }
    found = rust.look(texts)
    assert found
    assert found.package == "yes"
