import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen, pick, wantsOpportunity, wantsTransaction } from '../../../http/page/filters.mjs';

const tx = { chain_id: 1, protocol: 'uniswap-v2', category: 'swap', mev_score: 60, lifecycle_status: 'ready' };
const opp = { chain_id: 1, strategy: 'sandwich', protocol: 'uniswap-v2', category: 'swap', score: 60, status: 'profitable' };

test('an empty form lets everything through', () => {
    const fields = chosen({ chain: '', label: '  ', status: '', score: '' });
    assert.deepEqual(fields, {});
    for (const row of [tx, { chain_id: 2, lifecycle_status: 'pending' }]) assert.ok(wantsTransaction(fields)(row));
    assert.ok(wantsOpportunity(fields)(opp));
});

for (const [fields, wanted] of [
    [{ chain: '1' }, true], [{ chain: '10' }, false], [{ label: 'SWAP' }, true], [{ label: 'v2' }, true], [{ label: 'v3' }, false],
    [{ status: 'ready' }, true], [{ status: 'blocked' }, false], [{ score: '60' }, true], [{ score: '61' }, false],
    [{ chain: '1', label: 'swap', score: '90' }, false],
]) test(`${JSON.stringify(fields)} ${wanted ? 'lets through' : 'keeps back'} a ready swap`, () => {
    assert.equal(wantsTransaction(fields)(tx), wanted);
});

test('open are those that may still be included', () => {
    const open = ['pending', 'ready', 'blocked', 'replaced', 'dropped', 'confirmed_provisional', 'confirmed_final']
        .filter((lifecycle_status) => wantsTransaction({ status: 'open' })({ lifecycle_status }));
    assert.deepEqual(open, ['pending', 'ready', 'blocked']);
});

test('what has no label yet has no protocol and no score', () => {
    const bare = { chain_id: 1, lifecycle_status: 'pending' };
    assert.equal(wantsTransaction({ label: 'swap' })(bare), false);
    assert.equal(wantsTransaction({ score: '1' })(bare), false);
    assert.equal(wantsTransaction({ score: '0' })(bare), true);
});

test('opportunities are chosen by strategy too', () => {
    assert.ok(wantsOpportunity({ label: 'sand', status: 'profitable', score: '60', chain: '1' })(opp));
    for (const fields of [{ label: 'arb' }, { status: 'failed' }, { score: '61' }, { chain: '2' }]) assert.equal(wantsOpportunity(fields)(opp), false);
});

test('so many are shown, with the number there are', () => {
    assert.deepEqual(pick([1, 2, 3, 4, 5, 6], (n) => n % 2 === 0, 2), { shown: [2, 4], matching: 3 });
});
