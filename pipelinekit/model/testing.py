"""What a test run came to."""

from __future__ import annotations

from pipelinekit.records import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed test case and the first line of why."""

    name: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a set of reports says together."""

    passed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def failed(self) -> int:
        """How many test cases failed."""
        return len(self.failures)

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(
            passed=self.passed + other.passed,
            skipped=self.skipped + other.skipped,
            failures=self.failures + other.failures,
        )
