"""What people get wrong in a document, and the good ones that it stands in."""

from __future__ import annotations

HEAD = "apiVersion: pipelinekit/v1\nkind: Application\nmetadata: {name: orders, team: payments}\n"
APP = HEAD + "build: {language: go}\nrun: {port: 8080}\n"
PLATFORM = (
    "apiVersion: pipelinekit/v1\nkind: Platform\nmetadata: {name: acme}\n"
    "images: {registry: nexus.example.com}\ncharts: {repository: oci://nexus.example.com/charts}\n"
    "clusters: [{name: c}]\nenvironments: [{name: dev, cluster: c, namespace: dev}]\n"
)
GATED = PLATFORM.replace(
    "namespace: dev}]", "namespace: dev}, {name: production, cluster: c, namespace: live, after: dev}]"
)

IN_APP = {
    "language: java": ("language: go", "language: java"),
    "language: golang": ("language: go", "language: golang"),
    "language: nodejs": ("language: go", "language: nodejs"),
    "language: C#": ("language: go", 'language: "C#"'),
    "language: cobol": ("language: go", "language: cobol"),
    "the language is missing": ("{language: go}", "{}"),
    'port: "8080"': ("8080", '"8080"'),
    "port: 80800": ("8080", "80800"),
    "port: 0": ("8080", "0"),
    "port: eighty": ("8080", "eighty"),
    "port: 8080.5": ("8080", "8080.5"),
    "prot for port": ("port:", "prot:"),
    "two ports in a list": ("8080", "[8080, 8081]"),
    "no value": ("run: {port: 8080}", "run:"),
    "a literal secret": ("port: 8080", "port: 8080, secrets: {DB_PASSWORD: hunter2}"),
    "a number for a variable": ("port: 8080", "port: 8080, env: {WORKERS: 4}"),
    "true for a variable": ("port: 8080", "port: 8080, env: {DEBUG: true}"),
    "a number for a password": ("port: 8080", "port: 8080, env: {DB_PASSWORD: 123456}"),
    "yes for a variable": ("port: 8080", "port: 8080, env: {DEBUG: yes}"),
    "a variable with a hyphen": ("port: 8080", "port: 8080, env: {LOG-LEVEL: info}"),
    "one variable twice": ("port: 8080", 'port: 8080, env: {A: x}, secrets: {A: "secret:n#k"}'),
    "a command as one text": ("port: 8080", "port: 8080, command: python -m orders"),
    "no command": ("port: 8080", "port: 8080, command: []"),
    "health without a slash": ("port: 8080", "port: 8080, health: healthz"),
    "health without a port": ("port: 8080", "health: /healthz"),
    "an address for a host": ("port: 8080", "port: 8080, expose: {host: https://orders.example.com}"),
    "a host with a port": ("port: 8080", "port: 8080, expose: {host: 'orders.example.com:443'}"),
    "memory: 256MB": ("port: 8080", "port: 8080, resources: {memory: 256MB}"),
    "cpu: half": ("port: 8080", "port: 8080, resources: {cpu: half}"),
    "replicas: -1": ("port: 8080", "port: 8080, replicas: -1"),
    "replicas: two": ("port: 8080", "port: 8080, replicas: two"),
    "autoscale below replicas": ("port: 8080", "port: 8080, replicas: 5, autoscale: {max: 3}"),
    "autoscale without a number": ("port: 8080", "port: 8080, autoscale: true"),
    "a cron of four fields": ("run: {port: 8080}", "processes: {n: {command: [x], schedule: 0 3 * *}}"),
    "a schedule with a port": ("port: 8080", "port: 8080, schedule: '0 3 * * *'"),
    "a process in upper case": ("run: {port: 8080}", "processes: {Worker: {command: [x]}}"),
    "web twice": ("run: {port: 8080}", "run: {port: 8080}\nprocesses: {web: {port: 1}}"),
    "an override of no process": ("run: {", "environments: {dev: {processes: {w: {}}}}\nrun: {"),
    "a name in upper case": ("name: orders", "name: Orders"),
    "a name with an underscore": ("name: orders", "name: my_orders"),
    "a name with a letter beyond ASCII": ("name: orders", "name: örders"),
    "a name of forty letters": ("name: orders", f"name: {'o' * 40}"),
    "the team is missing": (", team: payments", ""),
    "a wrong apiVersion": ("pipelinekit/v1", "pipelinekit/v2"),
    "a wrong kind": ("kind: Application", "kind: App"),
    "keys without indentation": (
        "metadata: {name: orders, team: payments}",
        "metadata:\nname: orders\nteam: x",
    ),
    "a tab": ("run: {port: 8080}", "run:\n\tport: 8080"),
    "a colon in a text": ("team: payments}", "team: pay: ments}"),
    "a brace that is not closed": ("run: {port: 8080}", "run: {port: 8080"),
    "one key twice": ("run: {port: 8080}", "run: {port: 8080}\nrun: {port: 9090}"),
    "conflict markers": ("run: {", "<<<<<<< HEAD\nrun: {port: 1}\n=======\n>>>>>>> x\nrun: {"),
    "two documents": ("run: {", "---\nrun: {"),
    "a merge key": ("run: {", "x: &x {}\nrun: {<<: *x, "),
    "a key of Docker Compose": ("run: {", "image: orders\nrun: {"),
    "a platform that builds nothing": ("language: go", "language: go, platforms: [amd64]"),
    "a version as a number": ("language: go", "language: go, version: 1.22"),
    "calls as a text": ("run: {", "calls: billing\nrun: {"),
    "an address that is reached without a port": ("run: {", "reaches: [db.example.com]\nrun: {"),
    "a name that is reached": ("run: {", "reaches: ['db.example.com:5432']\nrun: {"),
    "versions: semver": ("run: {", "versions: semver\nrun: {"),
    "an unknown stage": ("language: go", "language: go, around: {compile: {before: [x]}}"),
    "nothing at all": (APP, ""),
    "a list": (APP, "- a\n- b\n"),
    "JSON that is cut off": (APP, '{"apiVersion": '),
}
"""What is wrong, and how it is written: a text of a good app.yaml, and what stands in its place."""

IN_PLATFORM = {
    "a registry with http://": ("nexus.example.com}", "http://nexus.example.com}"),
    "a registry with a path": ("registry: nexus.example.com", "registry: nexus.example.com/docker"),
    "a registry with a slash": ("registry: nexus.example.com", "registry: nexus.example.com/"),
    "a registry with a login": ("registry: nexus.example.com", "registry: 'me:hunter2@nexus.example.com'"),
    "a registry at port 99999": ("registry: nexus.example.com", "registry: 'nexus.example.com:99999'"),
    "a registry as IPv6": ("registry: nexus.example.com", "registry: '[::1]:5000'"),
    "no registry": ("{registry: nexus.example.com}", "{}"),
    "a mirror with https://": ("nexus.example.com}\ncharts", "r, mirror: https://m}\ncharts"),
    "charts without a scheme": ("oci://nexus", "nexus"),
    "charts with a login": ("oci://nexus", "oci://me:hunter2@nexus"),
    "charts over ftp": ("oci://nexus", "ftp://nexus"),
    "an environment of no cluster": ("cluster: c,", "cluster: d,"),
    "an environment twice": ("environments: [", "environments: [{name: dev, cluster: c, namespace: x}, "),
    "after what is not there": ("namespace: dev", "namespace: dev, after: stage"),
    "no namespace": (", namespace: dev", ""),
    "a namespace of {app}": ("namespace: dev", "namespace: '{app}'"),
    "after itself": ("namespace: dev", "namespace: dev, after: dev"),
    "soak: one hour": ("namespace: dev", "namespace: dev, soak: one hour"),
    "a cluster twice": ("[{name: c}]", "[{name: c}, {name: c}]"),
    "Jenkins without a scheme": ("clusters:", "jenkins: {url: jenkins.example.com}\nclusters:"),
    "a password for a credential": (
        "clusters:",
        "jenkins: {url: 'https://j', credentials: 'p w'}\nclusters:",
    ),
    "a ledger that is no address": ("clusters:", "ledger: {repository: ledger}\nclusters:"),
    "an application without a team": (
        "clusters:",
        "applications: [{name: a, repository: 'https://g/a'}]\nclusters:",
    ),
    "an application with no address": (
        "clusters:",
        "applications: [{name: a, team: t, repository: a}]\nclusters:",
    ),
    "a key that is not there": ("clusters:", "kubernetes: {}\nclusters:"),
    "environments as a mapping": (
        "environments: [{name: dev, cluster: c, namespace: dev}]",
        "environments: {dev: {}}",
    ),
}
