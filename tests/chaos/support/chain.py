"""The chain that the scripted node serves: blocks, pending transactions, and contracts' state."""
import threading
import time

from support.transactions import CHAIN_ID

ZERO = "0x" + "0" * 64
EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
NO_UNCLES = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
KEPT_TRANSACTIONS = 200_000


class NoMethod(Exception):
    """The node does not know the method."""


class Chain:
    def __init__(self, first_block=1000):
        self.lock = threading.RLock()
        self.chain_id = CHAIN_ID
        self.made = 0
        self.clock_offset_s = 0
        self.blocks = []       # canonical, by number - first_block
        self.by_hash = {}
        self.transactions = {}
        self.pool = {}
        self.nonces = {}
        self.contracts = {}    # address: (code, function from slot to value)
        self.first_block = first_block
        self.add(first_block, ZERO, [])

    def add(self, number, parent, transactions, timestamp=None):
        with self.lock:
            self.made += 1
            block_hash = f"0x{number:016x}{self.made:016x}{id(self) & 0xffffffff:032x}"
            # Blocks come faster than by one a second here, and none is from the future.
            timestamp = int(time.time()) + self.clock_offset_s if timestamp is None else timestamp
            mined = [tx | {"blockHash": block_hash, "blockNumber": hex(number), "transactionIndex": hex(i)}
                     for i, tx in enumerate(transactions)]
            block = {"number": hex(number), "hash": block_hash, "parentHash": parent, "timestamp": hex(timestamp),
                     "miner": "0x" + "c0" * 20, "difficulty": "0x0", "gasLimit": "0x1c9c380",
                     "gasUsed": hex(21_000 * len(mined)), "baseFeePerGas": "0x7", "mixHash": ZERO,
                     "nonce": "0x0000000000000000", "sha3Uncles": NO_UNCLES, "uncles": [], "extraData": "0x",
                     "receiptsRoot": EMPTY_ROOT, "stateRoot": EMPTY_ROOT, "transactionsRoot": EMPTY_ROOT,
                     "logsBloom": "0x" + "0" * 512, "size": "0x220", "transactions": mined}
            for tx in mined:
                self.transactions[tx["hash"]] = tx
                self.pool.pop(tx["hash"], None)
                self.nonces[tx["from"]] = int(tx["nonce"], 16) + 1
            self.by_hash[block_hash] = block
            self.blocks.append(block)
            if len(self.blocks) > 2000:
                del self.by_hash[self.blocks.pop(0)["hash"]]
                self.first_block += 1
            return block

    def tip(self):
        return self.blocks[-1]

    def mine(self, transactions=()):
        with self.lock:
            tip = self.tip()
            return self.add(int(tip["number"], 16) + 1, tip["hash"], list(transactions))

    def take_back(self, depth):
        with self.lock:
            del self.blocks[-min(depth, len(self.blocks) - 1):]

    def know(self, tx):
        with self.lock:
            self.transactions[tx["hash"]] = tx
            self.pool[tx["hash"]] = tx
            while len(self.pool) > 2000:
                self.pool.pop(next(iter(self.pool)))
            while len(self.transactions) > KEPT_TRANSACTIONS:
                self.transactions.pop(next(iter(self.transactions)))

    @staticmethod
    def header(block):
        return {key: value for key, value in block.items() if key != "transactions"}

    def _block(self, tag):
        if tag in ("latest", "safe", "finalized"):
            return self.tip()
        if tag == "pending":
            return self.tip() | {"transactions": list(self.pool.values())[-200:]}
        at = int(tag, 16) - self.first_block
        return self.blocks[at] if 0 <= at < len(self.blocks) else None

    def _whole(self, block, full):
        if block is None or full:
            return block
        return block | {"transactions": [tx["hash"] for tx in block["transactions"]]}

    def _receipt(self, tx_hash):
        tx = self.transactions.get(tx_hash)
        if tx is None or tx["blockHash"] is None:
            return None
        return {"transactionHash": tx_hash, "blockHash": tx["blockHash"], "blockNumber": tx["blockNumber"],
                "transactionIndex": tx["transactionIndex"], "from": tx["from"], "to": tx["to"], "status": "0x1",
                "gasUsed": "0x5208", "cumulativeGasUsed": "0x5208", "logs": [], "logsBloom": "0x" + "0" * 512,
                "type": tx["type"], "effectiveGasPrice": "0x7", "contractAddress": None}

    def _code(self, address):
        """24 KiB of its own for each account whose address begins with 0xc0de."""
        if address.startswith("0xc0de"):
            return "0x00" + address[2:] + "5b" * (24_576 - 21)
        return self.contracts[address][0] if address in self.contracts else "0x"

    def result(self, method, params):
        """What eth_… answers; NoMethod where the node has no such method."""
        first = params[0] if params else None
        with self.lock:
            if method == "eth_chainId":
                return hex(self.chain_id)
            if method == "eth_blockNumber":
                return self.tip()["number"]
            if method == "eth_getTransactionByHash":
                return self.transactions.get(first)
            if method == "eth_getTransactionReceipt":
                return self._receipt(first)
            if method == "eth_getBlockByHash":
                return self._whole(self.by_hash.get(first), params[1])
            if method == "eth_getBlockByNumber":
                return self._whole(self._block(first), params[1])
            if method == "eth_getTransactionCount":
                return hex(1 if first in self.contracts else self.nonces.get(first, 0))
            if method == "eth_getBalance":
                return hex(10**21)
            if method == "eth_getCode":
                return self._code(first)
            if method == "eth_getStorageAt":
                value = self.contracts[first][1](int(params[1], 16)) if first in self.contracts else 0
                return f"0x{value:064x}"
            if method == "txpool_content":
                pending = {}
                for tx in self.pool.values():
                    pending.setdefault(tx["from"], {})[str(int(tx["nonce"], 16))] = tx
                return {"pending": pending, "queued": {}}
        raise NoMethod(method)
