// What a pending swap can lose is told to whom it concerns, and is true: mined between the front-run
// and the back-run it loses that to the wei, and with the minimum that is told nobody gains by it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { kEther, kFarDeadline, middle, startMarket } from './support/market.mjs';
import { until } from './support/until.mjs';
import { cleanUps, kGwei, rpc } from './support/world.mjs';

const atEnd = cleanUps();
const kPaid = 20n * kEther; // by victims
let market;
let path;
before(async () => {
    market = await startMarket(atEnd);
    path = [market.weth, market.tokens[0]];
});

const exposureOf = (hash) => market.api.request(`/tx/${hash}/exposure`);
/** What is told of a swap, on the state of the newest block. */
async function exposed(hash) {
    const height = await market.height();
    return until(`${hash} is looked at`, async () => {
        const response = await exposureOf(hash);
        if (response.status !== 200) return undefined;
        const told = await response.json();
        return told.block_number === height ? told : undefined;
    }, { deadlineMs: 30_000, seen: () => market.told('OppDetected') });
}
/** The wei of its own token that a swap was given. */
async function received(token, hash) {
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
async function drop(...hashes) {
    for (const hash of hashes) await rpc(market.url, 'anvil_dropTransaction', [hash]);
}

test('a swap with slack is told what it can lose, and loses exactly that when it is sandwiched', async () => {
    const searcher = await market.searcher(2);
    const fair = await market.quote(kPaid, path);
    const { hash } = await market.buy(1, path[1], kPaid, 3n);
    const told = await exposed(hash);
    assert.equal(told.sandwichable, true);
    assert.equal(told.token_out, path[1].toLowerCase());
    assert.equal(BigInt(told.amount_out), fair);
    assert.equal(BigInt(told.loss), fair - BigInt(told.least_out));

    const { found, done } = await market.opportunity('the sandwich', (each) => each.candidate_id === told.candidate_id);
    assert.deepEqual(found.member_tx_hashes, [hash]);
    assert.equal(told.attacker_net_wei, found.expected_net_wei);
    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, path);
    const profit = await market.mined(searcher, path[1], [
        market.sell(capital, path, searcher.address), hash,
        market.sell(bought, path.toReversed(), searcher.address)]);
    assert.equal(profit, done.profit);
    assert.equal(await received(path[1], hash), BigInt(told.least_out), 'to the wei');
});

test('the minimum that is told protects the swap; a little below it does not', async () => {
    const trader = await market.trader(3);
    const victim = await market.buy(3, path[1], kPaid, 3n);
    const told = await exposed(victim.hash);
    const protecting = BigInt(told.protecting_out);
    assert.ok(BigInt(told.least_out) < protecting && protecting <= BigInt(told.amount_out));

    const safe = await replaceBy(trader, victim, protecting);
    const calm = await exposed(safe.hash);
    assert.deepEqual([calm.sandwichable, calm.loss, calm.protecting_out, calm.candidate_id], [false, '0', null, null]);
    assert.deepEqual(await market.told('OppDetected', (each) => each.member_tx_hashes.includes(safe.hash)), []);

    const below = await replaceBy(trader, safe, protecting - BigInt(told.loss) / 1000n);
    assert.equal((await exposed(below.hash)).sandwichable, true);
    await drop(below.hash);
});

test('a swap with a tight minimum has nothing to lose', async () => {
    const fair = await market.quote(kPaid, path);
    const { hash } = await market.buy(4, path[1], kPaid, 0n);
    const told = await exposed(hash);
    assert.equal(told.sandwichable, false);
    assert.deepEqual([BigInt(told.amount_out), BigInt(told.least_out), told.loss], [fair, fair, '0']);
    assert.deepEqual([told.protecting_out, told.candidate_id], [null, null]);
    await drop(hash);
});

test('of what is no swap, of what is not known and of what is no hash nothing is told', async () => {
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
