"""Where Prometheus may ask: a cert-manager wherever the values say, and where its namespace is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from tests.pages.denying import denied
from tests.real.components import images
from tests.real.components.callers import placed
from tests.real.components.site import Site, made_site
from tests.real.components.test_prometheus import NAME, asked, values
from tests.real.kube import eventually

pytestmark = [pytest.mark.story, pytest.mark.matrix("components")]

PORT = 9402
PROGRAM = (
    "import http.server as h; "
    'text = b\'certmanager_certificate_expiration_timestamp_seconds{name="a",namespace="shop"} 7\\n\'; '
    "answer = lambda s: (s.send_response(200), s.end_headers(), s.wfile.write(text)); "
    "H = type('H', (h.BaseHTTPRequestHandler,), {'do_GET': answer}); "
    f"h.ThreadingHTTPServer(('', {PORT}), H).serve_forever()"
)
TOLD = (
    'certmanager_certificate_expiration_timestamp_seconds{job="cert-manager",exported_namespace="shop"} == 7'
)


@pytest.fixture(scope="module")
def site(testbed: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    server = images.prometheus(testbed, tmp_path_factory.mktemp("images"))
    with made_site(tmp_path_factory.mktemp("ways"), testbed) as made:
        made.take(NAME)
        made.space(NAME, {"pipelinekit.dev/role": "monitoring"})
        made.space("pki")
        made.volume()
        made.volume()
        certificates = {"namespace": made.namespace("pki")}
        more = {"state": {"enabled": False}, "certificates": certificates}
        made.on(prometheus=values(made, image=server, **more))
        made.deploy(400)
        yield made


def test_a_cert_manager_of_another_namespace_is_asked(site: Site) -> None:
    placed(
        site,
        "pki",
        {"app.kubernetes.io/name": "cert-manager"},
        {"prometheus.io/scrape": "true", "prometheus.io/port": str(PORT)},
        command=["python3", "-c", PROGRAM],
        ports=[{"name": "http-metrics", "containerPort": PORT}],
    )
    assert eventually(lambda: asked(site, TOLD) != [], 90), asked(site, "up")
    assert site.platform.states() == {NAME: "unchanged"}


def test_a_stranger_gets_out_of_its_namespace_until_that_is_closed_and_it_asks_as_before(site: Site) -> None:
    address = site.kubectl("pki", "get", "pod", "caller", "--output", "jsonpath={.status.podIP}")
    stranger = placed(site, NAME, {})
    assert stranger.reaches(address, PORT)
    policy = denied()
    site.apply({**policy, "metadata": {**policy["metadata"], "namespace": site.namespace(NAME)}})
    assert eventually(lambda: not stranger.reaches(address, PORT), 30)
    moment = 'time() - timestamp(up{job="cert-manager"} == 1) < 10'
    assert eventually(lambda: asked(site, moment) != [], 60), asked(site, "up")
    assert asked(site, 'up{job="api-servers"} == 1')
    site.platform.must("verify")
    assert site.platform.states() == {NAME: "unchanged"}
