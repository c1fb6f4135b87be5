"""Texts that mean something in some language, and must mean nothing but themselves in ours."""

from __future__ import annotations

import re

HOSTILE: dict[str, str] = {
    "command": "orders; rm -rf /",
    "substitution": "$(id)",
    "backticks": "`id`",
    "variable": "${HOME}",
    "single quote": "it's",
    "double quote": 'say "no"',
    "newline": "one\ntwo",
    "newline at the end": "one\n",
    "windows newline": "one\r\ntwo",
    "opens a template": "{{ .Values.secret }}",
    "closes a template": "}}",
    "interpolation": "#{x}",
    "backslash": "\\",
    "emoji": "👩\u200d🚀",
    "right to left": "\u202eabc\u202c",
    "line separator": "one\u2028two",
    "next line": "one\x85two",
    "NUL": "one\x00two",
    "300 characters": "x" * 300,
    "spaces around": "  one  ",
    "empty": "",
    "true": "true",
    "null": "null",
    "tilde": "~",
    "yes": "yes",
    "octal": "0123",
    "list item": "- x",
    "mapping": "key: value",
    "comment": "a # b",
    "percent": "%",
    "option": "--privileged",
    "dots": "../../etc/passwd",
}
"""What every free-text field is tried with."""

MORE: dict[str, str] = {
    "bare variable": "$HOME",
    "kubernetes variable": "$(PORT) $$(PORT) $$$",
    "three single quotes": "'''",
    "ends a Groovy call": "a'); sh('id",
    "three double quotes": '"""',
    "carriage return": "one\rtwo",
    "tab": "one\ttwo",
    "jinja statement": "{% for x in y %}",
    "backslash n": "\\n",
    "backslash u": "\\u0041",
    "two backslashes u": "\\\\u0041",
    "paragraph separator": "one\u2029two",
    "byte-order mark": "\ufeffone",
    "non-character": "one\uffffstill one",
    "escape": "\x1b[31mred",
    "delete": "one\x7ftwo",
    "control": "one\x90two",
    "space": " ",
    "y": "y",
    "number": "12",
    "sexagesimal": "12:30",
    "exponent": "1e3",
    "date": "2026-01-01",
    "infinity": ".inf",
    "flow mapping": "{a: b}",
    "flow list": "[a]",
    "comment alone": "#",
    "anchor": "&a",
    "alias": "*a",
    "tag": "!!int",
    "merge": "<<",
    "directive": "%YAML 1.1",
    "at": "@a",
    "document": "---",
    "end of document": "...",
    "markers": "<<<<<<< yours",
    "XML": "<a>&amp;</a>",
    "comma": "a, b",
}
"""What the languages that we write are tried with as well, at the border itself."""

ALL = HOSTILE | MORE

FREE = [each for each in ALL.values() if not re.search("[\x00\x7f-\x9f\uffff]", each)]
"""What an environment variable or an argument may be: anything but NUL, and what gets lost on the way."""
