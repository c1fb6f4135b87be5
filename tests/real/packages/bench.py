"""Passwords that are hard to write down, and a module that has a dependency."""

from __future__ import annotations

HOSTILE = """it's"#&<]]>\\{w}$x:@/%20;="""
SPACED = f' {HOSTILE} two "words" '
GO_MOD = "module orders\n\ngo 1.22\n\nrequire acme.example/greet v1.0.0\n"
