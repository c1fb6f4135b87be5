"""Gates that nobody could open are told before the first release waits in front of one."""

from __future__ import annotations

import pytest

from pipelinekit.plan.ledger.signers import lacking
from pipelinekit.reading.platform.document import read_platform
from tests.documents import PLATFORM

NOW = 1_790_000_000
"""2026-09-21 in the afternoon."""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8{}"
LEDGER = "ledger: {repository: https://git.example.com/ledger.git}\n"
RELEASE = (
    "ledger: {repository: https://git.example.com/ledger.git, release: {credentials: k, keys: ["
    + KEY.format("g")
    + "]}}\n"
)
OPEN = 'environments: [{name: dev, cluster: c, namespace: "{team}"}]\n'
AFTER = OPEN[:-2] + ', {name: production, cluster: c, namespace: "{team}-p", after: dev}]\n'
APPROVED = AFTER[:-3] + ", approvals: {count: 2, from: [managers]}}]\n"
SIGNED = AFTER[:-3] + ", approvals: {count: 2, from: [managers], signed: true}}]\n"
ADA = "people:\n- {name: ada, jenkins: ada, keys: [" + KEY.format("g") + "]}\n- {name: bob, jenkins: bob}\n"
ADA_IN_JENKINS = ADA.replace(KEY.format("g"), KEY.format("w"))
GROUP = "groups: [{name: managers, people: [ada, bob]}]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OPEN, []),
        (LEDGER + OPEN, []),
        (AFTER, ["the gates of production need a ledger that everybody writes"]),
        (LEDGER + AFTER, ["nobody has a key that counts, so that nothing is promoted to production"]),
        (LEDGER + AFTER + ADA, []),
        (
            LEDGER + AFTER + "people: [{name: bob}]\n",
            ["nobody has a key that counts, so that nothing is promoted to production"],
        ),
        (RELEASE + AFTER, []),
        (
            LEDGER + APPROVED + ADA + GROUP,
            ["production asks for 2 approvals of managers, and 1 person there has a key that counts"],
        ),
        (RELEASE + APPROVED + ADA_IN_JENKINS + GROUP, []),
        (
            RELEASE + SIGNED + ADA_IN_JENKINS + GROUP,
            ["production asks for 2 approvals of managers, and 1 person there has a key that counts"],
        ),
    ],
)
def test_what_keeps_every_release_out_is_told(text: str, told: list[str]) -> None:
    assert [problem for problem, _ in lacking(read_platform(PLATFORM + text, "platform.yaml"), NOW)] == told


@pytest.mark.parametrize(("until", "able"), [("2026-09-21", False), ("2026-09-23", True)])
def test_a_key_that_has_ended_opens_no_gate(until: str, able: bool) -> None:
    ended = f"{{key: {KEY.format('g')}, until: '{until}'}}"
    for text in (
        LEDGER + AFTER + ADA.replace(KEY.format("g"), ended),
        RELEASE.replace(KEY.format("g"), ended) + AFTER,
    ):
        told = [problem for problem, _ in lacking(read_platform(PLATFORM + text, "platform.yaml"), NOW)]
        assert told == (
            [] if able else ["nobody has a key that counts, so that nothing is promoted to production"]
        )
    text = RELEASE.replace(KEY.format("g"), ended) + APPROVED + ADA_IN_JENKINS + GROUP
    told = [problem for problem, _ in lacking(read_platform(PLATFORM + text, "platform.yaml"), NOW)]
    few = "production asks for 2 approvals of managers, and 1 person there has a key that counts"
    assert told == ([] if able else [few])
