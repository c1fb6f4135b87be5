"""Steps that read, keep and report files, and what they tell of the build."""

from pathlib import Path

from tests.jenkins.scripted.bench import Pipeline

JUNIT = """<testsuite>
<testcase name="a"/><testcase name="b">{}</testcase><testcase name="c"><skipped/></testcase>
</testsuite>"""


def test_junit(steps: Pipeline, workspace: Path) -> None:
    (workspace / "ok.xml").write_text(JUNIT.format(""))
    good = steps("junit 'ok.xml'")
    assert (good.result, good.reports[0].total, good.reports[0].skipped) == ("SUCCESS", 3, 1)
    (workspace / "bad.xml").write_text(JUNIT.format("<failure/>"))
    bad = steps("junit testResults: '*.xml'\necho 'on'")
    assert (bad.result, bad.stage("only").status, bad.reports[0].failed) == ("UNSTABLE", "unstable", 1)
    assert bad.reports[0].files == ("bad.xml", "ok.xml")
    none = steps("junit 'none/*.xml'")
    assert (none.result, none.problems[0].message) == (
        "FAILURE", "No test report files were found. Configuration error?",
    )  # fmt: skip
    assert steps("junit testResults: 'none/*.xml', allowEmptyResults: true").result == "SUCCESS"


def test_archive_artifacts(steps: Pipeline, workspace: Path) -> None:
    (workspace / "dist" / "deep").mkdir(parents=True)
    (workspace / "dist" / "deep" / "a.whl").write_text("x")
    assert steps("archiveArtifacts artifacts: 'dist/**/*.whl', fingerprint: true").archived == (
        "dist/deep/a.whl",
    )
    none = steps("archiveArtifacts '*.tgz'")
    assert "No artifacts found that match the file pattern" in none.problems[0].message
    assert steps("archiveArtifacts artifacts: '*.tgz', allowEmptyArchive: true").result == "SUCCESS"


def test_stash(steps: Pipeline, workspace: Path) -> None:
    (workspace / ".gitignore").write_text("x")
    lines = """sh 'mkdir -p a/b; echo 1 > a/b/c; chmod 755 a/b/c'
        stash name: 's', includes: 'a/**,.gitignore'
        sh 'rm -r a'
        dir('there') { unstash 's' }
        sh 'test -x there/a/b/c && cat there/a/b/c'"""
    trace = steps(lines)
    assert trace.result == "SUCCESS", trace.console
    assert trace.stashes["s"] == ("a/b/c",)  # Ant leaves .gitignore out unless told otherwise
    assert "No files included in stash" in steps("stash name: 's', includes: 'nothing'").problems[0].message
    assert "No such saved stash" in steps("unstash 'other'").problems[0].message


def test_files_and_folders(steps: Pipeline, workspace: Path) -> None:
    lines = """writeFile file: 'd/é.txt', text: 'grün 💥'
        dir('d') {
            script {
                echo "${readFile('é.txt')} ${fileExists('x')} ${pwd().endsWith('/d')} ${isUnix()}"
                deleteDir()
            }
        }
        cleanWs()"""
    trace = steps(lines)
    assert "grün 💥 false true true\n" in trace.console
    assert list(workspace.iterdir()) == []
    assert steps("script { readFile 'missing' }").result == "FAILURE"


def test_json(steps: Pipeline) -> None:
    lines = """script {
        def text = writeJSON(returnText: true, json: [a: [1, 'x']])
        echo "${text} ${readJSON(text: text).a[1]}"
    }"""
    assert '{"a":[1,"x"]} x\n' in steps(lines).console
    assert (
        "would not keep the text" in steps("script { writeJSON returnText: true, json: [a: '[1]'] }").console
    )


def test_current_build(steps: Pipeline) -> None:
    lines = """script {
        currentBuild.description = 'v1'
        currentBuild.displayName = "#${currentBuild.number} v1"
        echo "${currentBuild.currentResult} ${currentBuild.result} ${currentBuild.previousBuild?.result}"
        currentBuild.result = 'FAILURE'
        currentBuild.result = 'SUCCESS'
        echo currentBuild.currentResult
    }"""
    trace = steps(lines, previous_result="UNSTABLE", number=9)
    assert "SUCCESS null UNSTABLE\n" in trace.console
    assert trace.result == "FAILURE"  # a result only gets worse
    assert (trace.description, trace.display_name) == ("v1", "#9 v1")


def test_build_records_and_propagates(steps: Pipeline) -> None:
    good = steps("build job: 'release/promote', parameters: [string(name: 'APP', value: 'x')]")
    assert good.called("build")[0].details["result"] == "SUCCESS"
    assert steps("build 'release/promote'", downstream={"release/promote": "FAILURE"}).result == "FAILURE"


def test_background_processes_end_with_the_build(steps: Pipeline, workspace: Path) -> None:
    trace = steps("sh 'sleep 30 >/dev/null 2>&1 & echo $! > pid'")
    assert trace.result == "SUCCESS"
    status = Path(f"/proc/{(workspace / 'pid').read_text().strip()}/status")
    # Gone, or dead and waiting for a first process that never collects its orphans.
    assert not status.exists() or "zombie" in status.read_text()
