// What an operator adds to the protocol registry reaches a running search with SIGHUP: pools of a
// factory that was not known are found and traded through; a bad file changes nothing.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import { kEther, startMarket } from './support/market.mjs';
import { secondMarket } from './support/second_market.mjs';
import { cleanUps } from './support/environment.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kNoSlack = 0n; // which bears no sandwich

async function reload(market, result) {
    const count = async () => {
        const text = await (await market.api.request('/metrics')).text();
        return Number(new RegExp(`registry_reloads_total{result="${result}"} (\\d+)`).exec(text)?.[1] ?? 0);
    };
    const before = await count();
    market.api.child.kill('SIGHUP');
    await until(`a reload ended as ${result}`, async () => (await count()) > before);
}

test('a factory that is named while the service runs is searched without a restart', async () => {
    const market = await startMarket(atEnd, {
        prepare: async (all) => ({ second: await secondMarket(2000n)(all) }) });
    const [token] = market.tokens;
    const { factories } = market.second;
    // Through the pools that are known there is no round behind this swap.
    const alone = await market.buy(1, token, 40n * kEther, kNoSlack);
    const bait = await market.buy(3, market.tokens[1], 20n * kEther, 3n);
    await market.opportunity('the sandwich behind it', (each) => each.hash === bait.hash);
    assert.deepEqual(await market.reported('OppDetected', (each) => each.hash === alone.hash), []);

    market.tellOf(factories);
    await reload(market, 'ok');
    const after = await market.buy(4, token, 40n * kEther, kNoSlack);
    const first = await market.opportunity('the round through both', (each) => each.hash === after.hash);
    assert.equal(first.found.strategy, 'backrun');
    market.assertPlain(first);

    // A file that is bad: what was known stays known.
    appendFileSync(market.overlay, '}');
    await reload(market, 'not_json');
    const later = await market.buy(5, token, 45n * kEther, kNoSlack);
    const second = await market.opportunity('another round', (each) => each.member_tx_hashes.includes(later.hash));
    assert.equal(second.found.strategy, 'backrun');
    market.assertPlain(second);

    // A head is searched in all that is known by then.
    await market.mine();
    const height = await market.height();
    const { found } = await market.opportunity('the arbitrage that the swaps left', (each) =>
        each.strategy === 'arb' && each.block_number === height);
    assert.deepEqual(found.member_tx_hashes, []);
});
