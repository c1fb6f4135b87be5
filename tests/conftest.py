"""What every test may ask for: the testbed, how much hypothesis tries, how golden files are rewritten."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

settings.register_profile(
    "here",
    max_examples=60,
    deadline=None,
    # A slow machine is no finding; what a slow strategy costs shows in the durations.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden trees, and remove the files that are generated no more",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "lifecycle: takes testbeds up and down, so it runs alone and only when asked for with -m lifecycle",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lifecycle tests need the machine without a testbed, all others need it with one."""
    if "lifecycle" in str(config.option.markexpr):
        return
    apart = [item for item in items if item.get_closest_marker("lifecycle")]
    if apart:
        _deselect(config, items, apart)


def _deselect(config: pytest.Config, items: list[pytest.Item], apart: Sequence[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if item not in apart]


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test writes into the ledgers of whoever runs it."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def testbed() -> dict[str, str]:
    """The environment that leads to the testbed, which is up from here on.

    Several workers may ask at once: the first brings it up, the others wait for it. Nobody here takes it
    down, for nobody here knows who is the last: that is for whoever started the tests.
    """
    from tests.testbed import bed
    from tests.testbed.environment import environment
    from tests.testbed.layout import Layout

    layout = Layout.from_environment()
    bed.up(layout)
    return environment(layout)
