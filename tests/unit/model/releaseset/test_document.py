from __future__ import annotations

from pipelinekit.model.releaseset.document import Member


def test_a_member_is_named_with_its_team_where_it_has_one() -> None:
    assert str(Member(name="orders", version="1.0.0")) == "orders 1.0.0"
    assert str(Member(name="orders", team="shop", version="1.0.0")) == "shop/orders 1.0.0"
