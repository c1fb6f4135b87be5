"""Quantities as Kubernetes writes them; held against its API server in `tests/real/test_quantities.py`."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS: dict[str, Decimal | int] = {
    "": 1, "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip
_QUANTITY = re.compile(
    r"(?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:(?P<power>[eE][-+]?[0-9]+)|(?P<unit>[A-Za-z]*))\Z"
)


def read(text: object) -> Decimal | None:
    """What a quantity comes to: 250m, 64Mi, 2, 1e3; None for what is none."""
    found = _QUANTITY.match(str(text))
    if not found or (found["unit"] or "") not in _UNITS:
        return None
    return Decimal(found["number"] + (found["power"] or "")) * _UNITS[found["unit"] or ""]


def quantity(text: object) -> Decimal:
    """What a quantity comes to; nothing for what is none, as where none is given."""
    return read(text) or Decimal(0)
