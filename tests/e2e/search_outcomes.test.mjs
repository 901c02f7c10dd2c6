// An opportunity that does not come true says why: its victim was dropped, or replaced by a
// transaction that is named, as lifecycle has it; also with the search in a process of its own.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { kEther, middle, startMarket } from './support/market.mjs';
import { startSplit } from './support/parts.mjs';
import { temporaryFolder } from './support/process.mjs';
import { until } from './support/until.mjs';
import { chainOf, cleanUps, kGwei, rpc, subscribed } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 20n * kEther; // by victims
const kSettings = { VIZ_API_SEARCH: 'on', VIZ_API_DROP_AFTER_SECS: '1' };
let market; // with the whole in one process
let victims = 0;
before(async () => {
    market = await startMarket(atEnd, { settings: kSettings });
});

/** A service that watches the market, with the search in a process of its own or not. */
async function watching(where) {
    if (where === 'the same process') return market.api;
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const { api } = await startSplit({ chains: [chainOf([market.node])], folder: folder.path,
        transport: where, component: 'search', atEnd, more: kSettings });
    await subscribed(api);
    await market.mine(); // from the first block that it sees on, it has a state to search on
    return api;
}

/** A swap with slack that a sandwich has been found for on the newest block: {victim, found}. */
async function victimOf(api) {
    const height = await market.height();
    const victim = await market.buy(1 + (victims++ % 10), market.tokens[0], kPaid, 3n);
    const found = await until('its sandwich is found', async () =>
        (await foundFor(api, victim.hash)).find((each) => each.block_number === height), { deadlineMs: 30_000 });
    return { victim, found };
}
const foundFor = async (api, hash) =>
    (await api.get('/opps')).filter((each) => each.strategy === 'sandwich' && each.member_tx_hashes.includes(hash));
const recorded = (api, type, hash) => until(`${type} is recorded`, async () =>
    (await api.events({ types: type })).find((each) => each.payload.data.hash === hash)?.payload.data, { deadlineMs: 30_000 });
const drop = (hash) => rpc(market.url, 'anvil_dropTransaction', [hash]);

/** Its reported outcome in the block that is mined now. */
async function outcomeOf(api, victim, found) {
    await market.mine();
    return until('its outcome is reported', async () =>
        (await foundFor(api, victim.hash)).find((each) => each.candidate_id === found.candidate_id)?.outcome);
}

for (const where of ['the same process', 'ipc', 'tcp']) {
    test(`a victim that the node dropped is reported as dropped, and not searched again (search: ${where})`, async () => {
        const api = await watching(where);
        const { victim, found } = await victimOf(api);
        await drop(victim.hash);
        const dropped = await recorded(api, 'TxDropped', victim.hash);
        assert.equal(dropped.reason, 'absent_from_pool');
        const outcome = await outcomeOf(api, victim, found);
        assert.equal(outcome.outcome, 'victim_dropped');
        assert.equal(outcome.reason, 'absent_from_pool');
        assert.equal(outcome.by, null);
        assert.equal(outcome.block_number, found.block_number + 1);

        const next = await victimOf(api);
        assert.equal((await foundFor(api, victim.hash)).length, 1, 'only as long as it was pending');
        await drop(next.victim.hash);
        await recorded(api, 'TxDropped', next.victim.hash);
    });

    test(`a victim replaced in the pool names what replaced it, mined or not (search: ${where})`, async () => {
        const api = await watching(where);
        const { victim, found } = await victimOf(api);
        const trader = await market.trader(1 + ((victims - 1) % 10));
        const { hash } = await trader.send({ ...middle, nonce: victim.tx.nonce, to: trader.address, value: 0n, gas: 21_000n,
            maxFeePerGas: victim.tx.maxFeePerGas + 10n * kGwei, maxPriorityFeePerGas: victim.tx.maxPriorityFeePerGas + 10n * kGwei });
        const replaced = await recorded(api, 'TxReplaced', victim.hash);
        assert.equal(replaced.replaced_by, hash);
        await drop(hash);
        const outcome = await outcomeOf(api, victim, found);
        assert.equal(outcome.outcome, 'victim_replaced');
        assert.equal(outcome.by, hash);
        assert.equal(outcome.reason, replaced.reason);
    });
}
