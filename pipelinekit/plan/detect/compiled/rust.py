"""Rust: which binary is the program, and what compiling and running it takes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pipelinekit.plan.detect import choices, evidence
from pipelinekit.plan.detect.compiled import crates
from pipelinekit.plan.detect.folders import naming
from pipelinekit.plan.detect.signs import Choice, Detected, Texts, search
from pipelinekit.plan.detect.tables import toml_of

BASE = "library/rust:{}-slim-{}"
RUNTIME = "library/debian:{}-slim"
_PLAIN_KEYS = frozenset(("package", "dependencies", "dev-dependencies", "features", "profile", "lints"))
"""What a manifest may say for its dependencies to be compiled behind an empty program."""

_SYSTEM: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("openssl-sys", ("libssl-dev", "pkg-config"), ("ca-certificates", "libssl3")),
    ("pq-sys", ("libpq-dev",), ("libpq5",)),
    ("mysqlclient-sys", ("libmariadb-dev", "pkg-config"), ("libmariadb3",)),
    ("rdkafka-sys", ("cmake", "g++", "make"), ()),
    ("prost-build", ("protobuf-compiler",), ()),
    ("clang-sys", ("libclang-dev",), ()),
    ("cmake", ("cmake", "g++", "make"), ()),
)
"""A crate that links or calls something of the system, and Debian's packages for building and for running."""
_BRINGS = {
    "openssl-sys": ("openssl", "native-tls", "postgres-native-tls"),
    "pq-sys": ("pq-sys",),
    "prost-build": ("tonic-build", "prost-build"),
    "rdkafka-sys": ("rdkafka",),
    "mysqlclient-sys": ("mysqlclient-sys",),
    "clang-sys": ("bindgen",),
}
"""Crates in a manifest that bring another, where no lock says so."""
_PORT = (
    r"\"(?:(?:0\.0\.0\.0|\[::\])?:)(\d{2,5})\"|\[0, ?0, ?0, ?0\],\s*(\d{2,5})\)"
    r"|\(\s*\"(?:0\.0\.0\.0|\[::\]|::)\",\s*(\d{2,5})\)|UNSPECIFIED(?:\.into\(\)|\))?,\s*(\d{2,5})\)"
)
_LOCAL = (
    r"\"(?:127\.0\.0\.1|localhost):(\d{2,5})\"|\[127, ?0, ?0, ?1\],\s*(\d{2,5})\)"
    r"|\(\s*\"(?:127\.0\.0\.1|localhost)\",\s*(\d{2,5})\)|LOCALHOST(?:\.into\(\)|\))?,\s*(\d{2,5})\)"
)
_SERVES = (
    r"TcpListener|HttpServer::new|axum::serve|warp::serve|rocket::build|Server::bind|tonic::transport::Server"
)

Manifest = Mapping[str, Any]


def look(texts: Texts) -> Detected | None:
    """A Cargo package or workspace, or None."""
    if "Cargo.toml" not in texts:
        return None
    manifests = {
        posixpath.dirname(path): toml_of(text)
        for path, text in sorted(texts.items())
        if posixpath.basename(path) == "Cargo.toml"
    }
    root = manifests[""]
    members = _members(root, manifests)
    found = _toolchain(Detected(language="rust", evidence=("Cargo.toml: Rust",)), texts)
    if "workspace" in root:
        found = replace(found, dependencies=()).because(
            f"a workspace of {len(members)}: its members are built together"
        )
    elif not _is_plain(root, texts):
        found = replace(found, dependencies=()).because(
            "Cargo.toml names files or folders of its own: dependencies have no layer"
        )
    found = _system(found, texts, {folder: manifests[folder] for folder in members})
    inside = _binaries(texts)
    candidates = tuple(
        choice for each in members for choice in _programs(each, manifests[each], texts, inside)
    )
    if not candidates:
        return found.doubting("no binary was seen: build.package names the program")
    preferred = _table(root, "package").get("default-run")
    own = tuple(each for each in candidates if each.name == preferred)
    if not own:
        # The package at the top is what `cargo run` means there; its members are what it is made of.
        top = tuple(each for each in candidates if each.why.partition(": ")[0] == "Cargo.toml")
        own = top if len(top) == 1 else candidates
    found = choices.between(found, own, str(_table(root, "package").get("name", "")))
    return found if found.choices else listening(texts, found)


def _table(manifest: Manifest, key: str) -> Manifest:
    found = manifest.get(key)
    return found if isinstance(found, dict) else {}


def _members(root: Manifest, manifests: Mapping[str, Manifest]) -> list[str]:
    """The folders that are built together, the top first where it is a package itself."""
    own = [""] if "package" in root or "workspace" not in root else []
    if "workspace" not in root:
        return own
    named = naming(str(each) for each in _list(_table(root, "workspace"), "members"))
    left_out = {posixpath.normpath(str(each)) for each in _list(_table(root, "workspace"), "exclude")}
    paths = {
        posixpath.normpath(str(each["path"]))
        for each in _table(root, "dependencies").values()
        if isinstance(each, dict) and "path" in each
    }
    inside = (
        folder
        for folder in manifests
        if folder and folder not in left_out and (folder in paths or named(folder))
    )
    return [*own, *inside]


def _list(table: Manifest, key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []


def _binaries(texts: Texts) -> dict[str, list[str]]:
    """The files below each `src/bin/`, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(texts):
        folder, slash, _ = path.partition("src/bin/")
        if slash:
            found.setdefault(folder + slash, []).append(path)
    return found


def _programs(
    folder: str, manifest: Manifest, texts: Texts, inside: Mapping[str, list[str]]
) -> Iterator[Choice]:
    name = str(_table(manifest, "package").get("name", ""))
    file = posixpath.join(folder, "Cargo.toml")
    seen = set()
    for each in _list(manifest, "bin"):
        if isinstance(each, dict) and re.fullmatch(r"[\w.-]+", str(each.get("name", ""))):
            seen.add(str(each.get("path", "")))
            yield Choice(
                name=str(each["name"]), package=str(each["name"]), why=f"{file}: [[bin]] {each['name']}"
            )
    main = posixpath.join(folder, "src/main.rs")
    if main in texts and re.fullmatch(r"[\w-]+", name) and "src/main.rs" not in seen:
        yield Choice(name=name, package=name, why=f"{file}: {name}")
    below = posixpath.join(folder, "src/bin/")
    for path in inside.get(below, ()):
        rest = path.removeprefix(below)
        match = re.fullmatch(r"([\w-]+)(?:\.rs|/main\.rs)", rest)
        if match and f"src/bin/{rest}" not in seen:
            yield Choice(name=match[1], package=match[1], why=f"{file}: {path}")


def _is_plain(manifest: Manifest, texts: Texts) -> bool:
    package = _table(manifest, "package")
    named = [each for key in ("dependencies", "dev-dependencies") for each in _table(manifest, key).values()]
    local = any(isinstance(each, dict) and "path" in each for each in named)
    return not local and set(manifest) <= _PLAIN_KEYS and "build" not in package and "src/main.rs" in texts


def _toolchain(found: Detected, texts: Texts) -> Detected:
    said = texts.get("rust-toolchain.toml", texts.get("rust-toolchain", ""))
    channel = re.search(
        r"(?:^[^\S\n]*|channel\s*=\s*\"\s*)(nightly|beta|stable|\d+\.\d+(?:\.\d+)?)", said, re.MULTILINE
    )
    if not channel or channel[1] == "stable":
        return found
    if channel[1] in {"nightly", "beta"}:
        return found.doubting(f"rust-toolchain asks for {channel[1]}: rustup fetches it in each build")
    # Before 1.71 there is no image on Debian 12.
    old = tuple(map(int, channel[1].split(".")[:2])) < (1, 71)
    debian = "bullseye" if old else "bookworm"
    found = replace(found, version=channel[1]).because(f"rust-toolchain says {channel[1]}")
    if old:
        base = BASE.format(channel[1], debian)
        return replace(found, base=base, runtime=RUNTIME.format(debian))
    return found


def _system(found: Detected, texts: Texts, manifests: Mapping[str, Manifest]) -> Detected:
    """Debian's packages for crates that link with the system, from the lock, else from the manifests."""
    locked = set(re.findall(r"^name = \"([\w-]+)\"", texts.get("Cargo.lock", ""), re.MULTILINE))
    named: dict[str, Any] = {}
    for manifest in (*manifests.values(), _table(manifests.get("", {}), "workspace")):
        for key in ("dependencies", "build-dependencies"):
            named |= _table(manifest, key)
    crates = locked | (named.keys() if not locked else set())
    if not locked:
        crates |= {brought for brought, by in _BRINGS.items() if any(each in named for each in by)}
        crates |= _of_features(named)
    vendored = "openssl-src" in locked or any("vendored" in str(each) for each in named.values())
    build: set[str] = set()
    run: set[str] = set()
    for crate, building, running in _SYSTEM:
        if crate not in crates or (crate == "cmake" and "rdkafka-sys" in crates):
            continue
        if crate == "openssl-sys" and vendored:
            building, running = ("make", "perl"), ("ca-certificates",)
        build |= set(building)
        run |= set(running)
        found = found.because(
            f"{crate}: {', '.join(building)} to build, {', '.join(running) or 'nothing'} to run"
        )
    both = {"build": tuple(sorted(build)), "run": tuple(sorted(run))}
    return replace(found, system={moment: each for moment, each in both.items() if each}) if build else found


def _of_features(named: Mapping[str, Any]) -> set[str]:
    """What features of well-known crates bring: TLS of the system, and database clients in C."""
    found = set()
    reqwest = named.get("reqwest")
    if reqwest is not None and not (isinstance(reqwest, dict) and reqwest.get("default-features") is False):
        found.add("openssl-sys")
    for each in named.values():
        features = each.get("features", []) if isinstance(each, dict) else []
        words = {str(feature) for feature in features} if isinstance(features, list) else set()
        if any("native-tls" in word for word in words):
            found.add("openssl-sys")
        if each is named.get("diesel") and "postgres" in words:
            found.add("pq-sys")
    return found


def listening(texts: Texts, found: Detected) -> Detected:
    """The same with its port."""
    files = r"^(?!.*(?:^|/)(?:tests|benches|examples)/).*\.rs$"
    texts = crates.own(texts, found.chosen.why) if found.chosen else texts
    ours = [
        texts[each]
        for each in sorted(texts, key=lambda each: (each.count("/"), each))
        if re.search(files, each)
    ]
    match = evidence.listens(re.compile(_PORT), ours)
    if match:
        number = evidence.number(match)
        return replace(found, port=number).because(f"port {number} in the source: {match[0].strip()}")
    local = evidence.listens(re.compile(_LOCAL), ours)
    serves = search(texts, files, _SERVES)
    if local and serves:
        number = evidence.number(local)
        found = replace(found, port=number).because(f"port {number} in the source: {local[0]}")
        return found.doubting(f"it listens on localhost only ({local[0]}): in a pod nobody reaches that")
    if search(texts, files, r"var\(\s*\"PORT\"\s*\)"):
        fallback = search(texts, files, r"unwrap_or(?:_else)?\([^\n]{0,80}?(\d{4,5})")
        port = fallback[1] if fallback else "8080"
        return replace(found, port=int(port)).because(f"it reads PORT, which the chart gives: port {port}")
    if search(texts, files, r"rocket::build|#\[launch\]"):
        return (
            replace(found, port=8000, command=())
            .because("Rocket, on port 8000")
            .doubting("Rocket listens on localhost without ROCKET_ADDRESS=0.0.0.0")
        )
    if serves:
        return replace(found, asks_port=True).because("it listens, on a port that the source does not show")
    if found.doubts and not found.package:
        return found
    return replace(found, server=False).because("nothing in it listens: no port and no probe")
