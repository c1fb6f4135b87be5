"""The library of our charts: what it makes, that three need each of it, and how it gets into an archive."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelinekit.adapters.cluster.charts.helm import Helm as OurHelm
from pipelinekit.adapters.folder import libraries
from tests.charts.helm import Helm, Object, name_of
from tests.pages.charts import CHARTS, LIBRARY, defines, made_with_it

SERVER = {
    "image": {"registry": "r", "repository": "x", "tag": "1", "digest": "sha256:" + "1" * 64, "user": 70}
}
each_of_ours = pytest.mark.parametrize(
    "chart", made_with_it(), ids=lambda chart: f"{chart.parent.name}-{chart.name}"
)

Make = Callable[..., list[Object]]


@pytest.fixture
def make(helm: Helm, tmp_path: Path) -> Make:
    """`make(template, values, chart, release)`: the objects of a chart with the library and that template."""

    def made(
        template: str, values: dict[str, Any] | None = None, chart: str = "x", release: str = "x"
    ) -> list[Object]:
        folder = tmp_path / "chart"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(LIBRARY, folder / "charts" / LIBRARY.name)
        about = {"apiVersion": "v2", "name": chart, "version": "1.0.0", "appVersion": "1.0.0+a.b"}
        (folder / "Chart.yaml").write_text(json.dumps(about))
        (folder / "templates").mkdir()
        (folder / "templates" / "all.yaml").write_text(template)
        return helm.objects(folder, values or {}, release=release)

    return made


def config(text: str) -> str:
    """A template of one object that says a text."""
    return f"kind: ConfigMap\napiVersion: v1\nmetadata: {{name: x}}\ndata: {{said: {text}}}\n"


# --- what it makes --------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "said"), [('""', "x"), ('"backup"', "x-backup"), ('"a" "b"', "x-a-b")])
def test_a_name_is_the_release_s_and_what_it_is_of(make: Make, word: str, said: str) -> None:
    (found,) = make(config(f'{{{{ include "pk.name" (list . {word}) | quote }}}}'))
    assert found["data"]["said"] == said


def test_of_a_long_name_the_release_s_own_is_cut_and_no_two_become_one(make: Make) -> None:
    words = ["", "backup", "restore", "archive"]
    said = " ".join(f'{{{{ include "pk.name" (list . "{each}") }}}}' for each in words)
    for length in (44, 45, 52, 53):
        (found,) = make(config(said), release="a" * (length - 2) + "-b")
        names = found["data"]["said"].split()
        assert len(set(names)) == len(words)
        assert max(map(len, names)) <= 52
        assert [each.rpartition("-")[2] for each in names[1:]] == words[1:]
        assert not any("--" in each or each.endswith("-") for each in names)


def test_no_label_has_a_value_that_kubernetes_refuses(make: Make) -> None:
    (found,) = make(config('"x"') + '{{ include "pk.labels" (list . "server") }}\n')
    assert found["app.kubernetes.io/version"] == "1.0.0_a.b"
    (found,) = make(config('{{ include "pk.labelValue" (printf "%s+" (repeat 70 "y")) }}'))
    assert found["data"]["said"] == "y" * 63


def test_an_image_has_a_digest_and_comes_from_the_mirror(make: Make) -> None:
    template = config('{{ include "pk.image" (list . "image" .Values.image) }}')
    (found,) = make(template, SERVER)
    assert found["data"]["said"] == f"r/x@sha256:{'1' * 64}"
    (found,) = make(template, SERVER | {"mirror": "m:5001/p"})
    assert found["data"]["said"] == f"m:5001/p/x@sha256:{'1' * 64}"
    with pytest.raises(AssertionError, match=r"image.digest is empty: give the digest of r/x:1"):
        make(template, {"image": SERVER["image"] | {"digest": ""}})


POLICIES = '{{ include "pk.policies" (dict "root" . %s) }}'


def policies(found: list[Object]) -> dict[str, Any]:
    """The rules of each policy by the end of its name."""
    return {name_of(each).rpartition("/")[2]: each["spec"] for each in found}


def test_what_declares_nothing_is_closed_but_for_names(make: Make) -> None:
    """An empty list of ports would be all ports."""
    said = policies(make(POLICIES % "", chart="x-policies", release="x-policies"))
    assert said.keys() == {"x-policies", "x-policies-callers"}
    (names,) = said["x-policies"]["egress"]
    assert {each["port"] for each in names["ports"]} == {53}
    assert said["x-policies-callers"]["ingress"] == []
    nobody = make(POLICIES % '"webhooks" (list 4)', chart="x-policies", release="x-policies")
    assert policies(nobody)["x-policies-callers"]["ingress"] == []
    assert said["x-policies"]["policyTypes"] == ["Ingress", "Egress"]
    assert said["x-policies"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "x"}}


def test_no_rule_is_without_ports_and_each_is_as_declared(make: Make) -> None:
    words = (
        '"peers" (list 1 2) "scrape" (list 3) "webhooks" (list 4) "apiServer" true "callers" .Values.callers'
    )
    callers = "- from: [{podSelector: {}}]\n  ports: [{port: 5}]"
    values = {"apiServers": ["192.0.2.1:6443", "[2001:db8::1]:443"], "callers": callers}
    said = policies(make(POLICIES % words, values, chart="x-policies", release="p"))
    rules = [rule for each in said.values() for way in ("egress", "ingress") for rule in each.get(way, [])]
    assert all(each["ports"] for each in rules)
    out = {rule["to"][0]["ipBlock"]["cidr"]: rule["ports"] for rule in said["p"]["egress"][2:]}
    assert out == {"192.0.2.1/32": [{"port": 6443}], "2001:db8::1/128": [{"port": 443}]}
    assert [each["ports"][0]["port"] for each in said["p-callers"]["ingress"]] == [5, 3, 4, 4]
    assert said["p-peers"]["ingress"][0]["ports"] == [{"port": 1}, {"port": 2}]
    assert said["p-callers"]["podSelector"]["matchLabels"]["pipelinekit.dev/part"] == "server"
    open_ways = policies(make(POLICIES % '"apiServer" true', chart="x-policies", release="p"))["p"]["egress"]
    assert open_ways[1:] == [{"ports": [{"port": 443}, {"port": 6443}]}]


def test_another_pod_that_looks_at_the_volume_is_another_job(make: Make) -> None:
    """A Job's pods cannot be changed."""
    template = (
        '{{ $pod := printf "metadata: {}\\nspec: {%s}" .Values.say }}'
        '{{ include "pk.backup" (list . (dict "archive" $pod "backup" $pod "restore" $pod)) }}'
    )
    storage = {"class": "", "size": "1Gi"}
    backup = {"schedule": "0 1 * * *", "suspend": False, "timeout": 60, "storage": storage}
    first, same, other = (
        {name_of(each): each for each in make(template, {"backup": backup, "say": say})}
        for say in ("a: b", "a: b", "a: c")
    )
    assert first == same
    (mine,) = first.keys() - other.keys()
    assert re.fullmatch(r"Job/x-archive-[0-9a-f]{8}", mine)
    assert first["CronJob/x-restore"]["spec"]["suspend"] is True
    assert first["CronJob/x-backup"]["spec"]["suspend"] is False
    claim = first["PersistentVolumeClaim/x-backup"]
    assert claim["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    assert "storageClassName" not in claim["spec"]


# --- what is in it --------------------------------------------------------------------------------


def used(text: str) -> set[str]:
    """The library's templates that a text includes."""
    return set(re.findall(r'include "(pk\.[A-Za-z]+)"', text))


def test_three_components_need_each_of_it() -> None:
    known: dict[str, set[str]] = {}
    for file in (LIBRARY / "templates").iterdir():
        parts = re.split(r'define "([^"]+)"', file.read_text())
        known |= {name: used(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    needed: dict[str, set[str]] = {name: set() for name in known}
    for chart in made_with_it():
        texts = (each.read_text() for each in (chart / "templates").rglob("*") if each.is_file())
        waiting = [name for text in texts for name in used(text)]
        while waiting:
            name = waiting.pop()
            if chart.parent.name not in needed[name]:
                needed[name].add(chart.parent.name)
                waiting += known[name]
    assert {name: of for name, of in needed.items() if len(of) < 3} == {}


def test_nothing_of_one_component_is_in_it() -> None:
    names = {each.parent.name for each in CHARTS.glob("*/component.yaml")} | {"bao", "postgres", "kc_"}
    # The letters of a short name are in longer words too.
    ends = {each: "" if each.endswith("_") else "(?![a-z])" for each in names}
    whole = re.compile("|".join(f"(?<![a-z]){re.escape(each)}{end}" for each, end in ends.items()))
    for file in (LIBRARY / "templates").iterdir():
        assert whole.findall(file.read_text().lower()) == []


def test_each_is_told_with_its_usage_or_is_the_library_s_own() -> None:
    ours = "".join(
        each.read_text()
        for chart in made_with_it()
        for each in chart.rglob("templates/**/*")
        if each.is_file()
    )
    for file in (LIBRARY / "templates").iterdir():
        for each in defines(file):
            assert not each.told or f'include "{each.name}"' in each.usage
            assert each.told or each.name not in used(ours)
        assert len(defines(file)) == file.read_text().count("{{- define ")


# --- how it gets into a chart ---------------------------------------------------------------------


def members(archive: Path) -> dict[str, bytes]:
    """The files of an archive, its lock's but for the time that Helm writes its own way."""
    with tarfile.open(archive) as source:
        streams = {each.name: source.extractfile(each) for each in source if each.isfile()}
        return {name: stream.read() for name, stream in streams.items() if stream}


@each_of_ours
def test_its_version_is_the_one_that_each_chart_and_its_lock_name(chart: Path) -> None:
    assert libraries.find(None).faults(chart) == []
    assert libraries.find(None).of(chart) == (LIBRARY,)


@each_of_ours
def test_our_archive_is_helm_s_own_whatever_lies_in_the_folder(
    helm: Helm, whole: Callable[[Path], Path], chart: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = whole(chart)
    # Helm alone has taken the lock, and left it as it was.
    assert (there / "Chart.lock").read_text() == (chart / "Chart.lock").read_text()
    said = helm.run("package", str(there), "--destination", str(tmp_path))
    assert said.code == 0, said.err
    (theirs,) = tmp_path.glob("*.tgz")
    monkeypatch.setenv("PATH", str(Path(helm.path).parent))
    files = [there.parents[1] / LIBRARY.name]
    stale = shutil.copytree(there, tmp_path / "stale" / "chart" / "in")
    shutil.copytree(LIBRARY, stale / "charts" / LIBRARY.name)
    (stale / "charts" / LIBRARY.name / "templates" / "_more.tpl").write_text('{{ fail "stale" }}')
    values = json.dumps(ci(chart))
    for number, folder in enumerate((chart, stale)):
        to = tmp_path / str(number)
        to.mkdir()
        root = folder.parents[1]
        made = OurHelm({}).package(folder, {}, values, to, chart.name, root=root, libraries=files)
        assert members(made) == members(theirs)
        assert made.read_bytes() == (tmp_path / "0" / made.name).read_bytes()


def ci(chart: Path) -> dict[str, Any]:
    """Values with which a chart renders."""
    file = chart / "ci" / "single-node-values.yaml"
    return dict(yaml.safe_load(file.read_text())) if file.is_file() else {}


# --- what its page shows --------------------------------------------------------------------------


def example() -> dict[str, str]:
    """The files that the page shows, by path."""
    page = (LIBRARY / "about.md").read_text()
    found = re.findall(r"`((?:values|templates/\w+)\.yaml)`:?\n\n((?:    .*\n|\n)+)", page)
    return {path: re.sub(r"(?m)^    ", "", text) for path, text in found}


def test_the_chart_that_its_page_shows_is_one(helm: Helm, tmp_path: Path) -> None:
    folder = tmp_path / "web"
    shutil.copytree(LIBRARY, folder / "charts" / LIBRARY.name)
    version = yaml.safe_load((LIBRARY / "Chart.yaml").read_text())["version"]
    library = {"name": LIBRARY.name, "version": version, "repository": "file://../../pk-common"}
    about = {
        "apiVersion": "v2",
        "name": "web",
        "version": "1.0.0",
        "appVersion": "1",
        "dependencies": [library],
    }
    (folder / "Chart.yaml").write_text(json.dumps(about))
    (folder / "templates").mkdir()
    shown = example()
    assert set(shown) == {"values.yaml", "templates/server.yaml"}
    for path, text in shown.items():
        (folder / path).write_text(text)
    values = {"image": {"digest": "sha256:" + "1" * 64}}
    said = helm.run("lint", "--strict", str(folder), values=values)
    assert said.code == 0, said.out
    made = {each["kind"]: each for each in helm.objects(folder, values)}
    assert set(made) == {"ServiceAccount", "Service", "Deployment"}
    pod = made["Deployment"]["spec"]["template"]
    assert made["Service"]["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    assert made["ServiceAccount"]["metadata"]["name"] == pod["spec"]["serviceAccountName"]
    assert pod["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    assert pod["spec"]["containers"][0]["resources"]["limits"]["memory"] == "32Mi"
