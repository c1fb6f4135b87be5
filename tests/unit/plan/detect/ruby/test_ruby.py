from __future__ import annotations

import pytest

from pipelinekit.plan.detect import ruby
from pipelinekit.plan.detect.signs import NO_TESTS


def test_no_ruby() -> None:
    assert ruby.look({"package.json": "{}"}) is None


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
    found = ruby.look(texts)
    assert found is not None
    assert found.test == test


@pytest.mark.parametrize(
    ("gemfile", "system"),
    [
        ("gem 'rails', '~> 5.2'\ngem 'uglifier'", {"build": ("nodejs",), "run": ("tzdata", "nodejs")}),
        ("gem 'rails', '~> 5.2'\ngem 'uglifier'\ngem 'mini_racer'", {"run": ("tzdata",)}),
        ("gem 'jekyll'\ngem 'coffee-script'", {"build": ("nodejs",)}),
        ("gem 'jekyll'", {}),
    ],
)
def test_gems_that_run_javascript_find_node(gemfile: str, system: dict[str, tuple[str, ...]]) -> None:
    found = ruby.look({"Gemfile": gemfile, "config.ru": ""} if "rails" in gemfile else {"Gemfile": gemfile})
    assert found is not None
    assert found.system == system
