"""The manifests as `kubectl kustomize` and `helm template` write them, each once."""

import functools
import os
import pathlib
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
K8S = ROOT / "k8s"
CHART = K8S / "helm" / "ringback"
WORKERS = ["ingest", "scheduler", "dialer", "notifier"]

# Every component once, in the combinations that go together.
COMPONENTS = {
    "base": [],
    "hpa": ["hpa"],
    "all with keda": ["keda", "monitoring", "ingress", "asterisk"],
}

EVERYTHING = ["ingress.enabled=true", "asterisk.enabled=true", "monitoring.podMonitor=true"] + [
    "monitoring.prometheusRule=true",
    "monitoring.dashboards=true",
]
VALUES = {
    "chart": [],
    "chart with hpa": ["autoscaling.mode=hpa"],
    "chart with everything": ["autoscaling.mode=keda", *EVERYTHING],
}


def run(*command, ok=True):
    """What a command says; it must succeed, or must not."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if (done.returncode == 0) != ok:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout if ok else done.stdout + done.stderr


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document]


@functools.cache
def overlay(name):
    """An overlay of the project."""
    return documents(run(os.environ["KUBECTL"], "kustomize", K8S / "overlays" / name))


@functools.cache
def combined(name):
    """The base with components, as somebody's own overlay would have it."""
    with tempfile.TemporaryDirectory() as folder:
        of = lambda path: os.path.relpath(path, os.path.realpath(folder))
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": "ringback",
            "resources": [of(K8S / "base")],
            "components": [of(K8S / "components" / component) for component in COMPONENTS[name]],
            "images": [{"name": "ringback", "newName": "r.example/ringback", "digest": "sha256:" + "0" * 64}],
        }
        pathlib.Path(folder, "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return documents(run(os.environ["KUBECTL"], "kustomize", folder))


@functools.cache
def chart(name):
    """The chart with some values."""
    return documents(template(*VALUES[name]))


def template(*values, ok=True):
    settings = [part for value in values for part in ("--set", value)]
    digest = ["--set", "image.digest=sha256:" + "0" * 64]
    tool = [os.environ["HELM"], "template", "ringback", CHART, "--namespace", "ringback", "--kube-version", "1.33"]
    return run(*tool, *digest, *settings, ok=ok)


def everything():
    """All of them by name."""
    found = {f"overlay {name}": overlay(name) for name in ("dev", "production")}
    found.update({f"components {name}": combined(name) for name in COMPONENTS})
    found.update({name: chart(name) for name in VALUES})
    return found


def of_kind(manifests, kind):
    """Those of a kind by their name without the release's."""
    named = [(document["metadata"]["name"], document) for document in manifests if document["kind"] == kind]
    return {name.removeprefix("ringback-"): document for name, document in named}


def pods(manifests):
    """The pods that come of them: name and specification."""
    for document in manifests:
        if document["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield document["metadata"]["name"].removeprefix("ringback-"), document["spec"]["template"]
