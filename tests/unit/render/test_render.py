from __future__ import annotations

from typing import Any

import jinja2
import pytest

from pipelinekit.model.tree import File, FilePlan
from pipelinekit.render import render


def rendered(template: str, **inputs: Any) -> str:
    """The text of one template."""
    return render([FilePlan(path="f", template="t.j2", inputs=inputs)], {"t.j2": template})["f"].text


def test_plans_become_files_at_their_paths() -> None:
    plans = [
        FilePlan(path="a/b", template="x.j2", inputs={"name": "one"}),
        FilePlan(path="c", template="x.j2", inputs={"name": "two"}, executable=True),
    ]
    assert render(plans, {"x.j2": "name: {{ name | yaml }}\n"}) == {
        "a/b": File("name: one\n"),
        "c": File("name: two\n", executable=True),
    }


def test_a_template_without_the_suffix_is_copied_as_it_is() -> None:
    text = "{{ .Values.name }} {% raw %} {# #}\n\n"
    assert render([FilePlan(path="f", template="t.tpl")], {"t.tpl": text}) == {"f": File(text)}


@pytest.mark.parametrize(
    "template",
    [
        "{{ name }}",
        "{{ name | upper }}",
        "{{ name | yaml | upper }}",
        "{{ 'a' ~ name }}",
        "{{ (name | yaml) ~ name }}",
        "{{ flag }}",
        "{{ names }}",
        "{{ none }}",
        "{% for each in names %}{{ each }}{% endfor %}",
        "{{ 'literal' }}",
        "{{ number / 2 }}",
    ],
)
def test_a_value_that_no_filter_has_passed_is_an_error(template: str) -> None:
    with pytest.raises(TypeError, match="no filter has escaped"):
        rendered(template, name="orders", names=["a"], none=None, flag=True, number=3)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ name | yaml }}", "orders"),
        ("{{ port }}", "8080"),
        ("{{ ('a' ~ name) | plain }}", "aorders"),
        ("{% if name %}yes{% endif %}", "yes"),
        ("{% for each in [1, 2] %}\n{{ each }}\n{% endfor %}\n", "1\n2\n"),
    ],
)
def test_what_a_template_may_print(template: str, text: str) -> None:
    assert rendered(template, name="orders", port=8080) == text


def test_an_input_that_the_plan_does_not_give_is_an_error() -> None:
    for template in ("{{ nmae | yaml }}", "{% if nmae %}{% endif %}", "{% for x in range %}{% endfor %}"):
        with pytest.raises((jinja2.UndefinedError, TypeError)):
            rendered(template, name="orders")


def test_the_last_newline_stays() -> None:
    assert rendered("a\n") == "a\n"
    assert rendered("a") == "a"


def test_one_set_of_templates_is_never_taken_for_another() -> None:
    plans = [FilePlan(path="f", template="t.j2")]
    assert [render(plans, {"t.j2": text})["f"].text for text in ("a", "b", "c", "d", "e", "f")] == list(
        "abcdef"
    )
