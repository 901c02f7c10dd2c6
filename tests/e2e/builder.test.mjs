// From a victim in the pool to a relay: the sandwich is chosen for the next block, its bundle is tried
// at the relays that are configured, and what they said is there over HTTP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, startMarket } from './support/market.mjs';
import { startRelay, taken } from './support/relay.mjs';
import { cleanUps, rpc } from './support/environment.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();

test('a sandwich that is found is chosen for the next block and tried at a relay', async () => {
    const relay = await startRelay(atEnd, taken);
    const market = await startMarket(atEnd, { settings: { VIZ_API_RELAY_URLS: `${relay.url}/path-with-a-key` } });
    const { api, url } = market;
    const { hash } = await market.buy(1, market.tokens[0], 20n * kEther, 3n);
    const reported = (type) => market.reported(type, (each) => each.hash === hash);

    const [submitted] = await until('the bundle is tried', async () => {
        const all = await reported('BundleSubmitted');
        return all.length > 0 && all;
    }, { seen: async () => ({ decisions: await reported('AssemblyDecisionApplied') }) });
    const [done] = await reported('SimCompleted');
    const [included] = await reported('AssemblyDecisionApplied');
    assert.equal(included.decision, 'included');
    assert.equal(included.candidate_id, done.candidate_id);
    assert.equal(included.net_wei, done.net_wei);
    assert.equal(included.target_block, done.block_number + 1);

    assert.equal(submitted.accepted, true, JSON.stringify(submitted));
    assert.equal(submitted.relay_url, relay.url, 'without the key');
    const request = relay.asked[0];
    assert.equal(request.method, 'eth_callBundle');
    assert.equal(Number(request.params[0].blockNumber), included.target_block);
    assert.deepEqual(request.params[0].txs, [await rpc(url, 'eth_getRawTransactionByHash', [hash])],
        'what is signed, and nothing made up beside it');

    const snapshot = await api.get('/builder/snapshot');
    assert.equal(snapshot.blocks[0].entries[0].candidate_id, done.candidate_id);
    assert.equal(snapshot.blocks[0].total_net_wei, done.net_wei);
    const bundle = await api.get(`/bundle/${submitted.bundle_id}`);
    assert.deepEqual(bundle.tx_hashes, [hash]);
    assert.deepEqual(await api.get('/bundle/latest'), bundle);
    assert.deepEqual(await api.get(`/bundle/${done.candidate_id}`), bundle);
    const status = await api.get('/relay/dry-run/status');
    assert.equal(status.total_accepted, 1);
    assert.equal(status.latest.final_state, 'accepted');
    assert.equal((await api.get('/builder/metrics')).included_total, 1);

    await market.mine();
    await until('the victim is mined as the bundle had it', async () =>
        /viz_api_relay_bundle_included_total 1\b/.test(await (await api.request('/metrics')).text()));
    await until('the block has made room', async () =>
        (await api.get('/builder/snapshot')).blocks.every((block) => block.entries.length === 0));
});

test('a relay that fails is reported, and paused', async () => {
    const relay = await startRelay(atEnd, () => ({ status: 503, text: 'busy' }));
    const market = await startMarket(atEnd, { settings: {
        VIZ_API_RELAY_URLS: relay.url, VIZ_API_RELAY_RETRY_ATTEMPTS: '1', VIZ_API_RELAY_RETRY_BACKOFF_MS: '1' } });
    const { api } = market;
    await market.buy(1, market.tokens[0], 20n * kEther, 3n);
    const status = await until('the relay was asked', async () => {
        const now = await api.get('/relay/dry-run/status');
        return now.total_failed > 0 && now;
    });
    assert.equal(status.total_accepted, 0);
    assert.equal(status.latest.accepted, false);
    assert.deepEqual(status.latest.attempts.map(({ attempt, http_status, error }) => ({ attempt, http_status, error })), [
        { attempt: 1, http_status: 503, error: 'http_5xx' }, { attempt: 2, http_status: 503, error: 'http_5xx' }]);
    assert.match(await (await api.request('/metrics')).text(), /viz_api_relay_success_rate 0\b/);
});
