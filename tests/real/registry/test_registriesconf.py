"""buildah's registries.conf: what the machine has, and hosts without TLS beside it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipelinekit.adapters.build import registriesconf


def test_buildah_keeps_mirrors_and_blocks_and_leaves_tls_out_for_named_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "etc")
    monkeypatch.setattr(registriesconf, "VENDOR", tmp_path / "usr")
    drops = tmp_path / "etc" / "registries.conf.d"
    drops.mkdir(parents=True)
    (tmp_path / "etc" / "registries.conf").write_text(
        'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "enforcing"\n'
        '[aliases]\n"a" = "x.test/a"\n'
        '[[registry]]\nprefix = "docker.io"\nlocation = "docker.io"\n'
        '[[registry.mirror]]\nlocation = "127.0.0.1:5000/hub"\n[[registry.mirror]]\nlocation = "m.test"\n'
        '[[registry]]\nlocation = "bad.test"\nblocked = true\n'
    )
    (drops / "x.conf").write_text(
        '[[registry]]\nlocation = "in.test"\ninsecure = true\n[aliases]\n"b" = "x/b"\n'
    )
    environment = {"HOME": str(tmp_path)}
    (tmp_path / "made").mkdir()
    words = registriesconf.write(tmp_path / "made", ["127.0.0.1:5000", "n.test:80"], environment)
    found = tomllib.loads(Path(words[1]).read_text())
    assert found["unqualified-search-registries"] == ["docker.io"]
    assert found["aliases"] == {"a": "x.test/a", "b": "x/b"}
    entries = {each.get("prefix") or each["location"]: each for each in found["registry"]}
    assert entries["docker.io"]["mirror"] == [
        {"location": "127.0.0.1:5000/hub", "insecure": True},
        {"location": "m.test"},
    ]
    assert entries["bad.test"] == {"location": "bad.test", "blocked": True}
    insecure = {name for name, each in entries.items() if each.get("insecure")}
    assert insecure == {"127.0.0.1:5000", "n.test:80", "in.test"}


def test_the_first_version_of_that_file_is_read_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = tmp_path / "one.conf"
    conf.write_text(
        '[registries.search]\nregistries = ["a.test"]\n[registries.insecure]\nregistries = ["i.test"]\n'
        '[registries.block]\nregistries = ["i.test", "\\u007f\\"x"]\n'
    )
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "none")
    found = registriesconf.machine({"CONTAINERS_REGISTRIES_CONF": str(conf), "HOME": str(tmp_path)})
    again = tomllib.loads(registriesconf.text(found))
    assert again == found
    assert found["unqualified-search-registries"] == ["a.test"]
    assert found["registry"][0] == {"location": "i.test", "insecure": True, "blocked": True}


def test_a_name_without_a_host_is_dockers_unless_the_machine_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registriesconf, "SYSTEM", tmp_path / "etc")
    monkeypatch.setattr(registriesconf, "VENDOR", tmp_path / "usr")
    environment = {"HOME": str(tmp_path)}
    assert registriesconf.machine(environment)["unqualified-search-registries"] == ["docker.io"]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "registries.conf").write_text('unqualified-search-registries = ["own.test"]\n')
    assert registriesconf.machine(environment)["unqualified-search-registries"] == ["own.test"]
