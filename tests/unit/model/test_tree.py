from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from pipelinekit.model.tree import File


@given(st.text())
def test_a_digest_is_that_of_the_text_in_utf_8(text: str) -> None:
    assert File(text).digest == "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def test_a_digest_says_nothing_of_the_mode() -> None:
    assert File("a", executable=True).digest == File("a").digest
