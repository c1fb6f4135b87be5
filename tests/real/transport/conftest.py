"""A registry, and a network before it that fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.testbed import faults, registry
from tests.testbed.faults import Proxy
from tests.testbed.registry import Registry


@pytest.fixture(scope="module")
def plain(testbed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry.serve(tmp_path_factory.mktemp("registry")) as served:
        yield served


@pytest.fixture
def bad(plain: Registry) -> Iterator[Proxy]:
    with faults.before(plain.address) as proxy:
        yield proxy
