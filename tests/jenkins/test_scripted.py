"""The script that reads jobs' configurations, run by the Groovy of a controller."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from pipelinekit.adapters.jenkins.scripted import script
from tests.jenkins.harness.toolchain import engine_jars

CONTROLLER = """\
package jenkins.model
class Jenkins {
    static Jenkins get() { new Jenkins() }
    def getItemByFullName(String name) {
        def item = new File(System.getProperty('items'), name)
        item.isDirectory() ? [configFile: [file: new File(item, 'config.xml')]] : null
    }
}
"""
"""As much of a controller as the script asks for, its items on disk."""


def test_groovy_prints_each_configuration_and_null_for_none(tmp_path: Path) -> None:
    texts = {
        "apps": "<?xml version='1.1' encoding='UTF-8'?>\n<a>\n  <b c=\"d\">\\ / \t é 🚀 </b>\n</a>",
        "apps/a'b$c;d": "${x}",
        "apps/é 🚀": "",
        "apps/large": "<x>" + "y" * 200_000 + "</x>",
    }
    for name, text in texts.items():
        folder = tmp_path / "items" / name
        folder.mkdir(parents=True)
        (folder / "config.xml").write_bytes(text.encode())
    (tmp_path / "items" / "apps" / "without").mkdir()
    names = [*texts, "apps/gone", "apps/without", *(f"apps/{'x' * 250}{number}" for number in range(90))]
    assert json.loads(_run(tmp_path, script(names))) == [texts.get(each) for each in names]


def _run(folder: Path, text: str) -> str:
    java = shutil.which("java")
    assert java is not None
    (jar,) = engine_jars().glob("groovy-all-*.jar")
    (folder / "jenkins" / "model").mkdir(parents=True)
    (folder / "jenkins" / "model" / "Jenkins.groovy").write_text(CONTROLLER)
    (folder / "script.groovy").write_text(text)
    done = subprocess.run(
        [
            *(java, "-XX:TieredStopAtLevel=1", f"-Ditems={folder / 'items'}", "-Dfile.encoding=UTF-8"),
            *("-Dsun.jnu.encoding=UTF-8", "-cp", f"{jar}:{folder}", "groovy.ui.GroovyMain"),
            str(folder / "script.groovy"),
        ],
        env={"LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
