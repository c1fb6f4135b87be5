"""A checkout's name, team and remote against the registrations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelinekit.model.platform.document import Registration
from pipelinekit.plan.identity import place_of, stranger
from tests import examples

ORDERS = Registration(
    name="orders", team="payments", repository="https://git.acme.example/payments/orders.git"
)
SHOP = Registration(
    name="shop",
    team="sales",
    repository="git@git.acme.example:sales/shop.git",
    mirrors=("ssh://m.example:7999/shop",),
)
PLATFORM = examples.platform(applications=(ORDERS, SHOP))


@pytest.mark.parametrize(
    "spelling",
    [
        "https://git.acme.example/payments/orders",
        "https://git.acme.example/payments/orders.git",
        "https://git.acme.example/payments/orders.git/",
        "https://git.acme.example//payments/orders//",
        "https://GIT.Acme.Example:8443/payments/orders",
        "https://somebody@git.acme.example/payments/orders",
        "http://git.acme.example/payments/orders",
        "ssh://git@git.acme.example:7999/payments/orders.git",
        "git://git.acme.example/payments/orders",
        "git@git.acme.example:payments/orders.git",
        "git@git.acme.example:/payments/orders",
        "git.acme.example:payments/orders",
        "https://git.acme.example/payments/or%64ers",
    ],
)
def test_every_spelling_of_the_registered_address_is_it(spelling: str) -> None:
    assert place_of(spelling) == "git.acme.example/payments/orders"
    assert stranger(examples.app(), spelling, PLATFORM) is None


@pytest.mark.parametrize(
    "other",
    [
        "",
        "https://git.acme.example/payments/orders2",
        "https://git.acme.example/payments/Orders",
        "https://git.acme.example/payments",
        "https://git.acme.example.evil.example/payments/orders",
        "https://evil.example/git.acme.example/payments/orders",
        "https://evil.example/?git.acme.example/payments/orders",
        "git.acme.example/payments/orders",
        "/git.acme.example/payments/orders",
        "file:///git.acme.example/payments/orders",
        "file://git.acme.example/payments/orders",
        "FILE://git.acme.example/payments/orders",
        "git@evil.example:git.acme.example/payments/orders",
        "https://git.acme.example/sales/../payments/orders",
        "git@git.acme.example:sales/shop.git",
    ],
)
def test_no_other_address_is_it(other: str) -> None:
    fault = stranger(examples.app(), other, PLATFORM)
    assert fault is not None
    assert fault.code == "another-repository"
    assert "payments/orders is registered with https://git.acme.example/payments/orders.git" in fault.problem
    assert (other or "nowhere") in fault.problem


def test_github_tells_no_cases_apart_and_other_hosts_do() -> None:
    assert place_of("https://github.com/Acme/Orders") == place_of("git@GitHub.com:acme/orders.git")
    assert place_of("https://git.example/Acme") != place_of("https://git.example/acme")


def test_a_path_on_this_disk_is_itself_with_and_without_its_scheme() -> None:
    assert place_of("file:///srv/git/orders.git") == place_of("/srv/git/orders") == "/srv/git/orders"
    assert place_of("/srv/git/shop/../orders.git") == "/srv/git/orders"
    assert place_of("./orders") == place_of("orders") == "./orders"


def test_a_mirror_that_the_platform_names_is_the_repository() -> None:
    assert stranger(examples.app("shop", "sales"), "https://m.example/shop.git", PLATFORM) is None


def test_a_copied_descriptor_is_told_whose_repository_this_is() -> None:
    fault = stranger(examples.app(), "https://git.acme.example/sales/shop", PLATFORM)
    assert fault is not None
    assert fault.hint == "this repository is registered as sales/shop: correct metadata in app.yaml"


@pytest.mark.parametrize(
    ("name", "team"), [("nobody", "payments"), ("orders", "sales"), ("shop", "payments")]
)
def test_what_is_not_registered_is_a_stranger(name: str, team: str) -> None:
    fault = stranger(examples.app(name, team), ORDERS.repository, PLATFORM)
    assert fault is not None
    assert (fault.code, fault.problem) == (
        "not-registered",
        f"platform acme has no application {team}/{name}",
    )
    assert fault.hint.startswith("this repository is registered as payments/orders")


def test_a_platform_without_registrations_has_nothing_to_hold_against() -> None:
    assert stranger(examples.app(), "", examples.platform()) is None


@pytest.mark.parametrize(
    ("registered", "folder", "is_it"),
    [
        (".", ".", True),
        ("apps/orders", "apps/orders", True),
        ("./apps/orders/", "apps/orders", True),
        (".", "copy", False),
        ("apps/orders", "apps/orders-copy", False),
        ("apps/orders", ".", False),
    ],
)
def test_a_copy_in_another_folder_of_the_same_repository_is_told(
    registered: str, folder: str, is_it: bool
) -> None:
    platform = examples.platform(applications=(replace(ORDERS, path=registered), SHOP))
    fault = stranger(examples.app(), ORDERS.repository, platform, folder)
    assert (fault is None) is is_it
    assert fault is None or fault.code == "another-folder"
