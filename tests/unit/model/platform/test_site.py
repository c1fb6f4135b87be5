from __future__ import annotations

from pipelinekit.model.platform.site import Site


def test_a_site_that_knows_nothing_is_a_whole_repository_on_main_without_credentials() -> None:
    site = Site(library="0.1.0")
    assert (site.path, site.branch, site.agent.label, site.agent.pod) == (".", "main", "", None)
    assert (site.registry_credentials, site.charts_credentials, site.kube_credentials) == ("", "", ())
