// Pending transactions are executed before they are mined, on a real node's state, and what the
// chain then says of them is what we said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanUps, loadOn, mine, rpc, startEnvironment } from './support/environment.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kSwaps = ['swap_exact_eth_for_tokens', 'swap_exact_tokens_for_tokens', 'swap_exact_tokens_for_eth',
    'swap_eth_for_exact_tokens', 'swap_tokens_for_exact_tokens'];
// The run that misses everything, one with what the node named, one with what that did not name.
const kRoundsWithPrefetch = 4;

async function metric(api, name) {
    const text = await (await api.request('/metrics')).text();
    const line = text.split('\n').find((each) => each.startsWith(`viz_api_${name} `));
    return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Mines a block two seconds after the one before, whatever the clock says. */
async function mineInTime({ httpUrl }) {
    const { timestamp } = await rpc(httpUrl, 'eth_getBlockByNumber', ['latest', false]);
    await rpc(httpUrl, 'evm_setNextBlockTimestamp', [Number(timestamp) + 2]);
    return mine(httpUrl);
}

const completed = async (api) =>
    (await api.events({ types: 'SimCompleted' })).map((event) => event.payload.data);

test('swaps are simulated on the newest block, and mined as simulated', async () => {
    const { api, node } = await startEnvironment(atEnd, { settings: { VIZ_API_SIM_SINGLES: 'swaps' } });
    const traffic = await loadOn(node);
    await mineInTime(node);
    await mineInTime(node);
    await until('a block was carried over', async () => (await metric(api, 'sim_blocks_total{state="carried_over"}')) > 0);
    const before = await metric(api, 'sim_blocks_total{state="carried_over"}');

    const sent = [];
    for (let block = 0; block < 5; block++) {
        for (let i = 0; i < 8; i++) {
            const entry = await traffic.step(i % 2 ? kSwaps[(block * 4 + i) % kSwaps.length] : 'erc20_transfer');
            if (entry) sent.push(entry);
        }
        const swaps = sent.filter((entry) => kSwaps.includes(entry.kind));
        await until('all swaps are simulated', async () => (await completed(api)).length === swaps.length,
            { seen: async () => (await completed(api)).length });
        await traffic.onBlock(await mineInTime(node));
    }

    const all = await completed(api);
    const dispatched = (await api.events({ types: 'SimDispatched' })).map((event) => event.payload.data);
    assert.deepEqual(dispatched.map((one) => one.sim_id).sort(), all.map((one) => one.sim_id).sort());
    const swaps = new Set(sent.filter((entry) => kSwaps.includes(entry.kind)).map((entry) => entry.hash));
    assert.deepEqual(new Set(all.map((one) => one.hash)), swaps, 'swaps, and nothing but swaps');

    let exact = 0;
    for (const sim of all) {
        const receipt = await rpc(node.httpUrl, 'eth_getTransactionReceipt', [sim.hash]);
        assert.equal(sim.status === 'succeeded', receipt.status === '0x1', `${sim.hash} ${sim.fail_category}`);
        assert.equal(sim.block_number, Number(receipt.blockNumber) - 1, 'on the state of the block before');
        if (sim.gas_used === Number(receipt.gasUsed) && sim.log_count === receipt.logs.length) exact++;
    }
    // Of those of the same pool the first changes what the others meet.
    assert.ok(exact >= all.length / 2, `${exact} of ${all.length} to the last gas`);

    const asked = (result) => metric(api, `state_prefetch_total{by="sim",result="${result}"}`);
    assert.ok(await asked('listed') > 0, 'the node said what transactions would touch');
    for (const result of ['method_unknown', 'malformed', 'unanswered']) assert.equal(await asked(result), 0, result);
    assert.ok(all.some((sim) => sim.rounds > 1), 'state was fetched');
    assert.ok(all.every((sim) => sim.rounds <= kRoundsWithPrefetch), `rounds: ${all.map((sim) => sim.rounds)}`);

    await until('every one is compared with the chain', async () =>
        (await metric(api, 'sim_parity_total{result="match"}')) === swaps.size,
    { seen: async () => ({ match: await metric(api, 'sim_parity_total{result="match"}'), of: swaps.size }) });
    assert.equal(await metric(api, 'sim_parity_total{result="mismatch"}'), 0);
    assert.equal(await metric(api, 'sim_parity_total{result="unchecked"}'), 0);
    assert.equal(await metric(api, 'sim_blocks_total{state="carried_over"}'), before + 5, 'no block was begun anew');

    const last = all.at(-1);
    const latest = await api.get('/sim/latest');
    assert.equal(latest.sim_id, last.sim_id);
    const one = await api.get(`/sim/${all[0].sim_id}`);
    assert.equal(one.tx_hash, all[0].hash);
    assert.equal(one.status, 'succeeded');
    assert.equal(one.gas_used, all[0].gas_used);
    assert.equal((await api.request(`/sim/0x${'ab'.repeat(32)}`)).status, 404);
    assert.equal((await api.request('/sim/nonsense')).status, 400);
});

test('a node that is away costs simulations and nothing else', async () => {
    const { api, node } = await startEnvironment(atEnd, { settings: { VIZ_API_SIM_SINGLES: 'all' } });
    const traffic = await loadOn(node);
    await mine(node.httpUrl);
    await until('the block is known to sim', async () => (await metric(api, 'sim_blocks_total{state="begun_anew"}')) > 0);
    const { hash } = await traffic.step('transfer');
    const { sim_id: shown } = await until('it is simulated', async () =>
        (await completed(api)).find((sim) => sim.hash === hash));
    await node.stop();
    assert.equal((await api.request('/ready')).status, 200);
    assert.equal((await api.get(`/sim/${shown}`)).status, 'succeeded', 'what was shown stays');
    const stopped = await api.stop();
    assert.equal(stopped.code, 0);
});

test('without being asked to, it asks the node for no state', async () => {
    const { api, node } = await startEnvironment(atEnd);
    const traffic = await loadOn(node);
    await traffic.step('swap_exact_eth_for_tokens');
    await until('it is decoded', async () => (await api.events({ types: 'TxDecoded' })).length > 0);
    await mine(node.httpUrl);
    await until('it is confirmed', async () => (await api.events({ types: 'TxConfirmedProvisional' })).length > 0);
    assert.equal((await api.request('/sim/latest')).status, 404);
    assert.deepEqual(await completed(api), []);
});
