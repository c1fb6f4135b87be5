"""Who may write the ledger: each key is one person's, and nobody is named who is not there."""

from __future__ import annotations

import base64
import hashlib

import pytest

from pipelinekit.errors import DocumentInvalid
from pipelinekit.model.platform.gates import Approvals
from pipelinekit.model.platform.people import Group, LedgerKeys, Person, Pipelines, SigningKey
from pipelinekit.reading.platform.document import read_platform
from tests.documents import unmarked


def key(mark: str) -> str:
    body = b"\0\0\0\x0bssh-ed25519\0\0\0 " + hashlib.sha256(mark.encode()).digest()
    return "ssh-ed25519 " + base64.b64encode(body).decode()


ADA, GRACE, PIPE, OLD = map(key, ("ada", "grace", "pipe", "old"))
HEAD = """\
apiVersion: pipelinekit/v1
kind: Platform
metadata: {name: acme}
images: {registry: "r:5000"}
charts: {repository: "oci://r:5000/charts"}
clusters: [{name: prod}]
"""
ENVIRONMENTS = "environments: [{name: dev, cluster: prod, namespace: x}]\n"


def faults(marked: str) -> list[str]:
    text, places = unmarked(HEAD + marked)
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(text)
    assert [str(each.place) for each in caught.value.faults] == [f"platform.yaml:{each}" for each in places]
    return [each.code for each in caught.value.faults]


def test_people_groups_and_keys_are_read_without_their_comments() -> None:
    read = read_platform(
        HEAD
        + f"""\
environments:
  - {{name: p, cluster: prod, namespace: x, approvals: {{count: 2, from: [managers], signed: true}}}}
ledger: {{repository: /srv/ledger.git, credentials: "ledger-{{team}}", release: {{keys: ["{GRACE}"]}},
  pipelines: [{{team: payments, keys: ["{PIPE} jenkins"]}}]}}
people: [{{name: ada, keys: ["{ADA} ada@desk", {{key: "{OLD}", until: "2026-05-01"}}], jenkins: ada-l}}]
groups: [{{name: managers, people: [ada]}}]
"""
    )
    assert read.people == (
        Person(
            name="ada", keys=(SigningKey(key=ADA), SigningKey(key=OLD, until="2026-05-01")), jenkins="ada-l"
        ),
    )
    assert read.groups == (Group(name="managers", people=("ada",)),)
    assert read.ledger_keys == LedgerKeys(
        credentials="ledger-{team}",
        release=(SigningKey(key=GRACE),),
        pipelines=(Pipelines(team="payments", keys=(SigningKey(key=PIPE),)),),
    )
    assert read.environments[0].approvals == Approvals(count=2, groups=("managers",), signed=True)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            f"people: [{{name: ada, keys: ['{ADA}']}}, {{name: eve, keys: [«'{ADA} other comment']}}]",
            ["key-shared"],
        ),
        (
            (
                f"people: [{{name: ada, keys: ['{ADA}']}}]\nledger: {{repository: /l, "
                f"release: {{keys: [«{{key: '{ADA}', until: '2026-01-01'}}]}}}}"
            ),
            ["key-shared"],
        ),
        (
            (
                f"ledger: {{repository: /l, pipelines: [{{team: a, keys: ['{PIPE}']}}, "
                f"{{team: b, keys: [«'{PIPE}']}}]}}"
            ),
            ["key-shared"],
        ),
        (
            f"people: [{{name: ada, keys: [{{key: '{ADA}', until: '2026-01-01'}}, «'{ADA} other comment']}}]",
            ["key-twice"],
        ),
        (
            (
                f"people: [{{name: ada, keys: ['{ADA}']}}, "
                f"{{name: eve, keys: [«'{ADA.replace('ed25519', 'rsa', 1)}']}}]"
            ),
            ["key-damaged"],
        ),
        # Pasted without its end, or without some of its middle: nobody's signature would ever be of it.
        (f"people: [{{name: ada, keys: [«'{ADA[:-4]}']}}]", ["key-damaged"]),
        (
            f"people: [{{name: ada, keys: [«{{key: '{ADA[:40]}{ADA[44:]}', until: '2026-01-01'}}]}}]",
            ["key-damaged"],
        ),
        ("people: [{name: ada}, {«name: ada}]", ["name-twice"]),
        ("people: [{name: ada, jenkins: a}, {name: eve, «jenkins: a}]", ["name-twice"]),
        ("people: [{name: ada}]\ngroups: [{name: g, people: [ada, «eve]}]", ["unknown-reference"]),
        ("people: [{«name: 'a,b'}]", ["bad-pattern"]),
        ("people: [{name: ada, keys: [«'ssh-dss AAAA']}]", ["bad-pattern"]),
    ],
)
def test_what_is_wrong_has_its_place(text: str, codes: list[str]) -> None:
    assert faults(ENVIRONMENTS + text) == codes


def test_a_group_that_approves_is_one_that_there_is() -> None:
    text = "environments: [{name: p, cluster: prod, namespace: x, approvals: {count: 1, from: [«managrs]}}]\n"
    assert faults(text + "groups: [{name: managers, people: []}]") == ["unknown-reference"]


def test_who_names_a_group_that_nobody_has_written_is_told_where_it_is_written() -> None:
    text = "environments: [{name: p, cluster: prod, namespace: x, approvals: {count: 1, from: [managers]}}]\n"
    people = f'people: [{{name: ada, keys: ["{ADA}"], groups: [managers]}}]\n'
    with pytest.raises(DocumentInvalid) as caught:
        read_platform(HEAD + text + people)
    hints = {each.problem: each.hint for each in caught.value.faults}
    assert hints["there is no group 'managers'"].startswith("groups: [{name: …, people: […]}]")
    assert hints["unknown key"] == "it is a key of the document itself: write it at the left margin"
