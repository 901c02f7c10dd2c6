// The same for concentrated liquidity: swaps across ticks, in Uniswap's own V3 contracts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, middle, startMarket } from './support/market.mjs';
import { deployV3, v3Swap } from './support/uniswap_v3.mjs';
import { cleanUps } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 40n * kEther; // by victims

async function victimOf(market, index, slackPercent) {
    const victim = await market.trader(index);
    const path = [market.weth, market.tokens[0]];
    const swap = { recipient: victim.address, value: kPaid };
    const fair = await market.answer(victim.address, v3Swap(market, path, kPaid, swap));
    return victim.send({ ...middle, ...v3Swap(market, path, kPaid, { ...swap, least: fair * (100n - slackPercent) / 100n }) });
}

test('a sandwich in a V3 pool brings what was predicted when it is really mined', async () => {
    const market = await startMarket(atEnd, { prepare: deployV3 });
    const { weth, tokens, v3Router } = market;
    const searcher = await market.searcher(2, { spenders: [v3Router] });
    const me = searcher.address;
    const { hash } = await victimOf(market, 1, 3n);

    const { found, done } = await market.opportunity('the sandwich',
        (each) => each.hash === hash && each.strategy === 'sandwich');
    market.assertPlain({ found, done });

    const capital = BigInt(found.capital);
    const buy = v3Swap(market, [weth, tokens[0]], capital, { recipient: me });
    const bought = await market.answer(me, buy);
    const sell = v3Swap(market, [tokens[0], weth], bought, { recipient: me });
    assert.equal(await market.mined(searcher, tokens[0], [buy, hash, sell]), done.profit, 'to the wei');
});

test('a V3 swap without slack yields no sandwich, but a round through a V2 and the V3 pool', async () => {
    const market = await startMarket(atEnd, { prepare: deployV3 });
    const { weth, tokens, router, v3Router } = market;
    const searcher = await market.searcher(2, { spenders: [router, v3Router] });
    const me = searcher.address;
    const { hash } = await victimOf(market, 3, 0n);
    const { found, done } = await market.opportunity('the back-run',
        (each) => each.hash === hash && each.strategy === 'backrun');
    market.assertPlain({ found, done });
    const all = await market.reported('OppDetected', (each) => each.member_tx_hashes.includes(hash));
    assert.deepEqual(all.filter((each) => each.strategy === 'sandwich'), []);

    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, [weth, tokens[0]]);
    const buy = market.sell(capital, [weth, tokens[0]], me);
    const sell = v3Swap(market, [tokens[0], weth], bought, { recipient: me });
    assert.equal(await market.mined(searcher, tokens[0], [hash, buy, sell]), done.profit, 'to the wei');
});
