"""Releases by Helm: what it installs, says and remembers."""
