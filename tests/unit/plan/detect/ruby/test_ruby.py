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
