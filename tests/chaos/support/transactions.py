"""Signed transactions without end: keccak, RLP and secp256k1 as far as signing one needs them.

Every key signs with the same nonce point, which would give the keys away: these are worth nothing, and
a signature costs one multiplication.
"""
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)
MASK = (1 << 64) - 1
CHAIN_ID = 1
KEYS = 400  # senders; one has at most some transactions pending


def _constants():
    rounds, lfsr = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if lfsr & 1:
                constant |= 1 << ((1 << j) - 1)
            lfsr = (lfsr << 1) ^ (0x171 if lfsr & 0x80 else 0)
        rounds.append(constant)
    offsets, x, y = [0] * 25, 1, 0
    for t in range(24):
        offsets[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return rounds, offsets


ROUNDS, OFFSETS = _constants()
MOVES = [(y + 5 * ((2 * x + 3 * y) % 5), x + 5 * y, OFFSETS[x + 5 * y]) for x in range(5) for y in range(5)]


def _permute(a):
    for constant in ROUNDS:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[x - 1] ^ ((c[(x + 1) % 5] << 1 | c[(x + 1) % 5] >> 63) & MASK) for x in range(5)]
        b = [0] * 25
        for to, source, offset in MOVES:
            lane = a[source] ^ d[source % 5]
            b[to] = (lane << offset | lane >> (64 - offset)) & MASK
        a = [b[i] ^ (~b[i - i % 5 + (i + 1) % 5] & b[i - i % 5 + (i + 2) % 5]) for i in range(25)]
        a[0] ^= constant
    return a


def keccak256(data):
    rate, state = 136, [0] * 25
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % rate))
    padded[-1] |= 0x80
    for start in range(0, len(padded), rate):
        for lane in range(17):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane:start + 8 * lane + 8], "little")
        state = _permute(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def rlp(item):
    if isinstance(item, int):
        item = item.to_bytes((item.bit_length() + 7) // 8, "big")
    if isinstance(item, list):
        payload, base = b"".join(map(rlp, item)), 0xC0
    elif len(item) == 1 and item[0] < 0x80:
        return item
    else:
        payload, base = item, 0x80
    if len(payload) < 56:
        return bytes([base + len(payload)]) + payload
    size = len(payload).to_bytes((len(payload).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size + payload


def _add(p, q):
    if p is None:
        return q
    if p == q:
        slope = 3 * p[0] * p[0] * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def _multiply(scalar):
    total, power = None, G
    while scalar:
        if scalar & 1:
            total = _add(total, power)
        power, scalar = _add(power, power), scalar >> 1
    return total


K = 0xC4A05
R_POINT = _multiply(K)
R, K_INVERSE = R_POINT[0] % N, pow(K, -1, N)


class Account:
    """A sender whose key follows from its number."""

    def __init__(self, number):
        self.key = 0x1000 + number
        x, y = _multiply(self.key)
        self.address = "0x" + keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:].hex()
        self.nonce = 0

    def sign(self, to, data=b"", gas=21_000, value=1, nonce=None, tip=1_000_000_000):
        """The next transaction (EIP-1559) as eth_getTransactionByHash gives it while it is pending."""
        if nonce is None:
            nonce, self.nonce = self.nonce, self.nonce + 1
        fee = 50_000_000_000
        fields = [CHAIN_ID, nonce, tip, fee, gas, bytes.fromhex(to[2:]), value, data, []]
        digest = int.from_bytes(keccak256(b"\x02" + rlp(fields)), "big")
        s, parity = K_INVERSE * (digest + R * self.key) % N, R_POINT[1] & 1
        if s > N // 2:
            s, parity = N - s, parity ^ 1
        hash_ = "0x" + keccak256(b"\x02" + rlp(fields + [parity, R, s])).hex()
        return {"blockHash": None, "blockNumber": None, "transactionIndex": None, "hash": hash_, "type": "0x2",
                "chainId": hex(CHAIN_ID), "from": self.address, "to": to, "nonce": hex(nonce), "gas": hex(gas),
                "gasPrice": hex(fee), "maxFeePerGas": hex(fee), "maxPriorityFeePerGas": hex(tip),
                "value": hex(value), "input": "0x" + data.hex(), "accessList": [], "yParity": hex(parity),
                "v": hex(parity), "r": hex(R), "s": hex(s)}


class Accounts:
    """Senders in turn. `first`: where their numbers begin, so that two users do not share one."""

    def __init__(self, count=KEYS, first=0):
        self.first, self.count, self.made, self.turn = first, count, {}, 0

    def next(self):
        number, self.turn = self.first + self.turn % self.count, self.turn + 1
        if number not in self.made:
            self.made[number] = Account(number)
        return self.made[number]

    def transfer(self):
        return self.next().sign("0x00000000000000000000000000000000000000aa")
