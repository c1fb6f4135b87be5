"""A real one-node Kubernetes, a Docker engine and a registry on this machine, made from packages only.

`python -m tests.testbed up` brings it up, `down` removes every trace; `bed.session()` is the same for tests.
"""
