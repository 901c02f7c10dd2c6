// Pools out of line: what a round through them is said to bring is what it brings when it is mined,
// behind the swap that moves a pool and on its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, startMarket } from './support/market.mjs';
import { secondMarket } from './support/second_market.mjs';
import { cleanUps } from './support/environment.mjs';

const atEnd = cleanUps();
const kNoSlack = 0n; // which bears no sandwich

/** Buying at one router and selling all of it at the other. */
async function roundOf(market, searcher, capital, [cheap, dear]) {
    const there = [market.weth, market.tokens[0]];
    const bought = await market.quote(capital, there, cheap);
    return [market.sell(capital, there, searcher.address, cheap),
        market.sell(bought, there.slice().reverse(), searcher.address, dear)];
}

test('a swap that moves a pool out of line is followed by a round of exactly that profit', async () => {
    const market = await startMarket(atEnd, { prepare: secondMarket(2000n) });
    const { tokens, router, router2 } = market;
    const searcher = await market.searcher(2, { spenders: [router, router2] });
    const { hash } = await market.buy(1, tokens[0], 40n * kEther, kNoSlack);

    const { found, done } = await market.opportunity('the back-run', (each) => each.hash === hash);
    assert.equal(found.strategy, 'backrun');
    assert.deepEqual(found.member_tx_hashes, [hash]);
    assert.deepEqual(found.reasons.slice(0, 2), ['pools_out_of_line', 'after_pending'], JSON.stringify(found));
    market.assertPlain({ found, done });

    const round = await roundOf(market, searcher, BigInt(found.capital), [router2, router]);
    assert.equal(await market.mined(searcher, tokens[0], [hash, ...round]), done.profit, 'to the wei');
});

test('two pools out of line are an arbitrage of exactly that profit', async () => {
    const market = await startMarket(atEnd, { prepare: secondMarket(2100n) });
    const { tokens, router, router2 } = market;
    const searcher = await market.searcher(2, { spenders: [router, router2] });
    // A swap of the token has its pools looked for; once it is mined nothing is pending.
    const { hash } = await market.buy(1, tokens[0], kEther / 10n, kNoSlack);
    await market.opportunity('a round behind the swap', (each) => each.hash === hash);
    await market.mine();
    const height = await market.height();

    const { found, done } = await market.opportunity('the arbitrage',
        (each) => each.strategy === 'arb' && each.block_number === height);
    assert.deepEqual(found.member_tx_hashes, []);
    market.assertPlain({ found, done });

    const round = await roundOf(market, searcher, BigInt(found.capital), [router2, router]);
    assert.equal(await market.mined(searcher, tokens[0], round), done.profit, 'to the wei');

    // Taken: the state after it has none, though it was searched.
    const after = await market.height();
    const later = await market.buy(3, tokens[0], 20n * kEther, 3n);
    await market.opportunity('another find on that state', (each) => each.hash === later.hash && each.block_number === after);
    assert.deepEqual(await market.reported('OppDetected', (each) => each.strategy === 'arb' && each.block_number === after), []);
});
