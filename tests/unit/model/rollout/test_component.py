from pipelinekit.model.rollout.component import Component, Offer


def test_the_first_offer_is_the_main_one() -> None:
    api, admin = (
        Offer(name="api", service="a", port=80, target=80),
        Offer(name="admin", service="a", port=81, target=81),
    )
    component = Component(name="a", offers=(api, admin))
    assert component.offer() == api
    assert component.offer("admin") == admin
    assert component.offer("none") is None
    assert Component(name="b").offer() is None
