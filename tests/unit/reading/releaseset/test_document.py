from __future__ import annotations

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.releaseset.document import Member, ReleaseSet
from pipelinekit.reading.releaseset.document import read_releaseset
from tests.documents import unmarked

HEAD = "apiVersion: pipelinekit/v1\nkind: ReleaseSet\nmetadata: {name: checkout}\n"


def faults(marked: str) -> list[tuple[str, str]]:
    """Code and hint of each fault, which must be where the marks in the text are."""
    text, places = unmarked(HEAD + marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_releaseset(text)
    assert [str(each.place) for each in caught.value.faults] == [f"set.yaml:{each}" for each in places]
    return [(each.code, each.hint) for each in caught.value.faults]


def test_applications_and_versions() -> None:
    text = (
        "applications:\n  - {name: orders, version: 1.4.2}\n  - {name: stock, team: shop, version: 2.0.0}\n"
    )
    assert read_releaseset(HEAD + text) == ReleaseSet(
        name="checkout",
        members=(Member(name="orders", version="1.4.2"), Member(name="stock", team="shop", version="2.0.0")),
    )


def test_all_faults_at_once_each_at_its_place_with_what_was_meant() -> None:
    found = faults(
        "applications:\n"
        "  - {name: orders, version: 1.4.2, «taem: shop}\n"
        "  - {name: stock, «version: latest}\n"
        "  - {«name: Stock, version: 1.0.0}\n"
        "  - «{name: shop}\n"
    )
    assert found[0] == ("unknown-key", "did you mean 'team'?")
    assert found[1] == ("bad-pattern", "expected: a version like 1.4.2")
    assert [code for code, _ in found[2:]] == ["bad-pattern", "missing-key"]


@pytest.mark.parametrize(
    "second", ["{«name: orders, version: 1.0.1}", "{«name: orders, team: shop, version: 1.0.0}"]
)
def test_an_application_is_there_once(second: str) -> None:
    ((code, _),) = faults(f"applications:\n  - {{name: orders, version: 1.0.0}}\n  - {second}\n")
    assert code == "name-twice"


def test_two_teams_may_have_one_of_the_same_name() -> None:
    rows = "".join(f"  - {{name: orders, team: {each}, version: 1.0.0}}\n" for each in ("a", "b"))
    assert len(read_releaseset(f"{HEAD}applications:\n{rows}").members) == 2


def test_nothing_is_no_set_and_neither_is_more_than_one_approval_can_name() -> None:
    assert [code for code, _ in faults("«applications: []\n")] == ["bad-minitems"]
    rows = "".join(f"  - {{name: a{each}, version: 1.0.0}}\n" for each in range(21))
    assert [code for code, _ in faults(f"«applications:\n{rows}")] == ["bad-maxitems"]
