"""What only the real engine shows: unsavable state, calls that go astray, Groovy's own literals."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .harness import Engine, EngineError, Run, ToolchainError, Trace, evaluate_literals, parse, run
from .harness.toolchain import command

Pipeline = Callable[..., Trace]


def test_a_matcher_alive_across_a_step(steps: Pipeline) -> None:
    trace = steps("script {\ndef found = 'a1' =~ /1/\nsh 'true'\necho \"${found.find()}\"\n}")
    assert trace.result == "FAILURE"
    [problem] = trace.of_kind("serialization")
    assert "java.util.regex.Matcher in variable found, alive while step 'sh' runs" in problem.message
    assert problem.place == "Jenkinsfile:8"


def test_a_matcher_that_is_gone_before_the_step(steps: Pipeline) -> None:
    assert (
        steps("script {\ndef hit = ('a1' =~ /1/).find()\nsh 'true'\necho \"${hit}\"\n}").result == "SUCCESS"
    )


def test_the_library_s_state_counts_too(pipeline: Pipeline) -> None:
    trace = pipeline("@Library('pipelinekit') _\nnode { pkMatch() }")
    [problem] = trace.of_kind("serialization")
    assert problem.place == "vars/pkMatch.groovy:4"
    assert "variable found" in problem.message


def test_state_around_a_block_counts(steps: Pipeline) -> None:
    trace = steps("script {\ndef found = 'a1' =~ /1/\nwithEnv(['A=b']) {\nsh 'true'\n}\n}")
    assert "serialization" in trace.kinds()


def test_state_cannot_be_hidden_by_a_catch(steps: Pipeline) -> None:
    trace = steps("script {\ntry {\ndef found = 'a1' =~ /1/\nsh 'true'\n} catch (e) { echo 'hidden' }\n}")
    assert trace.result == "FAILURE"


def test_loops_over_lists_and_maps_can_be_saved(steps: Pipeline) -> None:
    lines = """script {
        for (x in ['a', 'b']) { sh "echo ${x}" }
        for (e in [k: 'v'].entrySet()) { sh "echo ${e.key}=${e.value}" }
        [1, 2].each { n -> sh "echo each ${n}" }
        [a: 1].each { k, v -> sh "echo ${k}${v}" }
    }"""
    trace = steps(lines)
    assert trace.result == "SUCCESS", trace.console
    assert len(trace.called("sh")) == 6


def test_a_loop_over_a_map_itself_cannot(steps: Pipeline) -> None:
    # A controller makes entrySet() savable, and the iterators of lists and sets, but not a map's own.
    trace = steps("script {\nfor (e in [k: 'v']) { sh \"echo ${e.key}\" }\n}")
    assert "LinkedHashMap$Entry in variable e" in trace.of_kind("serialization")[0].message


def test_a_closure_of_the_pipeline_given_to_plain_groovy(steps: Pipeline) -> None:
    trace = steps("script {\ndef list = ['b', 'a']\nlist.sort { x, y -> x <=> y }\necho list.toString()\n}")
    assert trace.result == "FAILURE"
    assert (
        "expected to call java.util.ArrayList.sort but wound up catching" in trace.of_kind("cps")[0].message
    )
    assert trace.of_kind("cps")[0].place == "Jenkinsfile:8"


def test_plain_groovy_that_calls_a_step(steps: Pipeline) -> None:
    bad = steps("script { bad() }", before="@NonCPS\ndef bad() { sh 'true' }\n")
    assert "but wound up catching" in bad.of_kind("cps")[0].message
    good = steps("script { good() }", before="@NonCPS\ndef good() { echo 'at once' }\n")
    assert good.result == "SUCCESS", good.console  # echo does not suspend on a controller either


def test_plain_groovy_that_calls_the_pipeline_s_methods(steps: Pipeline) -> None:
    before = "def inner() { 1 }\n@NonCPS\ndef outer() { inner() + 1 }\n"
    assert "cps" in steps("script { outer() }", before=before).kinds()


# --- literals and texts


def groovy(text: str) -> str:
    """A single-quoted literal, every character written out."""
    units = text.encode("utf-16-be")
    return "'" + "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2)) + "'"


def simple(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


# Characters that would end the line or read as a unicode escape are not what these literals are about.
plain = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\\\0\u2028\u2029\x1a"), max_size=40
)


def test_thousands_of_literals_in_one_call() -> None:
    texts: list[str] = []

    @settings(max_examples=200, database=None, deadline=None)
    @given(st.lists(plain, min_size=5, max_size=20))
    def collect(drawn: list[str]) -> None:
        texts.extend(drawn)

    collect()
    assert len(texts) > 1000
    assert evaluate_literals([simple(text) for text in texts]) == texts


def test_literals() -> None:
    assert evaluate_literals(['"a${1 + 1}"', "'''x\ny'''", "'$' + 'x'", "'💥'"]) == ["a2", "x\ny", "$x", "💥"]


@pytest.mark.parametrize("expression", ["1", "'a", "'a'; 'b'", "[a: 1]", "'" + "x" * 70_000 + "'", "nope"])
def test_what_is_no_literal(expression: str) -> None:
    with pytest.raises(ValueError, match=r"^['\"1\[n]"):
        evaluate_literals([expression])


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        evaluate_literals(["'\ud800'"])


def test_parse() -> None:
    good, bad = parse(["pipeline { agent any }", "def x = {\n  1 +\n}\n"])
    assert good == []
    assert (bad[0].kind, bad[0].line) == ("syntax", 3)


# --- the engine itself


def test_many_runs_in_one_call(tmp_path: Path) -> None:
    requests = []
    for i in range(3):
        workspace = tmp_path / str(i)
        workspace.mkdir()
        requests.append(Run(jenkinsfile=f"node {{ sh 'echo {i} > me' }}", workspace=workspace))
    assert [t.result for t in run(requests)] == ["SUCCESS"] * 3
    assert (tmp_path / "2" / "me").read_text() == "2\n"


def test_an_engine_that_breaks_says_so() -> None:
    with Engine() as engine:
        with pytest.raises(EngineError, match="unknown request nonsense"):
            engine.ask({"op": "nonsense"}, 30)
        groovy_version, _ = engine.ask({"op": "version"}, 30)
        assert groovy_version == "2.4.21"
        with pytest.raises(EngineError, match="did not answer in time"):
            engine.ask({"op": "evaluate", "expressions": ["sleep(60000)"]}, 0.5)
        assert not engine.alive


def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolchainError, match="openjdk-17-jdk-headless"):
        command(lambda _: None)
    (tmp_path / "java").write_text("")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("PIPELINEKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ToolchainError, match="needs `mvn`: install the Debian package `maven`"):
        command(lambda _: None)
    assert list((tmp_path / "cache").iterdir()) == []
