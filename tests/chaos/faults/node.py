"""A node that misbehaves in one way, then behaves again: transactions have to be visible again."""
import time

from faults import node_answers, node_frames, node_links
from support.node import Node
from support.service import RECOVERY_DEADLINE_S, Service

SCENARIOS = {**node_links.SCENARIOS, **node_frames.SCENARIOS, **node_answers.SCENARIOS}


def during(node, service, scenario):
    """The fault, with announcements meanwhile. Answers the reasons that /health gave, and hashes announced."""
    reasons, announced, slowest = set(), [], 0.0
    scenario.drive(node)
    begin = time.monotonic()
    while True:
        announced.append(node.announce())
        asked = time.monotonic()
        health = service.health()
        slowest = max(slowest, time.monotonic() - asked)
        service.check()
        reasons |= set(health.get("reasons", []))
        enough = reasons if scenario.expect == "down" else True
        if time.monotonic() - begin > scenario.hold_s and enough:
            return reasons, announced, slowest
        if time.monotonic() - begin > scenario.hold_s + RECOVERY_DEADLINE_S:
            raise AssertionError("/health was ok while the node was unusable")
        time.sleep(0.05)


def node_fault(binary, scenario, _rng):
    with Node() as node, Service(binary, node.port) as service:
        service.until_visible(node)
        before = node.accepted
        node.bend(scenario)
        reasons, announced, slowest = during(node, service, scenario)
        if scenario.expect == "serves":
            service.until("what was announced meanwhile is visible", lambda: service.knows(announced[-1]), RECOVERY_DEADLINE_S)
        if slowest > 5 * service.factor:
            raise AssertionError(f"/health took {slowest:.1f} s")
        connections = node.accepted - before
        node.heal()
        recovery = service.until_visible(node)
        service.until("/health is ok again", lambda: service.health().get("status") == "ok", RECOVERY_DEADLINE_S)
        seen = "; ".join(sorted(reasons)) or "health ok"
        return service.finish(f"{seen}; {connections} connections", recovery)


def rows():
    return [("node", name, node_fault, scenario, scenario.short) for name, scenario in SCENARIOS.items()]
