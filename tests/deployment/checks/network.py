"""Who reaches whom, by the rendered NetworkPolicies."""

import ipaddress
import unittest

from checks import rendered


def worker(component):
    labels = {"app.kubernetes.io/name": "ringback", "app.kubernetes.io/instance": "ringback"}
    return {**labels, "app.kubernetes.io/component": component}


def selects(selector, labels):
    """Whether a label selector does."""
    if selector is None:
        return False
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for wish in selector.get("matchExpressions", []):
        assert wish["operator"] == "In", wish
        if labels.get(wish["key"]) not in wish["values"]:
            return False
    return True


def peers(peer, other):
    if "ipBlock" in peer:
        if "ip" not in other:
            return False
        address, block = ipaddress.ip_address(other["ip"]), peer["ipBlock"]
        within = lambda cidr: address in ipaddress.ip_network(cidr)
        return within(block["cidr"]) and not any(within(cidr) for cidr in block.get("except", []))
    if "ip" in other:
        return False
    in_namespace = (
        selects(peer["namespaceSelector"], other["namespace"])
        if "namespaceSelector" in peer
        else other["namespace"].get("kubernetes.io/metadata.name") == "ringback"
    )
    return in_namespace and ("podSelector" not in peer or selects(peer["podSelector"], other["labels"]))


def lets(policies, pod, direction, other, port, protocol="TCP"):
    """Whether the policies let a pod of the namespace be reached by (`ingress`) or reach (`egress`) another."""
    rule, peer = ("Ingress", "from") if direction == "ingress" else ("Egress", "to")
    mine = [p["spec"] for p in policies if rule in p["spec"]["policyTypes"] and selects(p["spec"]["podSelector"], pod)]
    if not mine:
        return True
    for spec in mine:
        for entry in spec.get(direction, []):
            ports = entry.get("ports")
            at = ports is None or any(p["port"] == port and p.get("protocol", "TCP") == protocol for p in ports)
            if at and (peer not in entry or any(peers(p, other) for p in entry[peer])):
                return True
    return False


def pod(namespace, **labels):
    keys = {"name": "app.kubernetes.io/name", "component": "app.kubernetes.io/component", "dns": "k8s-app"}
    return {
        "namespace": {"kubernetes.io/metadata.name": namespace},
        "labels": {keys[key]: value for key, value in labels.items()},
    }


DNS = pod("kube-system", dns="kube-dns")
BROKER, STORE, VALKEY = pod("data", name="rabbitmq"), pod("data", name="redis"), pod("data", name="valkey")
PROMETHEUS, COLLECTOR, INGRESS = pod("monitoring"), pod("observability"), pod("ingress-nginx")
NETWORK, STRANGER = pod("phones", component="phone-network"), pod("elsewhere")

# Who, to whom, at which port, and whether.
ALL = [
    ("egress", DNS, 53, True),
    ("egress", BROKER, 5672, True),
    ("egress", BROKER, 5671, True),
    ("egress", BROKER, 15672, False),
    ("egress", STORE, 6379, True),
    ("egress", VALKEY, 26379, True),
    ("egress", STRANGER, 6379, False),
    ("egress", COLLECTOR, 4318, True),
    ("egress", {"ip": "10.0.0.1"}, 443, False),
    ("egress", {"ip": "169.254.169.254"}, 80, False),
    ("egress", {"ip": "fd00::1"}, 443, False),
    ("ingress", PROMETHEUS, 8081, True),
    ("ingress", PROMETHEUS, 8080, False),
    ("ingress", STRANGER, 8081, False),
    ("ingress", STRANGER, 8080, False),
]
SOME = [
    ("ingest", "ingress", INGRESS, 8080, True),
    ("scheduler", "ingress", INGRESS, 8080, False),
    ("notifier", "egress", {"ip": "93.184.216.34"}, 443, True),
    ("notifier", "egress", {"ip": "2606:2800::1"}, 443, True),
    ("notifier", "egress", {"ip": "93.184.216.34"}, 22, False),
    ("notifier", "egress", {"ip": "100.64.0.1"}, 443, False),
    ("notifier", "egress", {"ip": "::1"}, 80, False),
    ("scheduler", "egress", {"ip": "93.184.216.34"}, 443, False),
    ("ingest", "egress", {"ip": "93.184.216.34"}, 443, False),
    ("dialer", "egress", {"ip": "93.184.216.34"}, 443, False),
]
SIMULATED = [("dialer", "egress", NETWORK, 7070, True), ("dialer", "egress", {"ip": "192.0.2.10"}, 8088, False)]
ASTERISK = [
    ("dialer", "egress", {"ip": "192.0.2.10"}, 8088, True),
    ("dialer", "egress", {"ip": "192.0.2.11"}, 8088, False),
    ("notifier", "egress", {"ip": "192.0.2.10"}, 8088, False),
    ("dialer", "egress", NETWORK, 7070, False),
]


class Network(unittest.TestCase):
    def check(self, manifests, rows):
        policies = list(rendered.of_kind(manifests, "NetworkPolicy").values())
        everybody = [(component, *row) for component in rendered.WORKERS for row in ALL]
        for component, direction, other, port, allowed in everybody + rows:
            found = lets(policies, worker(component), direction, other, port)
            found = found or (port == 53 and lets(policies, worker(component), direction, other, port, "UDP"))
            self.assertEqual(found, allowed, f"{component} {direction} {other} {port}")

    def test_of_the_base(self):
        self.check(rendered.combined("base"), SOME + SIMULATED)

    def test_of_the_chart(self):
        self.check(rendered.chart("chart"), SOME + SIMULATED)

    def test_with_an_asterisk(self):
        self.check(rendered.combined("all with keda"), SOME + ASTERISK)
        self.check(rendered.chart("chart with everything"), SOME + ASTERISK)

    def test_of_the_development_cluster(self):
        policies = list(rendered.of_kind(rendered.overlay("dev"), "NetworkPolicy").values())
        here = {"kubernetes.io/metadata.name": "ringback"}
        neighbours = {
            "rabbitmq": {"app.kubernetes.io/name": "rabbitmq"},
            "redis": {"app.kubernetes.io/name": "redis"},
            "phone-network": {"app.kubernetes.io/component": "phone-network"},
            "webhooks": {"app.kubernetes.io/component": "webhooks"},
        }
        wanted = {(w, to, port) for w in rendered.WORKERS for to, port in (("rabbitmq", 5672), ("redis", 6379))}
        wanted |= {("dialer", "phone-network", 7070), ("notifier", "webhooks", 9099)}
        ports = {"rabbitmq": 5672, "redis": 6379, "phone-network": 7070, "webhooks": 9099}
        for component in rendered.WORKERS:
            for to, port in ports.items():
                one = {"namespace": here, "labels": worker(component)}
                other = {"namespace": here, "labels": neighbours[to]}
                out = lets(policies, one["labels"], "egress", other, port)
                into = lets(policies, other["labels"], "ingress", one, port)
                self.assertEqual(out and into, (component, to, port) in wanted, f"{component} to {to}: {out}, {into}")
