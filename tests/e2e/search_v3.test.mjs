// The same for concentrated liquidity: swaps across ticks, in Uniswap's own V3 contracts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { first, kEther, last, middle, startMarket } from './support/market.mjs';
import { deployV3, v3Swap } from './support/uniswap_v3.mjs';
import { cleanUps, rpc } from './support/world.mjs';

const atEnd = cleanUps();
const kPaid = 40n * kEther; // by victims

/** What a transaction of somebody would answer now, as a number. */
const answer = async (market, from, { to, value, data }) =>
    BigInt(await rpc(market.url, 'eth_call', [{ from, to, data, value: `0x${value.toString(16)}` }, 'latest']));

async function victimOf(market, index, slackPercent) {
    const victim = await market.trader(index);
    const path = [market.weth, market.tokens[0]];
    const swap = { recipient: victim.address, value: kPaid };
    const fair = await answer(market, victim.address, v3Swap(market, path, kPaid, swap));
    return victim.send({ ...middle, ...v3Swap(market, path, kPaid, { ...swap, least: fair * (100n - slackPercent) / 100n }) });
}

/** Right, but of a pool of whose ticks a window was read: it says so, and is not called plain. */
function assertFlagged({ found, done }) {
    assert.equal(done.status, 'succeeded', done.revert_reason);
    assert.equal(done.profit, found.expected_profit, 'search and simulation agree');
    assert.ok(BigInt(done.profit) > 0n);
    assert.deepEqual(done.flags, ['partial_ticks']);
    assert.equal(done.plainly_profitable, false);
}

test('a sandwich in a V3 pool brings what was predicted when it is really mined', async () => {
    const market = await startMarket(atEnd, { prepare: deployV3 });
    const { weth, tokens, v3Router } = market;
    const searcher = await market.searcher(2, { spenders: [v3Router] });
    const me = searcher.address;
    const had = await market.balanceOf(weth, me);
    const tokensBefore = await market.balanceOf(tokens[0], me);
    const { hash } = await victimOf(market, 1, 3n);

    const { found, done } = await market.opportunity('the sandwich',
        (each) => each.hash === hash && each.strategy === 'sandwich');
    assertFlagged({ found, done });

    const capital = BigInt(found.capital);
    const buy = v3Swap(market, [weth, tokens[0]], capital, { recipient: me });
    const bought = await answer(market, me, buy);
    const buying = await searcher.send({ ...first, ...buy });
    const selling = await searcher.send({ ...last, ...v3Swap(market, [tokens[0], weth], bought, { recipient: me }) });
    await market.mineInOrder(buying.hash, hash, selling.hash);
    assert.equal(await market.balanceOf(tokens[0], me), tokensBefore);
    assert.equal(String(await market.balanceOf(weth, me) - had), done.profit, 'to the wei');
});

test('a V3 swap without slack yields no sandwich, but a round through a V2 and the V3 pool', async () => {
    const market = await startMarket(atEnd, { prepare: deployV3 });
    const { weth, tokens, router, v3Router } = market;
    const searcher = await market.searcher(2, { spenders: [router, v3Router] });
    const me = searcher.address;
    const had = await market.balanceOf(weth, me);
    const tokensBefore = await market.balanceOf(tokens[0], me);
    const { hash } = await victimOf(market, 3, 0n);
    const { found, done } = await market.opportunity('the back-run',
        (each) => each.hash === hash && each.strategy === 'backrun');
    assertFlagged({ found, done });
    const all = await market.told('OppDetected', (each) => each.member_tx_hashes.includes(hash));
    assert.deepEqual(all.filter((each) => each.strategy === 'sandwich'), []);

    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, [weth, tokens[0]]);
    const buying = await searcher.send({ ...last, ...market.sell(capital, [weth, tokens[0]], me) });
    const selling = await searcher.send({ ...last, ...v3Swap(market, [tokens[0], weth], bought, { recipient: me }) });
    await market.mineInOrder(hash, buying.hash, selling.hash);
    assert.equal(await market.balanceOf(tokens[0], me), tokensBefore);
    assert.equal(String(await market.balanceOf(weth, me) - had), done.profit, 'to the wei');
});
