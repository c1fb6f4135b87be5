from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelinekit import names
from pipelinekit.errors import Refused
from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.reading.platform.lock import BOUNDS, read_platform_lock
from pipelinekit.render.platformlock import platform_lock_text

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
# Descriptors of every shape: with and without a last newline, blank lines, leading blanks, tabs, CRLF.
TEXT = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=80),
    st.lists(st.sampled_from(["a: 1", "  b", "", "\tc", "- x", "# y", "---", "é 🚀", " "]), max_size=6).map(
        lambda lines: "".join(f"{line}\n" for line in lines)
    ),
    st.lists(st.sampled_from(["a", "", "b"]), max_size=4).map("\r\n".join),
)
LOCKS = st.lists(
    st.builds(
        LockedApplication,
        registration=st.builds(
            Registration,
            name=WORD,
            team=WORD,
            repository=WORD,
            credentials=st.just("") | WORD,
            path=WORD,
            branch=WORD,
        ),
        commit=st.text("0123456789abcdef", min_size=40, max_size=40),
        descriptor=TEXT,
    ),
    max_size=4,
    unique_by=lambda each: each.title,
).map(lambda entries: PlatformLock(applications=tuple(sorted(entries, key=lambda each: each.title))))


@given(LOCKS)
def test_a_lock_that_was_written_is_read_as_it_was(lock: PlatformLock) -> None:
    assert read_platform_lock(platform_lock_text(lock)) == lock


@pytest.mark.parametrize(
    "text",
    ["", "applications: 3\n", "applications:\n  - {name: a}\n", "<<<<<<< ours\napplications: []\n", "[]\n"],
)
def test_a_damaged_lock_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_platform_lock(text, "platform.lock.yaml")
    assert "pipelinekit platform sync" in caught.value.faults[0].hint


def test_as_many_are_locked_as_may_be_registered() -> None:
    def lock(count: int) -> str:
        return platform_lock_text(
            PlatformLock(
                applications=tuple(
                    LockedApplication(
                        registration=Registration(
                            name=f"a{each}",
                            team="t",
                            repository=f"https://git.example/a{each}",
                            credentials="git",
                            path="app",
                            branch="main",
                        ),
                        commit="0" * 40,
                        descriptor="a: 1\n" * 20,
                    )
                    for each in range(count)
                )
            )
        )

    assert len(read_platform_lock(lock(names.REGISTRATIONS_MAX)).applications) == names.REGISTRATIONS_MAX
    with pytest.raises(Refused):
        read_platform_lock(lock(BOUNDS.values // 16))
