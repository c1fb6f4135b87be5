"""The shared library's steps and their help, from the same table and the same options as the command line.

`python -m tests.derived` writes them into `vars/`; a test compares. `pkExec.groovy` alone is written by hand.
"""

from __future__ import annotations

import re

import click

from pipelinekit import names
from pipelinekit.cli.contract import ACTION, argument_name
from pipelinekit.cli.lazy import load
from pipelinekit.cli.verbs import STEPS, VERBS
from pipelinekit.model.platform.packages import ECOSYSTEMS
from pipelinekit.names import login_variables

CREDENTIALS = {
    "registryCredentialsId": "a login of the image registry: PK_REGISTRY_USER, PK_REGISTRY_PASSWORD",
    "chartsCredentialsId": "a login of the chart repository: PK_CHARTS_USER, PK_CHARTS_PASSWORD",
    "mirrorCredentialsId": "a login of the mirror of base images: PK_MIRROR_USER, PK_MIRROR_PASSWORD",
    "signingCredentialsId": "the file of the key that images and charts are signed with: PK_SIGNING_KEY",
    "signingPasswordCredentialsId": "a secret text, what that key is encrypted with: PK_SIGNING_PASSWORD",
    "ledgerCredentialsId": "the file of the key that the ledger is written with: PIPELINEKIT_LEDGER_KEY",
    "jenkinsCredentialsId": "a user of this controller with a token: PK_JENKINS_USER, PK_JENKINS_PASSWORD",
    **{
        f"{each}CredentialsId": f"a login of the package proxy: {', '.join(login_variables(each))}"
        for each in ECOSYSTEMS
    },
    "kubeCredentialsIds": "a list; each a kubeconfig file: PK_KUBECONFIG_0, PK_KUBECONFIG_1, ...",
    "secretCredentialsIds": "a list; each a secret text for build.secrets: npm-token is PK_SECRET_NPM_TOKEN",
}
"""What `pkExec` binds, and as what the command line finds it."""

EXEC = "pkExec"


def steps() -> dict[str, str]:
    """Each file of `vars/` that is made here, by its name."""
    files = {f"{EXEC}.txt": _exec_help()}
    for verb, example in STEPS.items():
        step = names.step(verb)
        files[f"{step}.groovy"] = _groovy(verb)
        files[f"{step}.txt"] = _help(verb, step, example)
    return files


def _groovy(verb: str) -> str:
    summary = VERBS[verb][1]
    return (
        f"/** {summary} All that it decides is decided by `pipelinekit {verb}`. */\n"
        f"void call(Map args = [:]) {{\n    pkExec('{verb}', args)\n}}\n"
    )


def _help(verb: str, step: str, example: str) -> str:
    command = load(VERBS[verb][0])
    lines = [f"{step}: {VERBS[verb][1]}", "", *_long(command), ""]
    if isinstance(command, click.Group):
        lines += [f"Arguments: {ACTION} (text, required) is one of the following, the others go with it.", ""]
        for action, each in command.commands.items():
            lines += [f"{ACTION}: '{action}'  {each.get_short_help_str(90)}", *_arguments(each), ""]
    else:
        lines += ["Arguments, none of them required:", *_arguments(command), ""]
    lines += _credentials()
    lines += ["Leaves behind what the verb does: receipts and reports in .pipelinekit/."]
    lines += ["", "Example:", f"  {step}({example})"]
    return "\n".join(lines) + "\n"


def _long(command: click.Command) -> list[str]:
    """The command's own text, up to its examples."""
    text = re.split(r"\n\s*\b\n", command.help or "")[0]
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _arguments(command: click.Command) -> list[str]:
    given = [each for each in command.params if each.name and each.name != "as_json"]
    return [f"  {argument_name(each.name or ''):<16} {_meaning(each)}" for each in given] or ["  none"]


def _meaning(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return f"{_kind(param):<8} {param.help} ({max(param.opts, key=len)})"
    return f"{'text':<8} The command line's {param.make_metavar(click.Context(click.Command('x')))}."


def _kind(option: click.Option) -> str:
    if option.is_flag:
        return "boolean"
    if option.multiple:
        return "list"
    return "number" if isinstance(option.type, click.types.IntParamType) else "text"


def _credentials() -> list[str]:
    lines = ["Credentials, by their id in Jenkins; bound for this step alone:"]
    return [*lines, *(f"  {name}: {text}" for name, text in CREDENTIALS.items()), ""]


def _exec_help() -> str:
    lines = [
        f"{EXEC}: Run one verb of the pipelinekit command line. Every other step is one call of it.",
        "",
        "Arguments travel as JSON in the environment, credentials are bound by id, the shell line is fixed:",
        "no value of a pipeline becomes shell text. PK_CONTRACT says what library and command line agree on;",
        "a command line that speaks another contract refuses, and names both.",
        "",
        "Arguments:",
        "  verb             text     The verb, required.",
        "  args             map      Its arguments, named like its options: automatic: true is --automatic.",
        "",
        *_credentials(),
        "Example:",
        f"  {EXEC}('version', [path: 'orders'])",
    ]
    return "\n".join(lines) + "\n"
