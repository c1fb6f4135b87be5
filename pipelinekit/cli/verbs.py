"""Every verb: where below `pipelinekit.cli` its command is, and what it does in one line.

The help and the vars read it from here.
"""

from __future__ import annotations

VERBS: dict[str, tuple[str, str]] = {
    "new-app": (
        "application.newapp:new_app",
        "Make an application, or take an existing repository in.",
    ),
    "validate": ("application.validate:validate", "Check app.yaml and platform.yaml."),
    "explain": (
        "application.explain:explain",
        "Show every value that counts, and where it is written.",
    ),
    "generate": (
        "application.generate:generate",
        "Bring the generated files up to date; your edits stay.",
    ),
    "test": ("line.release:test", "Run the tests in the image's test stage."),
    "build": ("line.release:build", "Build the image."),
    "push": ("line.release:push", "Push the image to the registry."),
    "package": ("line.release:package", "Package the chart around the pushed image."),
    "publish": ("line.release:publish", "Publish the chart to the chart repository."),
    "deploy": (
        "line.deploy:deploy",
        "Deploy the published chart and wait until it is ready.",
    ),
    "verify": ("line.release:verify", "Run the chart's tests against the deployment."),
    "run": ("line.run:run", "Run the pipeline's stages here, or explain them."),
    "draft": (
        "draft.group:draft",
        "Your sources in a namespace of your own, seconds after a change.",
    ),
    "status": ("line.status:status", "Show what runs where."),
    "diff": ("line.versions:diff", "Show what differs between two published versions."),
    "version": ("line.versions:version", "Show the version of this revision, and why."),
    "jobs": ("jenkins.jobs:jobs", "Plan, apply and watch the platform's jobs in Jenkins."),
    "seed": ("jenkins.seed:seed", "Install the job that keeps all others, or export it."),
    "platform": ("platform.document:platform", "Work on the platform's own document."),
    "registry": (
        "platform.registry:registry",
        "How full registries are, what may go, copies.",
    ),
    "nexus": ("platform.nexus:nexus", "Bring a Nexus into the state of platform.yaml."),
    "doctor": ("platform.doctor:doctor", "Check tools, addresses and credentials."),
    "completion": ("completion:completion", "Print the completion script of a shell."),
}

STEPS: dict[str, str] = {
    "generate": "check: true",
    "test": "",
    "build": "pypiCredentialsId: 'nexus-read', secretCredentialsIds: ['npm-token']",
    "push": "registryCredentialsId: 'nexus'",
    "package": "registryCredentialsId: 'nexus'",
    "publish": "chartsCredentialsId: 'nexus'",
    "deploy": "automatic: true, chartsCredentialsId: 'nexus', kubeCredentialsIds: ['kube-nonprod']",
    "verify": "automatic: true, kubeCredentialsIds: ['kube-nonprod']",
    "platform": "action: 'sync', platform: '.'",
    "jobs": "action: 'plan', platform: '.', out: 'plan.json', jenkinsCredentialsId: 'jenkins-api'",
}
"""The verbs that have a step in the shared library, each with an example of its arguments."""

CONTRACT = 1
"""What the shared library and the command line have agreed on; it changes when they must change together."""
