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
    "test": ("line.image:test", "Run the tests in the image's test stage."),
    "build": ("line.image:build", "Build the image."),
    "push": ("line.image:push", "Push the image to the registry."),
    "package": ("line.chart:package", "Package the chart around the pushed image."),
    "publish": ("line.chart:publish", "Publish the chart to the chart repository."),
    "deploy": (
        "line.deploy:deploy",
        "Deploy the published chart and wait until it is ready.",
    ),
    "verify": ("line.verify:verify", "Run the chart's tests against the deployment."),
    "run": ("line.run:run", "Run the pipeline's stages here, or explain them."),
    "draft": (
        "draft.group:draft",
        "Your sources in a namespace of your own, seconds after a change.",
    ),
    "status": ("line.status:status", "Show what runs where."),
    "promote": ("release.promote:promote", "Move a recorded release to the next environment."),
    "advance": ("release.advance:advance", "Promote what waited for its time, and see what arrived."),
    "approve": ("release.promote:approve", "Sign the plan of a promotion."),
    "rollback": ("release.promote:rollback", "Go back to a version that was there."),
    "hold": ("release.stops:hold", "Let no version into an environment."),
    "unhold": ("release.stops:unhold", "Lift the holds of an environment."),
    "bar": ("release.stops:bar", "Let one version go no further."),
    "unbar": ("release.stops:unbar", "Let a barred version go on."),
    "freeze": ("release.stops:freeze", "Stop everything at once."),
    "thaw": ("release.stops:thaw", "End a freeze by hand."),
    "review": ("release.stops:review", "Say that you have looked at an emergency."),
    "attest": ("release.evidence:attest", "Tie a report to a release."),
    "changelog": ("release.changelog:changelog", "Show what a promotion would bring."),
    "report": ("release.report:report", "Show which version is where, and what may move."),
    "diff": ("line.versions:diff", "Show what differs between two published versions."),
    "version": ("line.versions:version", "Show the version of this revision, and why."),
    "jobs": ("jenkins.jobs:jobs", "Plan, apply and watch the platform's jobs in Jenkins."),
    "seed": ("jenkins.seed:seed", "Install the job that keeps all others, or export it."),
    "platform": (
        "platform.group:platform",
        "Work on the platform's document; deploy its components.",
    ),
    "environment": (
        "platform.environment:environment",
        "Prepare the namespaces that applications are deployed to.",
    ),
    "registry": (
        "platform.registry:registry",
        "How full registries are, what may go, copies.",
    ),
    "ledger": (
        "platform.ledger:ledger",
        "What releases went through, and whether that holds.",
    ),
    "nexus": ("platform.nexus:nexus", "Bring a Nexus into the state of platform.yaml."),
    "doctor": ("platform.setup.doctor:doctor", "Check tools, addresses and credentials."),
    "explain-error": ("errorcodes:explain_error", "Say what an error's code means."),
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
