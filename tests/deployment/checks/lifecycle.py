"""Times and names that stand in manifests and in the code agree."""

import re
import unittest

import yaml

from checks import rendered
from checks.rendered import ROOT

LIFE = ROOT / "crates/ringback/src/life.rs"
ARGUMENTS = ROOT / "crates/ringback/src/args.rs"


def grace_of_the_code():
    """How long a process takes at most to end, in seconds."""
    return int(re.search(r"const GRACE: Duration = Duration::from_secs\((\d+)\)", LIFE.read_text())[1])


def variables_of_the_code():
    files = [ARGUMENTS, *ARGUMENTS.with_suffix("").glob("*.rs")]
    return {name for file in files for name in re.findall(r'\benv = "(\w+)"', file.read_text())}


class Ending(unittest.TestCase):
    """Whoever is told to end is given the time that it takes: a killed worker leaves its work to leases."""

    def test_pods(self):
        needed = grace_of_the_code()
        for name, manifests in rendered.everything().items():
            for pod, template in rendered.pods(manifests):
                if pod not in rendered.WORKERS:
                    continue
                spec = template["spec"]
                before = spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                given = spec["terminationGracePeriodSeconds"] - before
                self.assertGreaterEqual(given, needed + 10, f"{name}: {pod}")

    def test_containers_of_compose(self):
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
        own = {name: service for name, service in compose["services"].items() if service["image"] == "ringback"}
        self.assertLessEqual(set(rendered.WORKERS), set(own))
        for name, service in own.items():
            given = int(service["stop_grace_period"].removesuffix("s"))
            self.assertGreaterEqual(given, grace_of_the_code() + 10, name)


class Rollout(unittest.TestCase):
    def test_nobody_is_missed_while_workers_are_replaced(self):
        for name, manifests in rendered.everything().items():
            budgets = rendered.of_kind(manifests, "PodDisruptionBudget")
            for worker, deployment in rendered.of_kind(manifests, "Deployment").items():
                if worker not in rendered.WORKERS:
                    continue
                rolling = deployment["spec"]["strategy"]["rollingUpdate"]
                self.assertEqual(rolling["maxUnavailable"], 0, f"{name}: {worker}")
                # `minAvailable: 1` would block the drain of a node for ever where there is one replica.
                budget = budgets[worker]["spec"]
                self.assertEqual(budget["maxUnavailable"], 1)
                self.assertEqual(budget["unhealthyPodEvictionPolicy"], "AlwaysAllow")

    def test_who_is_scaled_says_nothing_of_replicas(self):
        for name, manifests in rendered.everything().items():
            scaled = [d for d in manifests if d["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")]
            targets = {document["spec"]["scaleTargetRef"]["name"] for document in scaled}
            for document in manifests:
                if document["kind"] == "Deployment" and document["metadata"]["name"] in targets:
                    self.assertNotIn("replicas", document["spec"], f"{name}: {document['metadata']['name']}")
            self.assertIn(len(targets), (0, len(rendered.WORKERS)), name)

    def test_scaling_never_ends_with_nobody(self):
        for manifests in (rendered.combined("all with keda"), rendered.chart("chart with everything")):
            for worker, document in rendered.of_kind(manifests, "ScaledObject").items():
                self.assertGreaterEqual(document["spec"]["minReplicaCount"], 2, worker)
                self.assertEqual(document["spec"]["fallback"]["behavior"], "currentReplicasIfHigher", worker)


class Names(unittest.TestCase):
    def test_variables_are_those_of_the_program(self):
        known = variables_of_the_code()
        self.assertIn("RINGBACK_STORE", known)
        for name, manifests in rendered.everything().items():
            for pod, template in rendered.pods(manifests):
                for container in template["spec"]["containers"]:
                    for variable in container.get("env", []):
                        if variable["name"].startswith("RINGBACK_"):
                            self.assertIn(variable["name"].removesuffix("_FILE"), known, f"{name}: {pod}")

    def test_secrets_are_mounted_where_they_are_looked_for(self):
        example = (rendered.K8S / "overlays/production/secret.example.env").read_text()
        offered = set(re.findall(r"^(\w+)=", example, re.M))
        for name, manifests in rendered.everything().items():
            wanted = set()
            for pod, template in rendered.pods(manifests):
                spec = template["spec"]
                mounts = {mount["name"]: mount["mountPath"] for mount in spec["containers"][0].get("volumeMounts", [])}
                files = set()
                for volume in spec.get("volumes", []):
                    for item in volume.get("secret", {}).get("items", []):
                        wanted.add(item["key"])
                        files.add(f"{mounts[volume['name']]}/{item['path']}")
                for variable in spec["containers"][0].get("env", []):
                    if variable["name"].endswith("_FILE"):
                        self.assertIn(variable["value"], files, f"{name}: {pod}")
            self.assertEqual(wanted, offered, name)

    def test_probes_are_those_of_the_program(self):
        health = (ROOT / "crates/ringback-api/src/health.rs").read_text()
        known = set(re.findall(r'\.route\("(/[^"]+)"', health))
        for _, manifests in rendered.everything().items():
            for pod, template in rendered.pods(manifests):
                for container in template["spec"]["containers"]:
                    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                        path = container.get(kind, {}).get("httpGet", {}).get("path")
                        self.assertTrue(path is None or path in known, f"{pod}: {path}")

    def test_queues_are_those_of_the_program(self):
        bus = (ROOT / "crates/ringback-ports/src/bus.rs").read_text()
        for manifests in (rendered.combined("all with keda"), rendered.chart("chart with everything")):
            objects = rendered.of_kind(manifests, "ScaledObject")
            queues = [t["metadata"]["queueName"] for o in objects.values() for t in o["spec"]["triggers"] if t["type"] == "rabbitmq"]
            self.assertEqual(len(queues), len(rendered.WORKERS))
            for queue in queues:
                self.assertIn(f'"{queue}"', bus)
