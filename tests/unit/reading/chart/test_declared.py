from __future__ import annotations

import json

import pytest

from pipelinekit.reading.chart.declared import counts, forbidden, undeclared

VALUES = """\
image: {repository: a/b, tag: null}
labels: {}
security: {runAsNonRoot: true}
replicas: 1
nodes: [{name: a}]
open: {}
"""
TEMPLATE = """\
{{- if .Values.probe.enabled }}{{ .Values.probe.path }}{{ end -}}
{{- with .Values.security }}{{ toYaml . }}{{ end }}
{{- if and .Values.image (not .Values.quiet) }}{{ .Values.image.repository }}{{ end }}
{{ ((.Values.spec).count) }} {{ index .Values "with-hyphen" "inner" }} {{ $.Values.other }}
{{ .Values.open.one }}
{{- if and (dig "deep" "enabled" true .Values) (not (dig "deep" "account" "name" "" $.Values)) }}{{ end }}
"""
CHART = {"Chart.yaml": "name: up\n", "values.yaml": VALUES, "templates/a.yaml": TEMPLATE}


def problems(text: str, chart: dict[str, str] | None = None) -> list[str]:
    found = undeclared(text, "mine.yaml", CHART if chart is None else chart)
    assert {each.code for each in found} <= {"value-unknown"}
    return [each.path for each in found]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "image: {repository: c, tag: '1'}\nreplicas: 2\n",
        "labels: {any: {thing: 1}}\n",
        "open: {two: 1}\n",
        "security: {seccompProfile: {type: RuntimeDefault}}\n",
        "nodes: [{whatever: 1}]\n",
        "probe: {path: /, enabled: true}\n",
        "quiet: {a: 1}\n",
        "spec: {count: 2}\n",
        "with-hyphen: {inner: {a: 1}}\n",
        "other: 1\n",
        "deep: {enabled: false, account: {name: a}}\n",
        "global: {anything: 1}\ntags: {x: true}\n",
    ],
)
def test_what_values_schema_or_templates_say_is_declared(text: str) -> None:
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("imge: {}\n", ["imge"]),
        ("image: {tags: '1', repository: c}\n", ["image.tags"]),
        ("probe: {pth: /}\nspec: {cont: 1}\n", ["probe.pth", "spec.cont"]),
        ("with-hyphen: {iner: 1}\n", ["with-hyphen.iner"]),
        ("deep: {enabld: false}\n", ["deep.enabld"]),
    ],
)
def test_what_is_nowhere_is_a_fault(text: str, paths: list[str]) -> None:
    # What only templates name, and only in parts, may have those parts alone.
    assert problems(text) == paths


def test_a_fault_has_its_place_and_what_was_perhaps_meant() -> None:
    (fault,) = undeclared("replicas: 1\nimage: {repositry: c}\n", "mine.yaml", CHART)
    assert (str(fault.place), fault.hint) == ("mine.yaml:2:9", "did you mean 'repository'?")


def test_a_schema_declares_as_well() -> None:
    schema = {
        "$defs": {"s": {"properties": {"one": {"properties": {"in": {}}, "additionalProperties": False}}}},
        "$ref": "#/$defs/s",
    }
    chart = {"values.yaml": "one: {}\n", "values.schema.json": json.dumps(schema)}
    assert problems("one: {in: {a: 1}}\n", chart) == []
    assert problems("one: {ni: 1}\ntwo: 1\n", chart) == ["one.ni", "two"]
    schema["$defs"]["s"]["properties"]["one"]["additionalProperties"] = {"type": "string"}  # type: ignore[index]
    assert problems("one: {ni: 1}\n", {**chart, "values.schema.json": json.dumps(schema)}) == []
    assert problems("one: {ni: 1}\n", {**chart, "values.schema.json": "{not json"}) == []


def test_a_chart_inside_has_values_of_its_own() -> None:
    chart = {
        "Chart.yaml": "dependencies: [{name: sub, alias: other}, {name: gone}]\n",
        "charts/sub/Chart.yaml": "name: sub\n",
        "charts/sub/values.yaml": "size: 1\n",
    }
    assert problems("other: {size: 2}\n", chart) == []
    assert problems("other: {sise: 2}\nsub: {size: 1}\n", chart) == ["other.sise", "sub"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("values.yaml", True),
        ("values.schema.json", True),
        ("templates/deep/a.tpl", True),
        ("charts/a/charts/b/templates/a.yaml", True),
        ("README.md", False),
        ("files/injection.yaml", True),
        ("charts/a/files/injection.yaml", True),
        ("docs/values.yaml", False),
        ("charts/a/crds/x.yaml", False),
    ],
)
def test_which_files_of_a_chart_count(path: str, said: bool) -> None:
    assert counts(path) is said


WRAPPED = {
    "values.yaml": "_internal_defaults_do_not_set:\n  hub: ''\n  global: {proxy: {image: p}, tag: ''}\n",
    "templates/a.yaml": "{{ .Values.hub }}",
    "templates/zzz.yaml": "{{ .Values._internal_defaults_do_not_set }}{{ merge (($.Values.global).profile) "
    "($.Values.global | default dict) }}",
    "files/injection.yaml": "{{ with .Values.global.proxy.lifecycle }}{{ toYaml . }}{{ end }}",
}


def test_defaults_that_a_chart_wraps_are_declared_where_its_templates_read_them() -> None:
    assert problems("hub: h\nglobal: {tag: '1', profile: x, proxy: {image: p}}\n", WRAPPED) == []
    assert problems("hbu: h\nglobal: {tga: '1', proxy: {imge: p}}\n", WRAPPED) == [
        "hbu",
        "global.tga",
        "global.proxy.imge",
    ]
    assert problems("_internal_defaults_do_not_set: {hub: h}\n", WRAPPED) == ["_internal_defaults_do_not_set"]


def test_what_only_a_file_names_that_a_template_takes_is_declared() -> None:
    assert problems("global: {proxy: {lifecycle: {preStop: {}}}}\n", WRAPPED) == []
    without = {name: text for name, text in WRAPPED.items() if not name.startswith("files/")}
    assert problems("global: {proxy: {lifecycle: {preStop: {}}}}\n", without) == ["global.proxy.lifecycle"]


CLOSED = json.dumps(
    {
        "additionalProperties": False,
        "properties": {
            "replicas": {"type": "integer"},
            "image": {"$ref": "#/$defs/image"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "open": {"type": "object", "properties": {"a": {}}},
            "keyed": {"additionalProperties": False, "patternProperties": {"^a": {}}},
        },
        "$defs": {"image": {"additionalProperties": False, "properties": {"digest": {}}}},
    }
)


def test_what_a_schema_lets_nobody_give_is_told_at_its_line() -> None:
    text = "replicaz: 3\nimage: {digest: d, tga: x}\nlabels: {a: b}\nopen: {b: 1}\n"
    text += "keyed: {ab: 1}\ngone: null\n"
    found = forbidden(text, "mine.yaml", CLOSED)
    assert [(str(each), each.hint) for each in found] == [
        ("mine.yaml:1:1: replicaz: the chart has no value 'replicaz'", "did you mean 'replicas'?"),
        ("mine.yaml:2:20: image.tga: the chart has no value 'image.tga'", "known are: digest"),
    ]


@pytest.mark.parametrize("schema", ["", "{}", "[]", "{", '{"properties": {"a": {}}}'])
def test_a_schema_that_closes_nothing_lets_all_in(schema: str) -> None:
    assert forbidden("b: 1\nc: {d: 2}\n", "mine.yaml", schema) == ()


TYPED = json.dumps(
    {
        "properties": {
            "image": {"properties": {"digest": {"$ref": "#/$defs/digest"}}, "required": ["digest", "tag"]},
            "replicas": {"type": "integer", "minimum": 1},
            "users": {
                "type": "array",
                "items": {"required": ["name"], "additionalProperties": False, "properties": {"name": {}}},
            },
            "either": {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
        },
        "$defs": {"digest": {"type": "string", "pattern": "^sha256:"}},
    }
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("image: {digest: 5}", ["bad-type mine.yaml:1:9"]),
        ("image: {digest: latest}", ["bad-pattern mine.yaml:1:9"]),
        ("replicas: two\nimage:\n  digest: [a]", ["bad-type mine.yaml:1:1", "bad-type mine.yaml:3:3"]),
        ("replicas: 0", ["bad-minimum mine.yaml:1:1"]),
        ("users: [{}]", ["missing-key mine.yaml:1:9"]),
        ("users: [{name: a, nam: b}]", ["unknown-key mine.yaml:1:19"]),
        # It is laid over the chart's own values, which have the rest; null takes one of them away.
        ("image: {tag: 1}\nreplicas: null", []),
        # Helm says which of several ways was meant.
        ("either: 3", []),
    ],
)
def test_a_value_of_another_kind_or_form_is_told_at_its_line(text: str, told: list[str]) -> None:
    found = forbidden(f"{text}\n", "mine.yaml", TYPED)
    assert [f"{each.code} {each.place}" for each in found] == told


SHUT = '"additionalProperties": false'
TWO = '{"x": {"properties": {"m": {"maxLength": 3}}}}'


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (
            "m: four",
            f'{{"if": {{"required": ["r"]}}, "else": {{"$ref": "#/$defs/x"}}, "$defs": {TWO}}}',
        ),
        ("m: four", f'{{"dependentSchemas": {{"m": {{"$ref": "#/$defs/x"}}}}, "$defs": {TWO}}}'),
        (
            "m: [{ab: 1}]",
            f'{{"properties": {{"m": {{"items": {{"patternProperties": {{"^a": {{}}}}, {SHUT}}}}}}}}}',
        ),
        # Nobody is asked, and no file read, for a schema that is elsewhere.
        ("m: 1", '{"$ref": "https://192.0.2.1/schema"}'),
        ("m: 1", '{"properties": {"m": {"$ref": "file:///etc/hostname"}}}'),
    ],
)
def test_what_hangs_together_or_is_elsewhere_is_for_helm_to_judge(text: str, schema: str) -> None:
    assert forbidden(f"{text}\n", "mine.yaml", schema) == ()


@pytest.mark.parametrize("items", [f'"items": {{{SHUT}}}', f'"prefixItems": [{{{SHUT}}}]'])
def test_an_entry_that_is_closed_without_a_key_takes_none(items: str) -> None:
    (fault,) = forbidden("m: [{a: 1}]", "x", f'{{"properties": {{"m": {{{items}}}}}}}')
    assert (fault.code, fault.path) == ("unknown-key", "m[0].a")


def test_an_entry_of_its_own_place_is_closed_as_well() -> None:
    text = '{"properties": {"m": {"prefixItems": [{"additionalProperties": false}]}}}'
    (fault,) = forbidden("m: [{a: 1}]", "x", text)
    assert (fault.code, fault.path) == ("unknown-key", "m[0].a")


def test_a_secret_out_of_range_is_not_repeated() -> None:
    (fault,) = forbidden("password: 1234", "x", '{"properties": {"password": {"minimum": 5000}}}')
    assert "1234" not in str(fault)


def test_what_is_no_schema_says_nothing_of_values() -> None:
    assert forbidden("a: 1\n", "mine.yaml", '{"properties": {"a": {"type": 7}}}') == ()


OF_DRAFT = '"http://json-schema.org/draft-07/schema#"'


def test_a_schema_is_read_by_the_draft_that_it_names() -> None:
    # Until 2019 nothing counts that stands beside a reference.
    text = '{"properties": {"a": {"$ref": "#/definitions/x", "maxLength": 3}}, "definitions": {"x": {}}'
    assert forbidden("a: four\n", "x", f'{text}, "$schema": {OF_DRAFT}}}') == ()
    assert [each.code for each in forbidden("a: four\n", "x", f"{text}}}")] == ["bad-maxlength"]


def test_an_entry_has_the_place_of_its_own_in_an_older_draft() -> None:
    text = f'{{"$schema": {OF_DRAFT}, "properties": {{"m": {{"items": [{{"type": "string"}}]}}}}}}'
    (fault,) = forbidden("m: [1, 2]", "x", text)
    assert (fault.code, fault.path) == ("bad-type", "m[0]")


@pytest.mark.parametrize(
    "schema",
    [
        '{"$schema": "https://192.0.2.1/schema", "properties": {"a": {"type": "string"}}}',
        '{"properties": {"a": {"$ref": "#/$defs/gone"}}}',
    ],
)
def test_what_cannot_be_followed_says_nothing_of_values(schema: str) -> None:
    assert forbidden("a: 1\n", "x", schema) == ()


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"enum": ["postgres", "none"]}, "write none of these: postgres, none"),
        ({"const": "postgres"}, "write none of these: postgres"),
        ({"anyOf": [{"pattern": "^pg_"}, {"enum": ["postgres"]}]}, "write none of these: postgres"),
        ({"pattern": "^post"}, "write another one"),
    ],
)
def test_what_a_value_must_not_be_is_told_at_its_line(schema: dict[str, object], told: str) -> None:
    whole = json.dumps({"properties": {"name": {"type": "string", "not": schema}}})
    (fault,) = forbidden("a: 1\nname: postgres\n", "v.yaml", whole)
    assert (str(fault.place), fault.problem) == ("v.yaml:2:1", "'postgres' is kept for something else")
    assert fault.hint == told


def test_what_must_not_be_beside_others_is_for_helm_to_judge() -> None:
    whole = json.dumps({"properties": {"name": {"not": {"required": ["a"]}}}})
    assert forbidden("name: {a: 1}\n", "v.yaml", whole) == ()
