"""Ruby: Rails, a Rack application, Sinatra, a site that is built, or a script that runs."""

from __future__ import annotations

import re
from dataclasses import replace

from pipelinekit.plan.detect.ruby import gems, program
from pipelinekit.plan.detect.signs import NO_TESTS, Detected, Texts


def look(texts: Texts) -> Detected | None:
    """A Ruby program, or None."""
    if "Gemfile" not in texts:
        return None
    said = gems.read(texts)
    choice, where = gems.version(texts)
    found = Detected(
        language="ruby",
        version=choice.version,
        dependencies=gems.files(texts),
        system=_system(said.libraries),
        evidence=("Gemfile: Ruby", f"{where or 'no version is asked for'}: Ruby {choice.version}"),
    )
    if said.libraries:
        found = found.because(f"gems that look for {' '.join(said.libraries)} when they run")
    found = found.doubting(f"Ruby {choice.version}: {choice.doubt}" if choice.doubt else "", said.doubt)
    return _tested(texts, program.program(texts, said, found))


def _system(libraries: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """When they are wanted: the build's image has all of them but Node."""
    built = {"build": (gems.NODE,)} if gems.NODE in libraries else {}
    return {**built, "run": libraries} if libraries else {}


def _tested(texts: Texts, found: Detected) -> Detected:
    named = texts["Gemfile"] + texts.get("Gemfile.lock", "")
    if re.search(r"rspec", named) and any(each.startswith("spec/") for each in texts):
        report = "--format=RspecJunitFormatter --out=/reports/rspec.xml"
        more = tuple(report.split()) if "rspec_junit_formatter" in named else ()
        return replace(found, test=("bundle", "exec", "rspec", *more)).because("spec/: RSpec's tests")
    if "bin/rails" in texts and any(each.startswith("test/") for each in texts):
        return replace(found, test=("bin/rails", "test")).because("test/: Rails' tests")
    if "tests/run.rb" in texts:
        return found
    if "Rakefile" in texts and any(each.startswith("test/") for each in texts):
        return replace(found, test=("bundle", "exec", "rake", "test")).because("test/: the tests, by rake")
    return replace(found, test=NO_TESTS).because("no tests: neither spec/ nor test/ has any")
