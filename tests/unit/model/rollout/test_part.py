from pipelinekit.model.rollout.part import Standing


def test_without_a_reason_others_may_go_on() -> None:
    assert Standing().ready
    assert not Standing(reasons=("Deployment/a is not there",)).ready
