from __future__ import annotations

import pytest

from pipelinekit.reading.casc import trusted_libraries

EXPORT = """\
credentials:
  system: {domainCredentials: []}
jenkins:
  mode: NORMAL
  systemMessage: "{AQAAABAAAAAQ}"
unclassified:
  globalLibraries:
    libraries:
    - allowVersionOverride: true
      name: "pipelinekit"
    - name: other
  globalUntrustedLibraries:
    libraries:
    - name: third
"""


def test_trusted_are_those_below_global_libraries_alone() -> None:
    assert trusted_libraries(EXPORT) == {"pipelinekit", "other"}


@pytest.mark.parametrize(
    "section", ["{}", "", "[]", "{libraries: }", "{libraries: [x, 3]}", "FAILED TO EXPORT"]
)
def test_without_any_there_are_none(section: str) -> None:
    text = f"jenkins: {{mode: NORMAL}}\nunclassified:\n  globalLibraries: {section}\n"
    assert trusted_libraries(text) == frozenset()


@pytest.mark.parametrize(
    "text", ["", "<html>log in</html>", "a: [", "[1]", "a: 1", "!!python/object:x {}", "[" * 9999]
)
def test_what_is_no_export_says_nothing_of_libraries(text: str) -> None:
    with pytest.raises(ValueError, match="no "):
        trusted_libraries(text)
