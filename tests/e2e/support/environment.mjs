// A node, a viz-api that follows it, and accounts to send from; all gone when the test file ends.
import { after } from 'node:test';
import { startNode } from '../../../tools/devnet/node.mjs';
import { mine, rpc } from '../../../tools/devnet/rpc.mjs';
import { accountAt, constantBlob, sign } from '../../../tools/devnet/wallet.mjs';
import { Traffic, roles, seededRandom } from '../../../tools/devnet/traffic.mjs';
import { deployContracts } from '../../../tools/devnet/contracts.mjs';
import { temporaryFolder, VizApi } from './process.mjs';
import { until } from './until.mjs';

export { accountAt, constantBlob, mine, rpc, sign, startNode };
export const kGwei = 1_000_000_000n;
export const kFinalityDepth = 3;

/** Runs clean-ups last to first after the last test of the file, whatever fails. */
export function cleanUps() {
    const all = [];
    after(async () => {
        for (const one of all.reverse()) await one();
    });
    return (one) => all.push(one);
}

export function chainOf(endpoints, more = {}) {
    return {
        chain_key: 'devnet', chain_id: 31337, source_id: 'anvil', finality_depth: kFinalityDepth,
        endpoints: endpoints.map(({ wsUrl, httpUrl, sourceId }) => ({
            ws_url: wsUrl, http_url: httpUrl, ...(sourceId ? { source_id: sourceId } : {}) })),
        ...more,
    };
}

/** For tests of one node and one viz-api: starts both. */
export async function startEnvironment(atEnd, { settings = {}, chain = {} } = {}) {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const api = await VizApi.start({ chains: [chainOf([node], chain)], folder: folder.path, settings });
    atEnd(() => api.stop());
    await subscribed(api);
    return { node, api, folder: folder.path, url: node.httpUrl };
}

export function subscribed(api, deadlineMs = 15000) {
    return until('the chain is subscribed', async () => {
        const chains = await api.get('/chains/status');
        return chains.length > 0 && chains.every((chain) => chain.state === 'subscribed');
    }, { deadlineMs, seen: () => api.get('/chains/status') });
}

/** An account that sends; its nonces go up by themselves unless one is given. */
export class Sender {
    constructor(node, index) {
        this.node = node;
        this.account = accountAt(index);
        this.address = this.account.address.toLowerCase();
        this.next = 0;
    }

    /** Signs only: {hash, raw, tx, canonicalLength}. */
    async sign(fields = {}) {
        const tx = {
            type: 'eip1559', chainId: this.node.chainId, to: accountAt(23).address, value: 1n, gas: 21000n,
            maxFeePerGas: 20n * kGwei, maxPriorityFeePerGas: kGwei, nonce: this.next, ...fields };
        if (tx.type === 'legacy' || tx.type === 'eip2930') {
            delete tx.maxFeePerGas;
            delete tx.maxPriorityFeePerGas;
            tx.gasPrice ??= 20n * kGwei;
        }
        this.next = Math.max(this.next, tx.nonce + 1);
        const { raw, hash } = await sign(this.account, tx);
        const canonical = tx.sidecars ? await this.account.signTransaction({ ...tx, sidecars: false }) : raw;
        return { hash, raw, tx, canonicalLength: (canonical.length - 2) / 2 };
    }

    async send(fields) {
        const signed = await this.sign(fields);
        await rpc(this.node.httpUrl, 'eth_sendRawTransaction', [signed.raw]);
        return signed;
    }
}

/** Fails unless seq_ids are 1, 2, 3, … (or first, first + 1, …) without gap or repeat. */
export function assertGapless(assert, ids, first = ids[0]) {
    ids.forEach((id, index) => assert.equal(id, first + index, `seq_id at place ${index}`));
}

/** The devnet's traffic on a node, stepwise: for tests that need load. */
export async function loadOn(node, { seed = 1, journal = () => {} } = {}) {
    const accounts = Array.from({ length: roles.delegator[1] + 1 }, (_, index) => accountAt(index));
    const [first, last] = roles.trader;
    const contracts = await deployContracts({
        url: node.httpUrl, chainId: node.chainId, owner: accounts[0], traders: accounts.slice(first, last + 1) });
    return new Traffic({
        url: node.httpUrl, chainId: node.chainId, accounts, contracts, random: seededRandom(seed), journal });
}
