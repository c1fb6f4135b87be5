"""Ruby, plain pages, and a Dockerfile when nothing else is known."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from pipelinekit.plan.detect.signs import NO_TESTS, Detected, Texts


def ruby(texts: Texts) -> Detected | None:
    """A Ruby program, or None."""
    if "Gemfile" not in texts:
        return None
    found = _tested(texts, Detected(language="ruby", evidence=("Gemfile: Ruby",)))
    if "config.ru" in texts:
        command = ("bundle", "exec", "rackup", "--host=0.0.0.0", "--port=9292")
        found = replace(found, command=command, port=9292).because(
            "config.ru: a Rack application, on port 9292"
        )
    return found


def _tested(texts: Texts, found: Detected) -> Detected:
    gems = texts["Gemfile"]
    if re.search(r"rspec", gems) and any(each.startswith("spec/") for each in texts):
        report = "--format=RspecJunitFormatter --out=/reports/rspec.xml"
        more = tuple(report.split()) if "rspec_junit_formatter" in gems else ()
        return replace(found, test=("bundle", "exec", "rspec", *more)).because("spec/: RSpec's tests")
    if "bin/rails" in texts and any(each.startswith("test/") for each in texts):
        return replace(found, test=("bin/rails", "test")).because("test/: Rails' tests")
    if "tests/run.rb" in texts:
        return found
    if "Rakefile" in texts and any(each.startswith("test/") for each in texts):
        return replace(found, test=("bundle", "exec", "rake", "test")).because("test/: the tests, by rake")
    return replace(found, test=NO_TESTS).because("no tests: neither spec/ nor test/ has any")


def static(texts: Texts) -> Detected | None:
    """Plain pages, or None."""
    for folder in ("public", "site", "dist", "docs", "www", "."):
        page = posixpath.normpath(f"{folder}/index.html")
        if page in texts:
            return Detected(
                language="static",
                package=folder,
                port=8080,
                health="/healthz",
                evidence=(f"{page}: a static site in {folder}",),
            )
    return None


def dockerfile(texts: Texts) -> Detected | None:
    """A Dockerfile, or None."""
    if "Dockerfile" not in texts:
        return None
    found = Detected(
        language="dockerfile", evidence=("Dockerfile and no language that is known: it stays yours",)
    )
    port = re.search(r"^EXPOSE\s+(\d{1,5})(?!\d)", texts["Dockerfile"], re.MULTILINE | re.IGNORECASE)
    if not port or not 0 < int(port[1]) < 65536:
        return found
    return replace(found, port=int(port[1])).because(f"EXPOSE {port[1]}")
