"""The chart and the Kustomize base are two ways to the same objects."""

import unittest

from checks import rendered

# Written by Kubernetes or by Helm, or named after the release; what they are for is checked elsewhere.
LABELS = {"app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"}


def plain(value, key=None):
    """Without what differs for good reasons: labels of Helm, the name of the release, hashes, the order of lists of names."""
    if isinstance(value, dict):
        found = {k: plain(v, k) for k, v in value.items() if k not in LABELS and not k.startswith("checksum/")}
        return {k: v for k, v in found.items() if k != "namespace" and not (k in ("labels", "annotations") and not v)}
    if isinstance(value, list):
        items = [plain(item, key) for item in value]
        named = all(isinstance(item, dict) and "name" in item for item in items)
        return sorted(items, key=lambda item: item["name"]) if named else items
    return value


def essentials(document):
    """What an object says, and under which name without that of the release."""
    document = plain(document)
    name = document["metadata"].pop("name").removeprefix("ringback-")
    labels = document["metadata"].get("labels", {})
    if labels.get("app.kubernetes.io/name") == "ringback":
        labels.pop("app.kubernetes.io/name")
    if not labels:
        document["metadata"].pop("labels", None)
    kind = document["kind"]
    if kind == "ConfigMap":
        name = "ringback"
    if kind == "Deployment":
        for volume in document["spec"]["template"]["spec"]["volumes"]:
            if "configMap" in volume:
                volume["configMap"] = {"name": "ringback"}
        container = document["spec"]["template"]["spec"]["containers"][0]
        container["image"] = container["image"].rpartition("/")[2]
        spec = document["spec"]["template"]["spec"]
        spec["serviceAccountName"] = spec["serviceAccountName"].removeprefix("ringback-")
        document["spec"]["template"]["metadata"].pop("annotations", None)
    if kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        target = document["spec"]["scaleTargetRef"]
        target["name"] = target["name"].removeprefix("ringback-")
    if kind == "EndpointSlice":
        document["metadata"]["labels"].pop("endpointslice.kubernetes.io/managed-by")
    if kind == "Ingress":
        for path in document["spec"]["rules"][0]["http"]["paths"]:
            service = path["backend"]["service"]
            service["name"] = service["name"].removeprefix("ringback-")
    return (kind, name), document


# The chart is installed into a namespace that is there, and that may hold others.
NOT_OF_THE_CHART = {("Namespace", "ringback"), ("NetworkPolicy", "default-deny")}


class Chart(unittest.TestCase):
    maxDiff = None

    def compare(self, base, chart):
        base, chart = (dict(map(essentials, manifests)) for manifests in (base, chart))
        for key in NOT_OF_THE_CHART:
            base.pop(key)
        self.assertEqual(sorted(base), sorted(chart))
        for key, document in base.items():
            self.assertEqual(document, chart[key], key)

    def test_of_the_base(self):
        self.compare(rendered.combined("base"), rendered.chart("chart"))

    def test_with_hpa(self):
        self.compare(rendered.combined("hpa"), rendered.chart("chart with hpa"))

    def test_with_everything(self):
        self.compare(rendered.combined("all with keda"), rendered.chart("chart with everything"))
