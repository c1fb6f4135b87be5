"""The image's own test: every tool is there and runs. Leaves a JUnit report in the folder it is given."""

import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

TOOLS = (
    ("pipelinekit", "--version"),
    ("pipelinekit", "deploy", "--help"),
    ("helm", "version"),
    ("kubectl", "version", "--client"),
    ("buildah", "--version"),
    ("syft", "version"),
    ("git", "--version"),
    ("ssh", "-V"),
)


def main(folder: str) -> int:
    """Run each and say how it ended."""
    cases = []
    for tool in TOOLS:
        try:
            done = subprocess.run(tool, capture_output=True, text=True, check=False)
            reason = "" if done.returncode == 0 else (done.stderr or done.stdout or "failed")
        except OSError as error:
            reason = str(error)
        failure = f"<failure message={quoteattr(reason)}/>" if reason else ""
        cases.append(f"<testcase classname='agent' name={quoteattr(' '.join(tool))}>{failure}</testcase>")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / "tools.xml").write_text(f"<testsuite name='agent'>{''.join(cases)}</testsuite>\n")
    return 1 if any("<failure" in each for each in cases) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
