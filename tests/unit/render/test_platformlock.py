from __future__ import annotations

from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock
from pipelinekit.render.platformlock import platform_lock_text


def _entry(name: str, descriptor: str) -> LockedApplication:
    registration = Registration(name=name, team="t", repository="https://git.example.com/x.git")
    return LockedApplication(registration=registration, commit="c" * 40, descriptor=descriptor)


def test_a_descriptor_reads_as_it_was_written() -> None:
    text = platform_lock_text(PlatformLock(applications=(_entry("orders", "a: 1\nb:\n  c: 2\n"),)))
    assert text.endswith("    descriptor: |2\n      a: 1\n      b:\n        c: 2\n")


def test_what_a_block_would_change_is_quoted() -> None:
    for descriptor in ("no newline", "two\n\n", "", "cr\r\n", "\x07\n"):
        assert "|" not in platform_lock_text(PlatformLock(applications=(_entry("orders", descriptor),)))


def test_entries_stand_in_the_order_of_their_titles() -> None:
    one, two = _entry("a", "x\n"), _entry("b", "x\n")
    text = platform_lock_text(PlatformLock(applications=(two, one)))
    assert text == platform_lock_text(PlatformLock(applications=(one, two)))
    assert text.index("name: a") < text.index("name: b")


def test_an_empty_lock_is_a_lock() -> None:
    assert platform_lock_text(PlatformLock()).endswith("applications: []\n")
