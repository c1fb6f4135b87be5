"""How large platform.yaml may be: what is just below a bound is read, what is just above is one fault."""

from __future__ import annotations

import pytest

from pipelinekit import names
from pipelinekit.errors import DocumentInvalid
from pipelinekit.reading.platform.document import BOUNDS, read_platform

HEAD = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: one}]
environments: [{name: dev, cluster: one, namespace: "{team}-dev"}]
"""


def registered(count: int) -> str:
    """So many, each with every key that one may have."""
    return f"{HEAD}applications:\n" + "".join(
        f"  - {{name: a{each}, team: t{each % 400}, repository: https://github.com/acme/application-{each:05},"
        f" credentials: github-app, path: services/a{each}, branch: main,"
        f" mirrors: [https://git.acme.example/acme/application-{each:05}]}}\n"
        for each in range(count)
    )


def codes(text: str) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    return [each.code for each in caught.value.faults]


def test_all_registrations_that_the_schema_takes_are_read() -> None:
    found = read_platform(registered(names.REGISTRATIONS_MAX)).applications
    assert len(found) == names.REGISTRATIONS_MAX
    assert (found[-1].name, found[-1].branch) == (f"a{names.REGISTRATIONS_MAX - 1}", "main")


def test_one_more_is_one_fault() -> None:
    assert codes(registered(names.REGISTRATIONS_MAX + 1)) == ["bad-maxitems"]


def test_of_a_list_that_is_too_long_nothing_more_is_asked() -> None:
    # Each after the next: to follow every chain would take as many steps as there are environments, cubed.
    chain = "".join(
        f"  - {{name: e{each}, cluster: one, namespace: x, after: e{each + 1}}}\n" for each in range(1_500)
    )
    text = HEAD.replace("environments: [", f"environments:\n{chain}#")
    assert codes(text) == ["bad-maxitems"]


def test_a_text_of_just_so_many_characters_is_read() -> None:
    text = HEAD + "#" * (BOUNDS.characters - len(HEAD))
    assert read_platform(text).name == "acme"
    assert codes(f"{text}#") == ["document-too-large"]


def test_just_so_many_values_are_read() -> None:
    # The list itself is one; what it is stands in no schema.
    assert codes("[" + "x," * (BOUNDS.values - 1) + "]") == ["bad-type"]
    assert codes("[" + "x," * BOUNDS.values + "]") == ["yaml-too-deep"]


@pytest.mark.parametrize(
    "text",
    [
        "[" + "x," * (BOUNDS.characters // 2 - 1) + "]",
        "{" + ",".join(f"{each:x}" for each in range(BOUNDS.characters // 8)) + "}",
        "[" + "{}," * BOUNDS.values + "]",
        "a: &a [" + "x," * 1000 + "]\nb: [" + "*a," * 400 + "]\n",
    ],
    ids=["a list", "keys", "mappings", "aliases"],
)
def test_what_is_beyond_is_told_before_it_is_held_against_the_schema(text: str) -> None:
    assert "yaml-too-deep" in codes(text)


def test_unknown_keys_without_end_are_told_each_at_its_place() -> None:
    count = BOUNDS.values // 8
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(HEAD + "".join(f"k{each}: 1\n" for each in range(count)))
    faults = [each for each in caught.value.faults if each.code == "unknown-key"]
    lines = [each.place.line for each in faults if each.place]
    assert lines == list(range(HEAD.count("\n") + 1, HEAD.count("\n") + 1 + count))
    assert (bool(faults[0].hint), faults[-1].hint) == (True, "")
