"""Local time as values: how far a zone's clocks are from UTC, and since when."""

from __future__ import annotations

from bisect import bisect_right

from pipelinekit.records import dataclass

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone's offsets in seconds, each from a second since 1970 on; the first one has no beginning."""

    name: str
    changes: tuple[tuple[int, int], ...]

    def local(self, at: int) -> int:
        """What the zone's clocks show at a moment, as seconds since a 1970 of their own."""
        found = bisect_right(self.changes, at, key=lambda change: change[0]) - 1
        return at + self.changes[max(found, 0)][1]

    def first(self, wall: int) -> int:
        """The first moment at which the clocks show `wall` or later: of two the first, of none the change."""
        return min(
            max(begin, wall - offset) for begin, end, offset in self._near(wall) if wall - offset < end
        )

    def last(self, wall: int) -> int:
        """The first moment from which on the clocks show `wall` or later for good."""
        return max(
            min(end, wall - offset) for begin, end, offset in self._near(wall) if wall - offset > begin
        )

    def _near(self, wall: int) -> list[tuple[int, int, int]]:
        """The stretches of one offset that a local time can be in: no zone is further off than a day."""
        begins = [begin for begin, _ in self.changes]
        ends = [*begins[1:], wall + 10 * DAY]
        found = [
            (begin if number else wall - 10 * DAY, end, offset)
            for number, ((begin, offset), end) in enumerate(zip(self.changes, ends, strict=True))
        ]
        return [each for each in found if each[0] < wall + 2 * DAY and each[1] > wall - 2 * DAY]


UTC = Zone("UTC", ((0, 0),))


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment at which something is judged, and the zones that the judgement knows, by name."""

    now: int
    zones: dict[str, Zone]
