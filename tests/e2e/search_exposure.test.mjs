// The reported exposure of a pending swap is true: mined between the front-run
// and the back-run it loses that to the wei, and with the reported minimum nobody gains by it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { artifacts } from '../../tools/devnet/contracts.mjs';
import { kEther, kFarDeadline, middle, startMarket } from './support/market.mjs';
import { until } from './support/until.mjs';
import { cleanUps, kGwei, rpc } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 20n * kEther; // by victims
let market;
let path;
before(async () => {
    market = await startMarket(atEnd);
    path = [market.weth, market.tokens[0]];
});

const exposureOf = (hash) => market.api.request(`/tx/${hash}/exposure`);
/** What is reported about a swap, on the state of the newest block. */
async function exposed(hash) {
    const height = await market.height();
    return until(`${hash} is looked at`, async () => {
        const response = await exposureOf(hash);
        if (response.status !== 200) return undefined;
        const reported = await response.json();
        return reported.block_number === height ? reported : undefined;
    }, { deadlineMs: 30_000, seen: () => market.reported('OppDetected') });
}
/** The amount of the last transfer of that token in a mined transaction. */
async function moved(token, hash) {
    const receipt = await rpc(market.url, 'eth_getTransactionReceipt', [hash]);
    const kTransfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
    const log = receipt.logs.filter((each) => each.address === token.toLowerCase() && each.topics[0] === kTransfer).at(-1);
    return BigInt(log.data);
}
/** Replaces a pending swap of ether by the same one with another minimum, as its sender would. */
async function replaceBy(trader, victim, minimum) {
    return trader.send({ ...middle, nonce: victim.tx.nonce, ...higherFees(victim.tx),
        ...market.swap('swapExactETHForTokens', [minimum, path, trader.address, kFarDeadline], { value: kPaid }) });
}
const higherFees = (tx) => ({
    maxFeePerGas: tx.maxFeePerGas + 5n * kGwei, maxPriorityFeePerGas: tx.maxPriorityFeePerGas + 5n * kGwei });
/** What the pool takes for so much of its token, as the router reckons. */
async function amountIn(wanted) {
    const words = (await market.call(market.router, artifacts.router, 'getAmountsIn', [wanted, path])).slice(2).match(/.{64}/g);
    return BigInt(`0x${words.at(-2)}`);
}
async function drop(...hashes) {
    for (const hash of hashes) await rpc(market.url, 'anvil_dropTransaction', [hash]);
}

test('the exposure of a swap with slack is reported, and it loses exactly that when it is sandwiched', async () => {
    const searcher = await market.searcher(2);
    const fair = await market.quote(kPaid, path);
    const { hash } = await market.buy(1, path[1], kPaid, 3n);
    const reported = await exposed(hash);
    assert.equal(reported.sandwichable, true);
    assert.deepEqual([reported.token_in, reported.token_out, reported.loss_token],
        [path[0], path[1], path[1]].map((each) => each.toLowerCase()));
    assert.deepEqual([BigInt(reported.amount_in), BigInt(reported.most_in), reported.protecting_in], [kPaid, kPaid, null]);
    assert.equal(BigInt(reported.amount_out), fair);
    assert.equal(BigInt(reported.loss), fair - BigInt(reported.least_out));

    const { found, done } = await market.opportunity('the sandwich', (each) => each.candidate_id === reported.candidate_id);
    assert.deepEqual(found.member_tx_hashes, [hash]);
    assert.equal(reported.attacker_net_wei, found.expected_net_wei);
    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, path);
    const profit = await market.mined(searcher, path[1], [
        market.sell(capital, path, searcher.address), hash,
        market.sell(bought, [...path].reverse(), searcher.address)]);
    assert.equal(profit, done.profit);
    assert.equal(await moved(path[1], hash), BigInt(reported.least_out), 'to the wei');
});

test('the reported minimum protects the swap; a little below it does not', async () => {
    const trader = await market.trader(3);
    const victim = await market.buy(3, path[1], kPaid, 3n);
    const reported = await exposed(victim.hash);
    const protecting = BigInt(reported.protecting_out);
    assert.ok(BigInt(reported.least_out) < protecting && protecting <= BigInt(reported.amount_out));

    const safe = await replaceBy(trader, victim, protecting);
    const calm = await exposed(safe.hash);
    assert.deepEqual([calm.sandwichable, calm.loss, calm.protecting_out, calm.candidate_id], [false, '0', null, null]);
    assert.deepEqual(await market.reported('OppDetected', (each) => each.member_tx_hashes.includes(safe.hash)), []);

    const below = await replaceBy(trader, safe, protecting - BigInt(reported.loss) / 1000n);
    assert.equal((await exposed(below.hash)).sandwichable, true);
    await drop(below.hash);
});

test('a swap with a tight minimum has nothing to lose', async () => {
    const fair = await market.quote(kPaid, path);
    const { hash } = await market.buy(4, path[1], kPaid, 0n);
    const reported = await exposed(hash);
    assert.equal(reported.sandwichable, false);
    assert.deepEqual([BigInt(reported.amount_out), BigInt(reported.least_out), reported.loss], [fair, fair, '0']);
    assert.deepEqual([reported.protecting_out, reported.candidate_id], [null, null]);
    await drop(hash);
});

test('the exposure of a swap of exact output is reported, and it pays exactly that much more when it is sandwiched', async () => {
    const searcher = await market.searcher(7);
    const wanted = await market.quote(kPaid, path);
    const fair = await amountIn(wanted);
    const buyExactly = (trader, most, fields = {}) => trader.send({ ...middle, ...fields,
        ...market.swap('swapETHForExactTokens', [wanted, path, trader.address, kFarDeadline], { value: most }) });
    const trader = await market.trader(8);
    const victim = await buyExactly(trader, fair * 103n / 100n);
    const reported = await exposed(victim.hash);
    assert.equal(reported.sandwichable, true);
    assert.equal(reported.loss_token, market.weth.toLowerCase());
    assert.deepEqual([BigInt(reported.amount_in), BigInt(reported.least_out), reported.protecting_out], [fair, wanted, null]);
    assert.equal(BigInt(reported.loss), BigInt(reported.most_in) - fair);

    const safe = await buyExactly(trader, BigInt(reported.protecting_in), { nonce: victim.tx.nonce, ...higherFees(victim.tx) });
    const calm = await exposed(safe.hash);
    assert.deepEqual([calm.sandwichable, calm.loss, calm.protecting_in], [false, '0', null]);
    await drop(safe.hash);

    const other = await buyExactly(await market.trader(9), fair * 103n / 100n);
    const { candidate_id: id, most_in: most } = await exposed(other.hash);
    const { found, done } = await market.opportunity('the sandwich', (each) => each.candidate_id === id);
    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, path);
    const profit = await market.mined(searcher, path[1], [
        market.sell(capital, path, searcher.address), other.hash,
        market.sell(bought, [...path].reverse(), searcher.address)]);
    assert.equal(profit, done.profit);
    assert.equal(await moved(market.weth, other.hash), BigInt(most), 'to the wei');
});

test('a seller of a token gets a report of how much less ether it can get, and the reported minimum protects it', async () => {
    const trader = await market.searcher(10);
    await trader.send({ ...middle, ...market.sell(kPaid, path, trader.address) });
    await market.mine();
    const back = [...path].reverse();
    const sold = await market.balanceOf(path[1], trader.address);
    const fair = await market.quote(sold, back);
    const sell = (minimum, fields = {}) => trader.send({ ...middle, ...fields,
        ...market.swap('swapExactTokensForETH', [sold, minimum, back, trader.address, kFarDeadline]) });
    const victim = await sell(fair * 97n / 100n);
    const reported = await exposed(victim.hash);
    assert.equal(reported.sandwichable, true);
    assert.equal(reported.loss_token, market.weth.toLowerCase());
    assert.equal(reported.candidate_id, null, 'it is no opportunity in ether');
    assert.equal(BigInt(reported.amount_out), fair);
    assert.ok(BigInt(reported.loss) > 0n && BigInt(reported.least_out) >= fair * 97n / 100n);

    const safe = await sell(BigInt(reported.protecting_out), { nonce: victim.tx.nonce, ...higherFees(victim.tx) });
    const calm = await exposed(safe.hash);
    assert.deepEqual([calm.sandwichable, calm.loss, calm.protecting_out], [false, '0', null]);
    await drop(safe.hash);
});

test('nothing is reported about what is no swap, is not known, or is no hash', async () => {
    const trader = await market.trader(5);
    const plain = await trader.send({ ...middle, value: 1n });
    // A swap that comes after it is looked at after it.
    const { hash } = await market.buy(6, path[1], kPaid, 3n);
    await exposed(hash);
    for (const nothing of [plain.hash, `0x${'5e'.repeat(32)}`]) {
        const response = await exposureOf(nothing);
        assert.equal(response.status, 404);
        assert.equal((await response.json()).error.code, 'not_found');
    }
    for (const malformed of ['0x12', 'latest', `${hash}00`]) {
        const response = await exposureOf(malformed);
        assert.equal(response.status, 400);
        assert.equal((await response.json()).error.code, 'bad_request');
    }
    await drop(plain.hash, hash);
});
