"""What can go wrong, each with the exit code the command line ends with."""

from __future__ import annotations


class TestbedError(Exception):
    """A fault with a text for people; `code` is the process's exit code."""

    __test__ = False  # pytest would take the name for a test class
    code = 70


class NotUpError(TestbedError):
    """Something is asked of a testbed that is not (fully) up."""

    code = 1


class ToolMissingError(TestbedError):
    """A program or package is missing and may not be installed from here."""

    code = 4


class ToolFailedError(TestbedError):
    """A program ran and failed, or did not become ready in time."""

    code = 5


class RefusedError(TestbedError):
    """Going on would disturb something that is not ours."""

    code = 6
