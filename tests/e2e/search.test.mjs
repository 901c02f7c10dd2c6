// What is found is true: a sandwich that is predicted brings, to the wei, what it brings when the
// three transactions are really mined in that order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifacts, calldata } from '../../tools/devnet/contracts.mjs';
import { balanceOf, first, kEther, kFarDeadline, last, middle, mineInTime, quote, senderAt, startMarket,
    told } from './support/market.mjs';
import { cleanUps, rpc } from './support/world.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kFunds = 200n * kEther; // of the searcher that really does it

test('a sandwich brings what was predicted when it is really mined', async () => {
    const { api, node, url, router, weth, tokens, swap } = await startMarket(atEnd);
    const searcher = await senderAt(node, 2);
    await searcher.send({ ...first, to: weth, value: kFunds, gas: 100_000n, data: calldata(artifacts.weth, 'deposit') });
    await searcher.send({ ...first, to: weth, value: 0n, gas: 100_000n, data: calldata(artifacts.erc20, 'approve', [router, kFunds]) });
    await mineInTime(node);
    const tokensBefore = await balanceOf(url, tokens[0], searcher.address);

    const victim = await senderAt(node, 1);
    const fair = await quote(url, router, 20n * kEther, [weth, tokens[0]]);
    const minimum = (fair * 97n) / 100n;
    const { hash } = await victim.send(
        { ...middle, ...swap('swapExactETHForTokens', [minimum, [weth, tokens[0]], victim.address, kFarDeadline], 20n * kEther) });

    const [found] = await until('the sandwich is found', async () => {
        const all = await told(api, 'OppDetected', hash);
        return all.length > 0 && all;
    });
    assert.equal(found.strategy, 'sandwich');
    assert.deepEqual(found.member_tx_hashes, [hash]);
    assert.equal(found.base_token, weth.toLowerCase());
    const [done] = await until('it is simulated', async () => {
        const all = await told(api, 'SimCompleted', hash);
        return all.length > 0 && all;
    });
    assert.equal(done.candidate_id, found.candidate_id);
    assert.equal(done.status, 'succeeded', done.revert_reason);
    assert.equal(done.plainly_profitable, true, JSON.stringify(done));
    assert.equal(done.profit, found.expected_profit, 'search and simulation agree');

    // The same three, mined: buying, the victim, selling all that was bought.
    const capital = BigInt(found.capital);
    const bought = await quote(url, router, capital, [weth, tokens[0]]);
    await searcher.send({ ...first,
        ...swap('swapExactTokensForTokens', [capital, 0n, [weth, tokens[0]], searcher.address, kFarDeadline]) });
    const sold = await searcher.send({ ...last,
        ...swap('swapExactTokensForTokens', [bought, 0n, [tokens[0], weth], searcher.address, kFarDeadline]) });
    await mineInTime(node);
    const receipt = await rpc(url, 'eth_getTransactionReceipt', [sold.hash]);
    assert.equal(receipt.status, '0x1');
    assert.equal((await rpc(url, 'eth_getTransactionReceipt', [hash])).status, '0x1', 'the victim keeps its minimum');
    assert.ok(Number((await rpc(url, 'eth_getTransactionReceipt', [hash])).transactionIndex) < Number(receipt.transactionIndex));
    assert.equal(await balanceOf(url, tokens[0], searcher.address), tokensBefore);
    const got = await balanceOf(url, weth, searcher.address);
    assert.equal(String(got - kFunds), done.profit, 'to the wei');

    const outcome = await until('what became of it is known', async () => {
        const text = await (await api.request('/metrics')).text();
        return /viz_api_search_outcomes_total\{outcome="taken"\} 1/.test(text);
    });
    assert.ok(outcome, 'the searcher above was the one that took it');
});

test('a minimum without slack yields nothing', async () => {
    const { api, node, url, router, weth, tokens, swap } = await startMarket(atEnd);
    const victim = await senderAt(node, 3);
    const fair = await quote(url, router, 20n * kEther, [weth, tokens[0]]);
    const { hash } = await victim.send(
        { ...middle, ...swap('swapExactETHForTokens', [fair, [weth, tokens[0]], victim.address, kFarDeadline], 20n * kEther) });
    await until('it is searched', async () => {
        const text = await (await api.request('/metrics')).text();
        return /viz_api_search_moved_pools_total 1\b/.test(text);
    });
    assert.deepEqual(await told(api, 'OppDetected', hash), []);
});
