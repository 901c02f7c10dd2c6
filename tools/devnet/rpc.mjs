// Minimal JSON-RPC over HTTP for the devnet and the tests.

export class RpcError extends Error {
    constructor(method, error) {
        super(`${method}: ${error.message ?? JSON.stringify(error)}`);
        this.code = error.code;
    }
}

let nextId = 1;

export async function rpc(url, method, params = [], { timeoutMs = 15000 } = {}) {
    const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params }),
        signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await response.json();
    if (body.error) throw new RpcError(method, body.error);
    return body.result;
}

/** Mines blocks and returns the new height. anvil's evm_mine returns before the height is known. */
export async function mine(url, blocks = 1) {
    await rpc(url, 'anvil_mine', [`0x${blocks.toString(16)}`]);
    return Number(await rpc(url, 'eth_blockNumber'));
}
