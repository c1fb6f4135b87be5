"""Sets of ports, by protocol: what a rule opens, what a flow needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelinekit.records import dataclass

PROTOCOLS = ("TCP", "UDP", "SCTP")
HIGHEST = 65_535

Span = tuple[str, int, int]
"""A protocol, its first and its last port."""


@dataclass(frozen=True, slots=True)
class Ports:
    """A set of ports. `spans` are in order, and neither meet nor touch: equal sets are equal values."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, *spans: Span) -> Ports:
        """The union of spans, in any order."""
        found: list[Span] = []
        for protocol, low, high in sorted(spans):
            if low > high:
                continue
            if found and found[-1][0] == protocol and low <= found[-1][2] + 1:
                found[-1] = (protocol, found[-1][1], max(high, found[-1][2]))
            else:
                found.append((protocol, low, high))
        return cls(tuple(found))

    @classmethod
    def one(cls, number: int, protocol: str = "TCP") -> Ports:
        """A single port."""
        return cls(((protocol, number, number),))

    @classmethod
    def union(cls, many: Iterable[Ports]) -> Ports:
        """All of them."""
        return cls.of(*(span for each in many for span in each.spans))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __or__(self, other: Ports) -> Ports:
        return Ports.of(*self.spans, *other.spans)

    def __and__(self, other: Ports) -> Ports:
        if self is other or other is ALL:
            return self
        if self is ALL:
            return other
        return Ports.of(
            *(
                (one, max(low, start), min(high, end))
                for one, low, high in self.spans
                for two, start, end in other.spans
                if one == two
            )
        )

    def __sub__(self, other: Ports) -> Ports:
        found = list(self.spans)
        for span in other.spans:
            found = [piece for each in found for piece in _without(each, span)]
        return Ports.of(*found)

    def __str__(self) -> str:
        if not self.spans:
            return "none"
        if self == ALL:
            return "all ports"
        return ", ".join(map(_text, self.spans))


def _without(span: Span, other: Span) -> Iterator[Span]:
    protocol, low, high = span
    if protocol != other[0] or other[1] > high or other[2] < low:
        yield span
        return
    if low < other[1]:
        yield protocol, low, other[1] - 1
    if other[2] < high:
        yield protocol, other[2] + 1, high


def _text(span: Span) -> str:
    protocol, low, high = span
    if (low, high) == (1, HIGHEST):
        return f"all {protocol}"
    number = str(low) if low == high else f"{low}-{high}"
    return number if protocol == "TCP" else f"{number}/{protocol}"


NONE = Ports()
ALL = Ports.of(*((each, 1, HIGHEST) for each in PROTOCOLS))
