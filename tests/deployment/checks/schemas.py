"""Everything is what its kind may be: no field is misspelt, none is missing."""

import copy
import os
import pathlib
import tempfile
import unittest

import jsonschema
import yaml

from checks import rendered
from checks.rendered import run

# The oldest that the chart takes, one in the middle, the newest that there is a schema for.
VERSIONS = ["1.30", "1.33", "1.37"]
DEFINITIONS = pathlib.Path(__file__).resolve().parents[1] / "schemas"


def strict(schema):
    """Refuses fields that a definition does not know, as the API server does with `--validate=strict`."""
    if isinstance(schema, dict):
        keeps = schema.get("x-kubernetes-preserve-unknown-fields")
        if schema.get("type") == "object" and "properties" in schema and not keeps:
            schema.setdefault("additionalProperties", False)
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
            schema["anyOf"] = [{"type": "integer"}, {"type": "string"}]
        if schema.pop("nullable", False) and "type" in schema:
            schema["type"] = [schema["type"], "null"]
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        strict(part)


def definitions():
    found = {}
    for path in DEFINITIONS.glob("*.yaml"):
        definition = yaml.safe_load(path.read_text())["spec"]
        for version in definition["versions"]:
            schema = copy.deepcopy(version["schema"]["openAPIV3Schema"])
            strict(schema)
            schema["properties"]["metadata"] = {"type": "object"}
            key = f"{definition['group']}/{version['name']}", definition["names"]["kind"]
            found[key] = jsonschema.Draft202012Validator(schema)
    return found


class Schemas(unittest.TestCase):
    def test_kinds_of_kubernetes(self):
        tool = pathlib.Path(os.environ["KUBERNETES_VALIDATE"], "bin", "kubernetes-validate")
        custom = {kind for _, kind in definitions()}
        with tempfile.TemporaryDirectory() as folder:
            for name, manifests in rendered.everything().items():
                path = pathlib.Path(folder, name.replace(" ", "-") + ".yaml")
                known = [document for document in manifests if document["kind"] not in custom]
                path.write_text(yaml.safe_dump_all(known))
            for version in VERSIONS:
                said = run("python3", tool, "-k", version, "--strict", *sorted(pathlib.Path(folder).iterdir()))
                self.assertNotIn("WARN", said)

    def test_kinds_of_operators(self):
        known, seen = definitions(), set()
        for name, manifests in rendered.everything().items():
            for document in manifests:
                key = document["apiVersion"], document["kind"]
                if key in known:
                    seen.add(key[1])
                    wrong = [f"{error.json_path}: {error.message[:200]}" for error in known[key].iter_errors(document)]
                    self.assertEqual(wrong, [], f"{name}: {key[1]} {document['metadata']['name']}")
        self.assertEqual(seen, {"ScaledObject", "TriggerAuthentication", "PodMonitor"})

    def test_a_misspelt_field_is_found(self):
        known = definitions()
        document = copy.deepcopy(rendered.of_kind(rendered.combined("all with keda"), "ScaledObject")["dialer"])
        document["spec"]["minReplicasCount"] = document["spec"].pop("minReplicaCount")
        self.assertTrue(list(known["keda.sh/v1alpha1", "ScaledObject"].iter_errors(document)))


class Values(unittest.TestCase):
    def test_the_chart_is_in_order(self):
        run(os.environ["HELM"], "lint", "--strict", rendered.CHART)

    def test_what_cannot_hold_is_refused_in_a_sentence(self):
        for values, said in [
            (["picture.tag=1"], "additional properties 'picture' not allowed"),
            (["dialer.replica=3"], "additional properties 'replica' not allowed"),
            (["autoscaling.mode=vpa"], "value must be one of 'none', 'hpa', 'keda'"),
            (["autoscaling.mode=hpa", "dialer.replicas=3"], "dialer.replicas must not be set while autoscaling.mode"),
            (["autoscaling.maxReplicas.dialer=1"], "autoscaling.maxReplicas.dialer must be at least"),
            (["image.tag=v1"], "image.digest and image.tag must not be set both"),
        ]:
            self.assertIn(said, rendered.template(*values, ok=False))
