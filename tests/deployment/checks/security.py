"""Nothing may more than it needs: the restricted profile of Kubernetes, and a policy scanner."""

import copy
import os
import pathlib
import tempfile
import unittest

import yaml

from checks import rendered
from checks.rendered import ROOT, run

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def against_restricted(pod):
    """What the Pod Security Standard `restricted` would refuse of a pod."""
    spec = pod["spec"]
    shared = spec.get("securityContext", {})
    wrong = [f"host: {field}" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    for volume in spec.get("volumes", []):
        wrong += [f"volume {volume['name']}: {kind}" for kind in volume.keys() - {"name"} - VOLUMES]
    for container in spec["containers"] + spec.get("initContainers", []):
        own = container.get("securityContext", {})
        either = {**shared, **own}
        said = {
            "privileged": not own.get("privileged"),
            "allowPrivilegeEscalation": own.get("allowPrivilegeEscalation") is False,
            "capabilities": own.get("capabilities", {}) == {"drop": ["ALL"]},
            "runAsNonRoot": either.get("runAsNonRoot") is True,
            "runAsUser": either.get("runAsUser", 0) != 0,
            "seccompProfile": either.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"),
            "hostPort": not any(port.get("hostPort") for port in container.get("ports", [])),
            # Not asked for by the profile, but by us.
            "readOnlyRootFilesystem": own.get("readOnlyRootFilesystem") is True,
            "memory limit": "memory" in container["resources"]["limits"],
        }
        wrong += [f"{container['name']}: {what}" for what, holds in said.items() if not holds]
    if spec.get("automountServiceAccountToken") is not False:
        wrong.append("automountServiceAccountToken")
    return wrong


class Security(unittest.TestCase):
    def test_pods_pass_the_restricted_profile(self):
        seen = set()
        for name, manifests in rendered.everything().items():
            for pod, template in rendered.pods(manifests):
                seen.add(pod)
                self.assertEqual(against_restricted(template), [], f"{name}: {pod}")
        self.assertLessEqual(set(rendered.WORKERS) | {"rabbitmq", "redis"}, seen)

    def test_the_namespace_enforces_it(self):
        for manifests in (rendered.overlay("dev"), rendered.overlay("production")):
            labels = rendered.of_kind(manifests, "Namespace")["ringback"]["metadata"]["labels"]
            self.assertEqual(labels["pod-security.kubernetes.io/enforce"], "restricted")

    def test_no_secret_is_in_the_environment(self):
        for name, manifests in rendered.everything().items():
            for pod, template in rendered.pods(manifests):
                for container in template["spec"]["containers"]:
                    for variable in container.get("env", []):
                        self.assertNotIn("secretKeyRef", variable.get("valueFrom", {}), f"{name}: {pod}")

    def test_a_policy_scanner_finds_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name in ("components all with keda", "components hpa", "chart with everything"):
                manifests = copy.deepcopy(rendered.everything()[name])
                for document in manifests:
                    # Where `helm install` puts them.
                    document["metadata"].setdefault("namespace", "ringback")
                path = pathlib.Path(folder, name.replace(" ", "-") + ".yaml")
                path.write_text(yaml.safe_dump_all(manifests))
                files += ["--file", path]
            files += ["--file", ROOT / "Dockerfile"]
            program = pathlib.Path(os.environ["CHECKOV"], "bin", "checkov")
            settings = ["--config-file", ROOT / ".checkov.yaml"]
            environment = ["env", "PYTHONPATH=" + os.environ["CHECKOV"]]
            run(*environment, "python3", program, *settings, *files)
