// What was shown of finds, simulations, bundles and relays is shown again by a process that was
// killed and started anew on its record: all of it, nothing else, and nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, startMarket } from './support/market.mjs';
import { startRelay, taken } from './support/relay.mjs';
import { assertGapless, cleanUps } from './support/environment.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();

/** Waits until the bundle of that victim's sandwich was tried; {found, done, submitted}. */
async function tried(market, hash) {
    const about = (each) => each.hash === hash;
    const { found, done } = await market.opportunity('the sandwich', about);
    const [submitted] = await until('its bundle is tried', async () => {
        const all = await market.reported('BundleSubmitted', about);
        return all.length > 0 && all;
    });
    return { found, done, submitted };
}

test('what was shown before a kill is shown after it, and goes on', async () => {
    const relay = await startRelay(atEnd, taken);
    const market = await startMarket(atEnd, { settings: { VIZ_API_RELAY_URLS: relay.url } });
    const mined = await market.buy(1, market.tokens[0], 20n * kEther, 3n);
    const first = await tried(market, mined.hash);
    await market.mine();
    await until('its outcome is known', async () =>
        (await market.api.get('/opps')).some((each) => each.candidate_id === first.found.candidate_id && each.outcome));
    const waiting = await market.buy(3, market.tokens[1], 20n * kEther, 3n);
    const second = await tried(market, waiting.hash);

    const routes = ['/opps', '/sim/latest', '/sim/parity', '/bundle/latest', '/relay/dry-run/status',
        '/builder/snapshot', '/builder/metrics',
        ...[first, second].flatMap(({ found, done, submitted }) => [
            `/sim/${done.sim_id}`, `/sim/${found.candidate_id}`,
            `/bundle/${submitted.bundle_id}`, `/bundle/${found.candidate_id}`]),
        ...[mined, waiting].map(({ hash }) => `/tx/${hash}/exposure`)];
    const shown = async () => Object.fromEntries(await Promise.all(
        routes.map(async (route) => [route, await market.api.get(route)])));
    const before = await shown();
    assert.ok(before['/builder/snapshot'].blocks[0].entries.length > 0, 'one is chosen for the block to come');
    assert.equal(before['/relay/dry-run/status'].total_submissions, 2);

    await market.api.kill();
    await market.start();
    assert.deepEqual(await shown(), before);

    // A block that passes says so too, and what is found then is new and counted on.
    await market.mine();
    await until('the block has made room', async () =>
        (await market.api.get('/builder/snapshot')).blocks.every((block) => block.entries.length === 0));
    const later = await market.buy(4, market.tokens[0], 20n * kEther, 3n);
    const third = await tried(market, later.hash);
    const ids = ({ found, done, submitted }) => [found.candidate_id, done.sim_id, submitted.bundle_id];
    assert.equal(new Set([first, second, third].flatMap(ids)).size, 9, 'each has ids of its own');
    assert.equal((await market.api.get('/relay/dry-run/status')).total_submissions, 3);
    const opps = (await market.api.get('/opps')).map((each) => each.candidate_id);
    assert.equal(new Set(opps).size, opps.length, 'none is listed twice');
    assertGapless(assert, (await market.api.events()).map((event) => event.seq_id), 1);
});

test('a block that was mined while nobody was there is not one to come', async () => {
    const relay = await startRelay(atEnd, taken);
    const market = await startMarket(atEnd, { settings: { VIZ_API_RELAY_URLS: relay.url } });
    const { hash } = await market.buy(1, market.tokens[0], 20n * kEther, 3n);
    const { found, submitted } = await tried(market, hash);
    await market.api.kill();
    await market.mine();
    await market.start();
    await until('the block is known', async () => (await market.api.transaction(hash)).included_block !== null);
    await until('it is not one to come any longer', async () =>
        (await market.api.get('/builder/snapshot')).blocks.every((block) => block.entries.length === 0));
    assert.equal((await market.api.get(`/bundle/${submitted.bundle_id}`)).submissions[0].final_state, 'accepted');

    const became = () => market.api.get('/opps')
        .then((all) => all.find((each) => each.candidate_id === found.candidate_id).outcome);
    const once = await until('the find is reported as unexamined', became);
    assert.equal(once.outcome, 'unexamined');
    assert.equal(once.reason, 'restarted');
    await market.api.kill();
    await market.start();
    await market.mine();
    await until('a block passes', async () => (await market.api.get('/chains/status'))[0].head_block === (await market.height()));
    const later = await market.buy(2, market.tokens[1], 20n * kEther, 3n);
    await tried(market, later.hash);
    assert.deepEqual(await became(), once, 'it is reported once: a second report would name a later block');
});
