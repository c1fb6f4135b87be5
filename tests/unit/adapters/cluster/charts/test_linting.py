from __future__ import annotations

from pathlib import Path

import pytest

from pipelinekit.adapters.cluster.charts import linting, passed
from pipelinekit.adapters.running import process

HEAD = 'apiVersion: v2\nname: orders\nversion: "{}"\nappVersion: "{}"\n'


def same(folder: Path, template: str) -> bool:
    """Whether two releases of a chart with that template are one for the linter."""
    (folder / "templates").mkdir()
    (folder / "templates/_helpers.tpl").write_text(template)
    seen = set()
    for version in ("1.0.0", "1.0.1-pr.7"):
        (folder / "Chart.yaml").write_text(HEAD.format(version, version))
        seen.add(linting._but_for_release(folder, "{}"))
    return len(seen) == 1


@pytest.mark.parametrize(
    "template",
    [
        "{{ .Chart.Version }}",
        '{{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}',
        "{{- if .Chart.AppVersion }}x{{ end }}",
        "{{- range $name, $value := .Chart.Annotations }}{{ $value }}{{ end }}",
        "{{- $name := default .Chart.Name .Values.name }}",
        '{{ if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}{{ .Chart.Version }}{{ end }}',
    ],
)
def test_what_only_shows_a_releases_names_is_linted_once(tmp_path: Path, template: str) -> None:
    assert same(tmp_path, template)


@pytest.mark.parametrize(
    "template",
    [
        '{{- if semverCompare ">=1.0.1-0" .Chart.Version }}x{{ end }}',
        '{{ if .Values.a }}a{{ else if eq "1.0.1" $.Chart.AppVersion }}b{{ end }}',
        "{{- $version := .Chart.Version -}}",
        '{{ with regexFind "pr" .root.Chart.Version }}x{{ end }}',
        '{{ .Chart.Version | semver | required "x" }}',
        '{{ ternary "a" "b" (eq .Chart.Version "1.0.0") }}',
    ],
)
def test_what_compares_them_is_linted_for_each(tmp_path: Path, template: str) -> None:
    assert not same(tmp_path, template)


@pytest.mark.parametrize(
    ("trial", "times"),
    [
        ("", ["", "values-dev.yaml"]),
        ("{}", ["", "values-dev.yaml"]),
        ('{"a": 1}', ["", "given", "values-dev.yaml given"]),
    ],
)
def test_a_deployment_without_values_costs_no_run_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trial: str, times: list[str]
) -> None:
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "Chart.yaml").write_text(HEAD.format("1.0.0", "1.0.0"))
    (chart / "values-dev.yaml").write_text("a: 2\n")
    linted: list[str] = []

    def run(words: list[str], **_: object) -> process.Completed:
        linted.append(" ".join(Path(each).name for each in words[4:] if each != "--values"))
        return process.Completed(0, "", "")

    monkeypatch.setattr(process, "run", run)
    monkeypatch.setattr(passed, "has", lambda _: False)
    monkeypatch.setattr(passed, "keep", lambda _: None)
    linting.Linter().lint(chart, trial)
    assert sorted(each.replace("values-deployment.yaml", "given") for each in linted) == sorted(times)


def test_a_library_is_brought_in_place_of_what_was_left_of_it_and_of_nothing_else(tmp_path: Path) -> None:
    library = tmp_path / "pk-common"
    (library / "templates").mkdir(parents=True)
    (library / "templates" / "_names.tpl").write_text("new")
    there = tmp_path / "chart" / "charts"
    (there / "pk-common" / "templates").mkdir(parents=True)
    (there / "pk-common" / "templates" / "_gone.tpl").write_text("old")
    for left in ("pk-common-0.9.0.tgz", "other-1.0.0.tgz"):
        (there / left).write_text("")
    linting.bring([library], tmp_path / "chart")
    found = sorted(each.relative_to(there).as_posix() for each in there.rglob("*") if each.is_file())
    assert found == ["other-1.0.0.tgz", "pk-common/templates/_names.tpl"]


def test_what_is_left_is_known_by_its_whole_name_and_may_be_a_file_or_a_folder(tmp_path: Path) -> None:
    library = tmp_path / "[a]*"
    library.mkdir()
    (library / "Chart.yaml").write_text("new")
    there = tmp_path / "chart" / "charts"
    (there / "[a]*-1.0.0.tgz").mkdir(parents=True)
    for left in ("[a]*", "[a]*-1.0.0-rc.1.tgz", "[a]*-more-1.0.0.tgz", "a-1.0.0.tgz"):
        (there / left).write_text("")
    linting.bring([library], there.parent)
    found = {each.relative_to(there).as_posix() for each in there.rglob("*")}
    assert found == {"[a]*", "[a]*/Chart.yaml", "[a]*-more-1.0.0.tgz", "a-1.0.0.tgz"}


SAID = """==> Linting chart
[INFO] Chart.yaml: icon is recommended
[ERROR] templates/: web/templates/a.yaml:1:3
  executing "web/templates/a.yaml" at <include "pk.nope" .>:
    error calling include:
template: no template "pk.nope" associated with template "gotpl"

[ERROR] values.yaml: - at '/image': got object, want string
- at '/mirror': got string, want integer

"""


def test_a_complaint_of_several_lines_is_told_with_its_reason() -> None:
    first, *others = linting.complaints(SAID)
    assert first.startswith("[ERROR] templates/: web/templates/a.yaml:1:3 executing ")
    assert first.endswith(
        'error calling include: template: no template "pk.nope" associated with template "gotpl"'
    )
    assert others == [
        "[ERROR] values.yaml: - at '/image': got object, want string",
        "- at '/mirror': got string, want integer",
    ]
