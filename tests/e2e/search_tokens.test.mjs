// Tokens that take a share of each transfer, or cannot be sold, are found out by execution.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifacts } from '../../tools/devnet/contracts.mjs';
import { kEther, kFarDeadline, startMarket } from './support/market.mjs';
import { honeypot, taxedToken } from './support/tokens.mjs';
import { accountAt, cleanUps, rpc } from './support/environment.mjs';

const atEnd = cleanUps();
const kPaid = 40n * kEther; // by victims
const kSlack = 10n; // percent: an honest token would give a rich sandwich
const kTaxParts = 1000n; // a thousandth: little enough that something is left
const kSelling = 'swapExactTokensForTokensSupportingFeeOnTransferTokens';

/** Has the first token of the market be something else. */
const replaceFirst = (code) => async ({ url, tokens, pairs }) => {
    await rpc(url, 'anvil_setCode', [tokens[0], code({ implementation: tokens[2], pair: pairs[0] })]);
    return {};
};

/** Searched after what was sent before, in another pool; its sandwich is found. */
async function control(market) {
    const { hash } = await market.buy(5, market.tokens[1], kPaid, kSlack);
    const opportunity = await market.opportunity('a sandwich of an honest token',
        (each) => each.hash === hash && each.strategy === 'sandwich');
    market.assertPlain(opportunity);
}

test('a token that takes a share is flagged, never plain profit, and its profit is right all the same', async () => {
    const taxed = ({ implementation }) =>
        taxedToken({ implementation, collector: accountAt(23).address, parts: Number(kTaxParts) });
    const market = await startMarket(atEnd, { prepare: replaceFirst(taxed) });
    const { weth, tokens } = market;
    const searcher = await market.searcher(2);
    const { hash } = await market.buy(1, tokens[0], kPaid, kSlack);

    const { found, done } = await market.opportunity('the sandwich', (each) => each.hash === hash);
    assert.ok(found.reasons.includes('execution_differs'), JSON.stringify(found));
    assert.equal(done.status, 'succeeded', done.revert_reason);
    assert.ok(done.flags.includes('taxed_token'), JSON.stringify(done));
    assert.equal(done.plainly_profitable, false);
    assert.equal(done.profit, found.expected_profit, 'search and simulation agree');

    const capital = BigInt(found.capital);
    const bought = await market.quote(capital, [weth, tokens[0]]);
    const received = bought - bought / kTaxParts;
    const swap = (x, path) => market.swap(kSelling, [x, 0n, path, searcher.address, kFarDeadline]);
    const profit = await market.mined(searcher, tokens[0],
        [swap(capital, [weth, tokens[0]]), hash, swap(received, [tokens[0], weth])]);
    assert.equal(profit, done.profit, 'to the wei');
});

test('of a token that cannot be sold nothing is shown', async () => {
    const market = await startMarket(atEnd, { prepare: replaceFirst(honeypot) });
    const { weth, tokens } = market;
    const victim = await market.buy(1, tokens[0], kPaid, kSlack);
    await control(market);
    assert.deepEqual(await market.reported('OppDetected', (each) => each.member_tx_hashes.includes(victim.hash)), []);

    // It is what it is said to be: bought for real, and not to be sold again.
    await market.mineInOrder(victim.hash);
    const holder = accountAt(1).address;
    const selling = (token) => market.call(market.router, artifacts.router, 'swapExactTokensForTokens',
        [kEther, 0n, [token, weth], holder, kFarDeadline], holder);
    await assert.rejects(selling(tokens[0]), /TRANSFER_FROM_FAILED/);
    await selling(tokens[1]);
});
