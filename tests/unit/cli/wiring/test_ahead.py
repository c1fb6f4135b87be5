from __future__ import annotations

from pipelinekit.cli.wiring import ahead


def test_in_a_run_one_is_made_for_all_verbs() -> None:
    with ahead.opened():
        assert [ahead.kept("platform", each.__index__) for each in (1, 2)] == [1, 1]
    assert ahead.kept("platform", lambda: 3) == 3


def test_what_something_is_decided_by_is_asked_again_and_the_rest_stays_where_it_is_the_same() -> None:
    with ahead.opened():
        ahead.kept("platform", lambda: ("a", 1))
        charts = ahead.kept("charts", object)
        ahead.renew("platform")
        assert ahead.kept("platform", lambda: ("a", 1)) == ("a", 1)
        assert ahead.kept("charts", object) is charts


def test_what_was_made_with_another_platform_is_made_anew() -> None:
    with ahead.opened():
        ahead.kept("platform", lambda: ("a", 1))
        charts = ahead.kept("charts", object)
        ahead.renew("platform")
        assert ahead.kept("platform", lambda: ("b", 2)) == ("b", 2)
        assert ahead.kept("charts", object) is not charts


def test_where_nothing_is_kept_there_is_nothing_to_ask_again() -> None:
    ahead.renew("platform")
    with ahead.opened():
        ahead.renew("platform")
        assert ahead.kept("platform", lambda: 1) == 1
