// Search, simulation and assembly in processes of their own, over ipc or over tcp with keys: what is
// found, proved and decided is the same as in one process, which runs beside it on the same node.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { chainOf, cleanUps } from './support/environment.mjs';
import { kEther, startMarket } from './support/market.mjs';
import { temporaryFolder } from './support/process.mjs';
import { kSearching, startSplit } from './support/parts.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kTypes = ['OppDetected', 'CandidateQueued', 'SimDispatched', 'SimCompleted', 'AssemblyDecisionApplied'];
let market; // with the whole in one process
let victims = 0;
before(async () => {
    market = await startMarket(atEnd);
});

/** What is reported about a victim's opportunity on that block, except for what differs from run to run. */
async function reported(api, hash, height) {
    const events = (await api.events({ types: kTypes.join(',') })).filter(({ payload: { data } }) =>
        data.hash === hash && (data.block_number === height || data.target_block === height + 1));
    return events.map(({ payload: { type, data } }) => {
        const { detected_unix_ms: _detected, state_age_ms: _age, duration_us: _took, rounds: _fetches, ...lasting } = data;
        return JSON.stringify({ type, ...lasting });
    }).sort();
}
const isDecided = async (...of) =>
    (await reported(...of)).some((each) => JSON.parse(each).type === 'AssemblyDecisionApplied');

for (const transport of ['ipc', 'tcp']) {
    for (const component of [...kSearching, 'sim']) {
        test(`${component} on its own, over ${transport}: the same is found, proved and decided`, async () => {
            const folder = temporaryFolder();
            atEnd(folder.remove);
            const { main, remote, api } = await startSplit({
                chains: [chainOf([market.node])], folder: folder.path, transport, component, atEnd,
                more: { VIZ_API_SEARCH: 'on' } });
            await until('the chain is subscribed', async () =>
                (await api.get('/chains/status')).some((chain) => chain.state === 'subscribed'));
            // From the first block that they see on, they have a state to run on; what is pending by
            // then is searched.
            await market.mine();
            const height = await market.height();
            const { hash } = await market.buy(1 + (victims++ % 10), market.tokens[0], 20n * kEther, 3n);
            for (const each of [api, market.api])
                await until('it is decided', () => isDecided(each, hash, height), {
                    deadlineMs: 60_000, seen: () => reported(each, hash, height) });
            assert.deepEqual(await reported(api, hash, height), await reported(market.api, hash, height));
            await market.mine();
            for (const process of [remote, main]) assert.equal((await process.stop()).code, 0, process.log.slice(-2000));
        });
    }
}
