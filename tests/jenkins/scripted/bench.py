"""Secrets that a build may bind, for the tests of single steps."""

from collections.abc import Callable

from tests.jenkins.harness import Credential, Trace

Pipeline = Callable[..., Trace]

STORE = {
    "nexus": Credential("usernamePassword", {"username": "bob", "password": "s3cr'et\"$x"}),
    "token": Credential("string", {"secret": "t0ken-value"}),
    "kube": Credential("file", {"name": "config", "content": "apiVersion: v1\n"}),
    "deploy-key": Credential("sshUserPrivateKey", {"username": "git", "key": "KEY\n", "passphrase": "pa55"}),
    "elsewhere": Credential("string", {"secret": "hidden"}, visible=False),
}


def bind(binding: str, script: str) -> str:
    return f"withCredentials([{binding}]) {{ sh '{script}' }}"
