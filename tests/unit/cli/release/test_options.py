from __future__ import annotations

import pytest

from pipelinekit.cli.release.options import bare
from pipelinekit.errors import UsageError


def test_a_version_where_none_is_taken_is_refused_and_told_where_it_belongs() -> None:
    assert bare("payments/orders") == ("payments", "orders")
    assert bare("orders") == ("", "orders")
    with pytest.raises(UsageError) as raised:
        bare("orders@1.2.3")
    assert raised.value.faults[0].hint == "leave it: orders"
    with pytest.raises(UsageError) as raised:
        bare("orders@1.2.3", "--to names it")
    assert raised.value.faults[0].hint == "--to names it"
