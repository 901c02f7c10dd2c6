// Victims that go through Uniswap's Universal Router, in V2 with ether and in V3 by Permit2.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, middle, startMarket } from './support/market.mjs';
import { v3Swap } from './support/uniswap_v3.mjs';
import { allowPermit2, buyByPermit2, buyWithEther, deployUniversalRouter } from './support/universal_router.mjs';
import { cleanUps } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 40n * kEther; // by victims
const withSlack = (fair) => fair * 97n / 100n;
const sandwichOf = (hash) => (each) => each.hash === hash && each.strategy === 'sandwich';

test('a sandwich of a Universal Router swap of ether brings what was predicted when it is mined', async () => {
    const market = await startMarket(atEnd, { prepare: deployUniversalRouter });
    const { weth, tokens } = market;
    const there = [weth, tokens[0]];
    const searcher = await market.searcher(2);
    const victim = await market.trader(1);
    const least = withSlack(await market.quote(kPaid, there));
    const { hash } = await victim.send({ ...middle, ...buyWithEther(market, tokens[0], kPaid, least) });

    const opportunity = await market.opportunity('the sandwich', sandwichOf(hash));
    market.assertPlain(opportunity);
    const capital = BigInt(opportunity.found.capital);
    const bought = await market.quote(capital, there);
    const profit = await market.mined(searcher, tokens[0], [
        market.sell(capital, there, searcher.address), hash, market.sell(bought, [tokens[0], weth], searcher.address)]);
    assert.equal(profit, opportunity.done.profit, 'to the wei');
});

test('so does one of a Universal Router swap in V3 that pays by Permit2', async () => {
    const market = await startMarket(atEnd, { prepare: deployUniversalRouter });
    const { weth, tokens, v3Router } = market;
    const there = [weth, tokens[0]];
    const victim = await market.trader(1);
    for (const fields of allowPermit2(market, kPaid)) await victim.send({ ...middle, gas: 100_000n, ...fields });
    const searcher = await market.searcher(2, { spenders: [v3Router] });
    const me = searcher.address;
    const fair = await market.answer(me, v3Swap(market, there, kPaid, { recipient: me }));
    const { hash } = await victim.send({ ...middle, ...buyByPermit2(market, tokens[0], kPaid, withSlack(fair)) });

    const { found, done } = await market.opportunity('the sandwich', sandwichOf(hash));
    market.assertPlain({ found, done });
    const buy = v3Swap(market, there, BigInt(found.capital), { recipient: me });
    const sell = v3Swap(market, [tokens[0], weth], await market.answer(me, buy), { recipient: me });
    assert.equal(await market.mined(searcher, tokens[0], [buy, hash, sell]), done.profit, 'to the wei');
});
