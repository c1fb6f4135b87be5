"""For all tests: how much hypothesis tries, and how golden files are rewritten."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

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
