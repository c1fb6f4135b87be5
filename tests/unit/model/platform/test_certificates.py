from __future__ import annotations

from pipelinekit.model.platform.certificates import Authority, Certificate, Certificates


def test_the_authority_goes_where_its_certificates_and_clients_are() -> None:
    one = Certificate(name="a", namespace="web", names=("web",))
    given = Certificates(secrets=(one,), authority=Authority(trusted=("shop", "web")))
    assert given.namespaces == ("shop", "web")
    assert one.title == "web/a"
    assert one.renew_before < one.duration < given.authority.duration
