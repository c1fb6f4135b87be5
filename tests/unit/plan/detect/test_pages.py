from __future__ import annotations

import pytest

from pipelinekit.plan.detect import pages
from pipelinekit.plan.detect.signs import NO_TESTS
from tests import lookalikes


@pytest.mark.parametrize(
    ("path", "folder"), [("index.html", "."), ("public/index.html", "public"), ("docs/index.html", "docs")]
)
def test_a_static_site_is_where_its_first_page_is(path: str, folder: str) -> None:
    found = pages.static({path: "", "other.txt": ""})
    assert found is not None
    assert (found.package, found.port, found.health) == (folder, 8080, "/healthz")


def test_a_dockerfile_says_its_port() -> None:
    found = pages.dockerfile(lookalikes.OTHER)
    assert found is not None
    assert (found.language, found.port) == ("dockerfile", 4000)
    assert pages.dockerfile({}) is None


def test_ruby() -> None:
    ruby = pages.ruby(lookalikes.RUBY)
    assert ruby is not None
    assert (ruby.command[:3], ruby.port) == (("bundle", "exec", "rackup"), 9292)


@pytest.mark.parametrize(
    ("texts", "test"),
    [
        ({"Gemfile": "gem 'rspec'", "spec/a_spec.rb": ""}, ("bundle", "exec", "rspec")),
        ({"Gemfile": "gem 'rspec-rails'\ngem 'rspec_junit_formatter'", "spec/a_spec.rb": ""},
         ("bundle", "exec", "rspec", "--format=RspecJunitFormatter", "--out=/reports/rspec.xml")),
        ({"Gemfile": "", "bin/rails": "", "test/a_test.rb": ""}, ("bin/rails", "test")),
        ({"Gemfile": "", "Rakefile": "", "test/a_test.rb": ""}, ("bundle", "exec", "rake", "test")),
        ({"Gemfile": "", "tests/run.rb": ""}, ()),
        ({"Gemfile": ""}, NO_TESTS),
    ],
)  # fmt: skip
def test_rubys_tests(texts: dict[str, str], test: tuple[str, ...]) -> None:
    found = pages.ruby(texts)
    assert found is not None
    assert found.test == test
