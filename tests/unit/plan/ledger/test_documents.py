from __future__ import annotations

from pipelinekit.model.ledger import Entry
from pipelinekit.plan.ledger.documents import judged, strays
from tests.ledgers import event

MAIN, FORK, COPY = "a" * 40, "f" * 40, "sha256:" + "c" * 64
GATED = {"staging", "production"}


def entry(kind: str, environment: str, platform: str) -> Entry:
    made = event(kind, environment=environment, platform=platform)  # type: ignore[arg-type]
    return Entry(event=made, commit=f"{kind} {environment} {platform}")


def test_what_gates_judge_names_a_document_and_the_line_s_own_words_need_not() -> None:
    entries = [
        entry("deployed", "dev", COPY),
        entry("verified", "staging", COPY),
        entry("promoted", "dev", COPY),
        entry("promoted", "staging", MAIN),
        entry("approved", "production", MAIN),
    ]
    assert list(judged(entries, GATED)) == entries[3:]


def test_a_commit_that_is_not_on_the_main_branch_is_told_whenever_it_was() -> None:
    entries = [entry("promoted", "staging", FORK), entry("promoted", "staging", MAIN)]
    assert list(strays(entries, {MAIN})) == entries[:1]


def test_a_copy_in_no_repository_counts_until_the_environment_has_gates() -> None:
    first, last = entry("promoted", "staging", COPY), entry("requested", "staging", COPY)
    gate = entry("requested", "staging", MAIN)
    elsewhere = entry("promoted", "production", COPY)
    assert list(strays([first, gate, last, elsewhere], {MAIN})) == [last]
