"""A web server's configuration that a repository has, where ours would be."""

from __future__ import annotations

from pipelinekit.plan.detect.signs import Detected, Texts

FILE = "nginx.conf"


def marked(found: Detected, texts: Texts) -> Detected:
    """The same; with a doubt where the pages are served by a configuration that was not written for that."""
    served = found.language == "static" or (found.language == "node" and found.is_site)
    if not served or found.keeps_dockerfile or FILE not in texts:
        return found
    return found.doubting(
        f"{FILE} is yours and stays: our Dockerfile makes it nginx's whole configuration, so it has to be one"
        f" that listens on {found.port} and writes to /tmp alone;"
        f" `pipelinekit generate --take new {FILE} --diff` shows ours"
    )
