// Any component may run in a process of its own, over ipc or over tcp with keys: what is recorded
// is the same as in one process, which runs beside it on the same node.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assertGapless, chainOf, cleanUps, kFinalityDepth, mine, Sender, startEnvironment } from './support/environment.mjs';
import { temporaryFolder } from './support/process.mjs';
import { kComponents, startSplit } from './support/parts.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kSettings = { VIZ_API_SIM_SINGLES: 'all' };
let environment; // the whole in one process
let sender;
before(async () => {
    environment = await startEnvironment(atEnd, { settings: kSettings });
    sender = new Sender(environment.node, 1);
});

/** Everything that is reported about a transaction, except for what differs from run to run. */
async function reported(api, hash) {
    const events = (await api.events()).filter((event) => event.payload.data.hash === hash);
    return events.map(({ payload: { type, data } }) => {
        const { first_seen_unix_ms: _seen, inclusion_delay_ms: _delay, state_age_ms: _age, duration_us: _took,
            rounds: _fetches, ...lasting } = data;
        return JSON.stringify({ type, ...lasting });
    }).sort();
}

async function assertSameAsInOneProcess(api, hashes) {
    for (const hash of hashes) {
        await environment.api.untilStatus(hash, 'confirmed_final');
        await api.untilStatus(hash, 'confirmed_final');
        assert.deepEqual(await reported(api, hash), await reported(environment.api, hash));
        const [here, there] = [await api.transaction(hash), await environment.api.transaction(hash)];
        for (const field of ['protocol', 'category', 'mev_score', 'urgency_score', 'included_block_hash', 'raw_tx_len'])
            assert.deepEqual(here[field], there[field], field);
    }
    assertGapless(assert, (await api.events()).map((event) => event.seq_id), 1);
}

const isSimulated = async (api, hash) =>
    (await api.events({ types: 'SimCompleted' })).some((event) => event.payload.data.hash === hash);

/** From the first block that it sees on, sim has a state to run on. */
async function untilSimulating(apis) {
    await until('transactions are simulated', async () => {
        await mine(environment.url);
        const { hash } = await sender.send();
        for (const api of apis) await api.untilStatus(hash, 'ready');
        return (await Promise.all(apis.map((api) => isSimulated(api, hash)))).every(Boolean);
    }, { everyMs: 100, deadlineMs: 20000 });
}

for (const transport of ['ipc', 'tcp']) {
    for (const component of kComponents) {
        test(`${component} on its own, over ${transport}: the same events are recorded`, async () => {
            const folder = temporaryFolder();
            atEnd(folder.remove);
            const { main, remote, api } = await startSplit({
                chains: [chainOf([environment.node])], folder: folder.path, transport, component, atEnd, more: kSettings });
            await until('the chain is subscribed', async () =>
                (await api.get('/chains/status')).some((chain) => chain.state === 'subscribed'));
            await untilSimulating([api, environment.api]);
            const hashes = [];
            for (let i = 0; i < 10; i++) hashes.push((await sender.send()).hash);
            const at = { nonce: sender.next + 1 };
            const blocked = await sender.send(at);
            for (const hash of hashes) await api.untilStatus(hash, 'ready');
            const gap = await sender.send({ nonce: at.nonce - 1 });
            hashes.push(gap.hash, blocked.hash);
            for (const hash of hashes) for (const one of [api, environment.api]) await one.untilStatus(hash, 'ready');
            await until('all are simulated', async () =>
                (await Promise.all(hashes.flatMap((hash) => [isSimulated(api, hash), isSimulated(environment.api, hash)]))).every(Boolean));
            await mine(environment.url);
            for (const hash of hashes) for (const one of [api, environment.api]) await one.untilStatus(hash, 'confirmed_provisional');
            await mine(environment.url, kFinalityDepth + 1);
            await assertSameAsInOneProcess(api, hashes);
            for (const process of [remote, main]) assert.equal((await process.stop()).code, 0, process.log.slice(-2000));
        });
    }
}
