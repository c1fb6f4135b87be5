"""What every test may ask for: the testbed, how much hypothesis tries, how golden files are rewritten."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

_ENDED = pytest.StashKey[str]()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs us in the background has us ignore Ctrl-C, and with us every program of a test.
    signal.signal(signal.SIGINT, signal.default_int_handler)

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
    parser.addoption("--matrix-part", default="", help="with -m matrix: of this part alone")
    parser.addoption(
        "--matrix-tables", default="", help="with -m matrix: the folder that gets a table a part"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "lifecycle: takes testbeds up and down, so it runs alone and only when asked for with -m lifecycle",
    )
    config.addinivalue_line(
        "markers",
        "matrix(part, sample=False): a case of a long matrix, run by `make matrix`; a sample always",
    )
    config.addinivalue_line(
        "markers",
        "story: each test of the module goes on where the one before ended; none runs after a failed one",
    )
    folder = config.getoption("--matrix-tables")
    if folder and not hasattr(config, "workerinput"):
        config.pluginmanager.register(matrix.Tables(Path(folder)), "matrix-tables")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Lifecycle tests need the machine without a testbed, all others need it with one; a matrix is long."""
    if "lifecycle" in str(config.option.markexpr):
        return
    apart = [item for item in items if item.get_closest_marker("lifecycle") or matrix.apart(item, config)]
    if apart:
        _deselect(config, items, apart)
    for item in items:
        part = item.get_closest_marker(matrix.KEY)
        if part:
            item.user_properties.append((f"{matrix.KEY}-part", str(part.args[0])))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember where a story has ended."""
    report = yield
    if report.failed and item.get_closest_marker("story") and item.parent:
        item.parent.stash.setdefault(_ENDED, item.name)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail what goes on from a failed test at once: it would only wait, and CI's time is bounded."""
    ended = item.parent.stash.get(_ENDED, "") if item.parent else ""
    if ended:
        pytest.fail(f"not run: it goes on from {ended}, which failed", pytrace=False)


@pytest.fixture
def matrix_row(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`matrix_row(part, case, result, figures)`: a line of the part's table, where one is written."""

    def tell(part: str, case: str, result: str, figures: dict[str, float | str] | None = None) -> None:
        row = [part, case, result, figures or {}]
        request.node.user_properties.append((matrix.KEY, row))

    return tell


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
