from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.merge.structured import form_of, lay_over, merge_text
from pipelinekit.render.escape import yaml_block

VALUES = "charts/orders/values.yaml"

BASE = """\
# Generated.
team: payments
processes:
  web:
    replicas: 1
    env:
      LEVEL: info   # how much is said
network:
  extraEgress: []
"""


class Colliding:
    """Lines that always collide, so that the keys must decide."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        return f"<<<<<<< yours\n{theirs}=======\n{new}>>>>>>> generated\n", False


class Joining:
    """Lines that never collide: one after the other, as a careless merge would have them."""

    def merge(self, base: str, theirs: str, new: str) -> tuple[str, bool]:
        return theirs + new, True


def test_what_collides_in_its_lines_and_not_in_its_keys_is_merged() -> None:
    theirs = BASE.replace("LEVEL: info", "LEVEL: debug").replace("# Generated.", "# Generated.\n# Mine.")
    new = BASE.replace("    env:\n", "    port: 8080\n    env:\n").replace("replicas: 1", "replicas: 3")
    text, clean = merge_text(VALUES, BASE, theirs, new, Colliding())
    assert clean
    assert yaml.safe_load(text)["processes"]["web"] == {
        "replicas": 3,
        "env": {"LEVEL": "debug"},
        "port": 8080,
    }
    assert "# Mine." in text
    assert "# how much is said" in text


def test_a_comment_stays_in_a_mapping_in_which_only_the_template_changed_a_value() -> None:
    theirs = BASE.replace("    replicas: 1\n", "    # Why just one.\n    replicas: 1\n")
    new = BASE.replace("replicas: 1", "replicas: 3")
    text, clean = merge_text(VALUES, BASE, theirs, new, Colliding())
    assert clean
    assert text == theirs.replace("replicas: 1", "replicas: 3")


DROPPED = BASE.replace("    replicas: 1\n    env:\n      LEVEL: info   # how much is said\n", "    port: 1\n")


def test_a_comment_at_a_key_that_the_template_dropped_is_a_conflict_and_not_lost() -> None:
    theirs = BASE.replace("how much is said", "my reason")
    text, clean = merge_text(VALUES, BASE, theirs, DROPPED, Colliding())
    assert not clean
    assert "# my reason" in text


def test_where_the_lines_do_not_collide_such_a_comment_goes_to_the_end() -> None:
    theirs = BASE.replace("how much is said", "my reason")
    text, clean = merge_text(VALUES, BASE, theirs, DROPPED, Joining())
    assert clean
    assert text.endswith("# my reason\n")
    assert yaml.safe_load(text) == yaml.safe_load(DROPPED)


def test_a_comment_of_the_template_goes_with_its_key() -> None:
    theirs = BASE.replace("team: payments", "team: shop")
    text, clean = merge_text(VALUES, BASE, theirs, DROPPED, Colliding())
    assert clean
    assert "how much is said" not in text


def test_a_key_that_both_changed_is_a_conflict_between_markers() -> None:
    theirs, new = (BASE.replace("replicas: 1", f"replicas: {number}") for number in (2, 3))
    text, clean = merge_text(VALUES, BASE, theirs, new, Colliding())
    assert not clean
    assert text.startswith("<<<<<<< yours\n")


def test_a_clean_merge_of_lines_that_says_something_else_does_not_count() -> None:
    new = BASE.replace("replicas: 1", "replicas: 3")
    text, clean = merge_text(VALUES, BASE, BASE + "# mine\n", new, Joining())
    assert clean
    assert yaml.safe_load(text) == yaml.safe_load(new)
    assert text.count("team:") == 1


def test_other_files_are_merged_by_their_lines_alone() -> None:
    assert merge_text("Jenkinsfile", "a", "b", "c", Joining()) == ("bc", True)
    assert merge_text("Jenkinsfile", "a", "b", "c", Colliding())[1] is False


@pytest.mark.parametrize("broken", ["a: [", "- a\n", "", "a: 1\na: 2\n"])
def test_a_text_without_keys_is_merged_by_its_lines_alone(broken: str) -> None:
    assert merge_text(VALUES, BASE, broken, BASE, Joining()) == (broken + BASE, True)


@pytest.mark.parametrize(
    ("path", "has_form"),
    [
        (VALUES, True),
        ("charts/orders/values-production.yaml", True),
        ("draft.toml", True),
        ("charts/orders/values.schema.json", False),
        ("charts/orders/templates/values.yaml", False),
        ("app.yaml", False),
    ],
)
def test_which_files_have_keys(path: str, has_form: bool) -> None:
    assert (form_of(path) is not None) is has_form


def test_draft_toml_keeps_comments_and_order() -> None:
    base = '[environments.development]\nname = "orders"\nwait = true\n'
    theirs = '# mine\n[environments.development]\nname = "orders"  # ours\nwait = false\n'
    new = base + 'chart = "orders"\n'
    text, clean = merge_text("draft.toml", base, theirs, new, Colliding())
    assert clean
    assert tomllib.loads(text)["environments"]["development"] == {
        "name": "orders",
        "wait": False,
        "chart": "orders",
    }
    assert text.startswith("# mine\n")
    assert "# ours" in text


def test_lists_stay_indented_as_they_are() -> None:
    theirs = BASE.replace("extraEgress: []", "extraEgress:\n    - to: x\n    - to: y").replace(
        "info", "debug"
    )
    text, _ = merge_text(VALUES, BASE, theirs, BASE.replace("replicas: 1", "replicas: 2"), Colliding())
    assert text == theirs.replace("replicas: 1", "replicas: 2")


SCALARS = st.one_of(st.integers(0, 3), st.booleans(), st.sampled_from(["", "a", "yes", "1"]))
TREES = st.recursive(
    SCALARS | st.lists(SCALARS, max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(st.sampled_from("abcd"), TREES, max_size=4)


@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_no_change_of_either_side_is_lost(
    base: dict[str, Any], theirs: dict[str, Any], new: dict[str, Any]
) -> None:
    merged = copy.deepcopy(theirs)
    conflicts = lay_over(base, merged, new)
    if conflicts:
        return
    for key in {*base, *theirs, *new}:
        before, mine, after = base.get(key), theirs.get(key), new.get(key)
        if _alike(mine, before) and (key in theirs) == (key in base):
            assert _alike(merged.get(key), after), key
        elif _alike(after, before) and (key in new) == (key in base):
            assert _alike(merged.get(key), mine), key
    again = copy.deepcopy(merged)
    assert lay_over(new, again, new) == []
    assert _alike(again, merged), "a second time changes nothing"


def _alike(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_a_text_says_what_its_keys_came_to(
    base: dict[str, Any], theirs: dict[str, Any], new: dict[str, Any]
) -> None:
    merged = copy.deepcopy(theirs)
    conflicts = lay_over(base, merged, new)
    texts = [f"# head\nlast: end\n{yaml_block(each)}" for each in (base, theirs, new)]
    text, clean = merge_text(VALUES, texts[0], texts[1], texts[2], Colliding())
    assert clean is (not conflicts)
    if clean:
        assert yaml.safe_load(text) == {"last": "end", **merged}
        assert text.startswith("# head\n")
