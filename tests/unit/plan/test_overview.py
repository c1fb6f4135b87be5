from __future__ import annotations

from pipelinekit.model.ledger import History
from pipelinekit.plan.overview import Place, places
from tests import examples
from tests.promotions import NOW, World


def test_what_runs_where_and_what_would_come_next() -> None:
    assert list(places(World().history(), examples.platform())) == [
        Place(environment="dev", next="1.2.3"),
        Place(
            environment="staging",
            version="1.2.3",
            at=NOW - 7200,
            by="nobody in Jenkins",
            verified=True,
        ),
        Place(
            environment="production",
            version="1.2.2",
            at=NOW - 7200,
            by="nobody in Jenkins",
            next="1.2.3",
        ),
    ]


def test_where_nothing_is_nothing_is_told() -> None:
    assert list(places(History(), examples.platform())) == [
        *(Place(environment=each) for each in ("dev", "staging", "production"))
    ]
