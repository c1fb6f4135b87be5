# Run the tests and write a JUnit report to $REPORTS, which is /reports in the image's test stage.
require "cgi"
require "minitest"
require_relative "../app"

class AnswerTest < Minitest::Test
  def test_the_front_page_greets
    assert_equal [200, "Hello from orders\n"], answer("/")
  end

  def test_an_unknown_path_is_not_found
    assert_equal 404, answer("/nowhere").first
  end

  def test_it_says_that_it_is_healthy
    assert_equal [200, "ok\n"], answer("/healthz")
  end
end

class JUnit < Minitest::StatisticsReporter
  def record(result)
    super
    failure = result.failure && "<failure message=\"#{CGI.escapeHTML(result.failure.message)}\"/>"
    (@cases ||= []) << "<testcase classname=\"#{result.klass}\" name=\"#{result.name}\">#{failure}</testcase>"
  end

  def report
    super
    folder = ENV.fetch("REPORTS", "/reports")
    File.write("#{folder}/tests.xml", "<testsuite name=\"tests\">#{@cases&.join}</testsuite>") if Dir.exist?(folder)
  end
end

reporter = Minitest::CompositeReporter.new(Minitest::SummaryReporter.new($stdout), JUnit.new($stdout))
reporter.start
Minitest.__run(reporter, {})
reporter.report
exit(reporter.passed? ? 0 : 1)
