"""Pending transactions made to occupy the EVM, its caches or the node behind it, with search and
simulation of every transaction on. An ordinary transfer is simulated beside them, and the service stops."""
import json
import time

from support.node import Node, Scenario, Traffic
from support.service import Service
from support.transactions import Accounts

BOMB = "0x" + "b0" * 20
GAS = 16_700_000
SENDERS = 60
SIMULATED_DEADLINE_S = 60
BESIDE_S = 15
STOP_BOUND_S = 10
SETTINGS = {"VIZ_API_SEARCH": "on", "VIZ_API_SIM_SINGLES": "all"}

# JUMPDEST at 0 or 1, the body, and back: until the gas is used up.
LOOP = "5b{}600056"


def successor(slot):
    return (slot + 1) % 2**256


def zero(_):
    return 0


# fault: code, the value of a slot
BOMBS = {
    "endless loop": (LOOP.format(""), zero),
    "slots from NUMBER on": ("435b600101805450600156", zero),
    "each slot names the next": ("435b5480600157", successor),
    "another account each time": ("435b600101803b50600156", zero),
    "SSTORE in a loop": ("5f5b600101808055600156", zero),
    "memory of a mebibyte hashed in a loop": (LOOP.format("620fffff5f2050"), zero),
    "calls itself to the greatest depth": (LOOP.format("5f5f5f5f5f305af150"), zero),
    "creates contracts in a loop": (LOOP.format("5f5f5ff050"), zero),
    "logs of 4 KiB in a loop": (LOOP.format("6110005fa0"), zero),
    # modexp (EIP-198) of three numbers of 1,000 bytes, which are zero: its price is its length
    "modexp in a loop": ("6103e85f526103e86020526103e86040525b5f5f6120005f60055afa50601156", zero),
    # a pairing (EIP-197) of no points, then of twenty
    "pairings in a loop": (LOOP.format("5f5f610f005f60085afa50"), zero),
    "reverts with a mebibyte": ("620fffff5ffd", zero),
    "24 KiB of other code each time": (
        # EXTCODECOPY of one byte of (0xc0de << 144 | NUMBER + n)
        "435b6001018061c0de60901b1760015f5f843c50600156", zero),
}


def bomb_pool(node, code, value_of, count=SENDERS, gas=GAS):
    """Their hashes."""
    senders = Accounts(count, first=10_000)
    node.chain.contracts[BOMB] = ("0x" + code, value_of)
    return [node.announce(senders.next().sign(BOMB, gas=gas)) for _ in range(count)]


def simulated(service, after, hashes):
    """How many of the transactions a SimCompleted after that event names."""
    status, body = service.get(f"/events?types=SimCompleted&limit=5000&after={after}", timeout_s=30)
    text = body.decode() if status == 200 else ""
    return sum(tx_hash in text for tx_hash in hashes)


def until_simulated(service, node):
    """Seconds from the announcement of an ordinary transfer to its simulation."""
    after = json.loads(service.get("/dashboard/snapshot")[1])["latest_seq_id"]
    tx = Accounts(1, first=20_000 + int(time.monotonic() * 1000) % 1_000_000).transfer()
    tx_hash = node.announce(tx)
    return service.until("an ordinary transfer is simulated", lambda: simulated(service, after, [tx_hash]),
                         SIMULATED_DEADLINE_S * service.factor)


def stopped_early(service):
    """Simulations ended by a limit, by its name."""
    lines = service.get("/metrics")[1].decode().splitlines()
    found = {}
    for line in lines:
        if line.startswith("viz_api_sim_ended_early_total{"):
            count = int(float(line.rsplit(" ", 1)[1]))
            if count:
                found[line.split('reason="')[1].split('"')[0]] = count
    return ", ".join(f"{count} {reason}" for reason, count in found.items()) or "none ended early"


def bombs(binary, what, _rng):
    code, value_of = BOMBS[what]
    with Node() as node, Service(binary, node.port, SETTINGS) as service, \
            Traffic(node, per_second=5, block_every_s=3.0):
        service.until_visible(node)
        until_simulated(service, node)
        hashes = bomb_pool(node, code, value_of)
        worst, done, begin = 0.0, 0, time.monotonic()
        while done < SENDERS and time.monotonic() - begin < BESIDE_S:
            worst = max(worst, until_simulated(service, node))
            if not service.health().get("status"):
                raise AssertionError("/health does not answer beside the bombs")
            done = simulated(service, 0, hashes)
        if not done:
            raise AssertionError("no bomb was simulated, which proves nothing")
        ended = stopped_early(service)
        visible = service.until_visible(node)
        return service.finish(f"a transfer simulated within {worst:.1f} s beside {done} of {SENDERS} bombs; {ended}",
                              visible, stop_bound_s=STOP_BOUND_S)


def slow_batches(binary, seconds, _rng):
    """Each batch of the state takes that long, and a call of 53,000 gas asks for one after the other."""
    def slow(_connection, body):
        if b"eth_getStorageAt" in body or b"eth_getCode" in body:
            time.sleep(seconds)

    scenario = Scenario(http=slow, cut=False)
    with Node() as node, Service(binary, node.port, SETTINGS) as service, \
            Traffic(node, per_second=2, block_every_s=4.0):
        service.until_visible(node)
        until_simulated(service, node)
        node.bend(scenario)
        bomb_pool(node, BOMBS["each slot names the next"][0], successor, count=20, gas=53_000)
        begin = time.monotonic()
        while time.monotonic() - begin < 15:
            service.check()
            time.sleep(0.2)
        visible = service.until_visible(node)
        ended = stopped_early(service)
        return service.finish(f"stopped while batches were under way; {ended}", visible, stop_bound_s=STOP_BOUND_S)


# group, fault, run, what, whether it is of the short form
def rows():
    return [("evm", name, bombs, name, name == "slots from NUMBER on") for name in BOMBS] + [
        ("evm", "each batch of the state takes 1.5 s", slow_batches, 1.5, True),
        ("evm", "each batch of the state takes 20 s", slow_batches, 20.0, False),
    ]
