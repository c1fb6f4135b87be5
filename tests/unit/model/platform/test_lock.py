from __future__ import annotations

from dataclasses import replace

from pipelinekit.model.platform.document import Registration
from pipelinekit.model.platform.lock import LockedApplication, PlatformLock

ORDERS = Registration(
    name="orders", team="payments", repository="https://git.example.com/orders.git", path="./app/"
)
ENTRY = LockedApplication(registration=ORDERS, commit="0123456789abcdef", descriptor="x\n")


def test_an_entry_says_where_its_descriptor_stands() -> None:
    assert ENTRY.title == "payments/orders"
    assert ENTRY.origin == "https://git.example.com/orders.git@0123456789:./app/app.yaml"
    at_top = replace(ENTRY, registration=replace(ORDERS, path="."))
    assert at_top.origin.endswith(":app.yaml")


def test_an_entry_counts_for_the_registration_that_it_was_read_for_alone() -> None:
    lock = PlatformLock(applications=(ENTRY,))
    assert lock.of(ORDERS) is ENTRY
    assert lock.of(replace(ORDERS, branch="release")) is None


def test_of_two_entries_of_one_registration_the_first_counts_wherever_its_mirrors_are() -> None:
    lock = PlatformLock(applications=(ENTRY, replace(ENTRY, commit="f" * 16)))
    assert lock.of(replace(ORDERS, mirrors=("https://mirror.example.com/orders.git",))) is ENTRY
    assert lock == PlatformLock(applications=lock.applications)
