// What is found is true: a sandwich that is predicted brings, to the wei, what it brings when the
// three transactions are really mined in that order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kEther, startMarket } from './support/market.mjs';
import { until } from './support/until.mjs';
import { cleanUps } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 20n * kEther; // by victims

test('a sandwich brings what was predicted when it is really mined', async () => {
    const market = await startMarket(atEnd);
    const { weth, tokens } = market;
    const searcher = await market.searcher(2);
    const { hash } = await market.buy(1, tokens[0], kPaid, 3n);

    const { found, done } = await market.opportunity('the sandwich', (each) => each.hash === hash);
    assert.equal(found.strategy, 'sandwich');
    assert.deepEqual(found.member_tx_hashes, [hash]);
    market.assertPlain({ found, done });

    // The same three, mined: buying, the victim, selling all that was bought.
    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, [weth, tokens[0]]);
    const profit = await market.mined(searcher, tokens[0], [
        market.sell(capital, [weth, tokens[0]], searcher.address), hash,
        market.sell(bought, [tokens[0], weth], searcher.address)]);
    assert.equal(profit, done.profit, 'to the wei');

    await until('the searcher above is known to have taken it', async () => {
        const text = await (await market.api.request('/metrics')).text();
        return /viz_api_search_outcomes_total\{outcome="taken"\} 1/.test(text);
    });
});

test('a minimum without slack yields nothing', async () => {
    const market = await startMarket(atEnd);
    const tight = await market.buy(3, market.tokens[0], kPaid, 0n);
    // The same with slack, in another pool, is searched after it, and found.
    const loose = await market.buy(4, market.tokens[1], kPaid, 3n);
    await market.opportunity('the other sandwich', (each) => each.hash === loose.hash);
    assert.deepEqual(await market.reported('OppDetected', (each) => each.member_tx_hashes.includes(tight.hash)), []);
});
