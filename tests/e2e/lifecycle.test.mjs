// What becomes of a transaction: blocked, ready, replaced, dropped, confirmed, final, reorged.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { cleanUps, kFinalityDepth, kGwei, mine, rpc, Sender, startNode, startEnvironment, chainOf, subscribed } from './support/environment.mjs';
import { temporaryFolder, VizApi } from './support/process.mjs';
import { until } from './support/until.mjs';

const kDropAfterSecs = 2;
const atEnd = cleanUps();
let environment;
let index = 0;
const freshSender = () => new Sender(environment.node, ++index);
before(async () => (environment = await startEnvironment(atEnd, { settings: { VIZ_API_DROP_AFTER_SECS: String(kDropAfterSecs) } })));

async function eventOf(api, hash, type) {
    return until(`${type} of ${hash}`, async () =>
        (await api.events({ types: type })).findLast((event) => event.payload.data.hash === hash)?.payload.data);
}

test('a nonce gap found in the pool at start is blocked, and ready once it is filled', async () => {
    // anvil announces a transaction only when it can be mined: the gap has to be there first.
    const node = await startNode();
    atEnd(() => node.stop());
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const sender = new Sender(node, 1);
    const later = await sender.send({ nonce: 2 });
    const api = await VizApi.start({ chains: [chainOf([node])], folder: folder.path });
    atEnd(() => api.stop());
    const detail = await api.untilStatus(later.hash, 'blocked');
    assert.equal(detail.lifecycle_reason, 'nonce_gap');
    assert.equal((await eventOf(api, later.hash, 'TxBlocked')).expected_nonce, 0);
    assert.equal((await api.get('/scheduler/snapshot')).blocked_count, 1);

    await subscribed(api);
    const first = await sender.send({ nonce: 0 });
    await api.untilStatus(first.hash, 'ready');
    assert.equal((await api.transaction(later.hash)).lifecycle_status, 'blocked');
    const second = await sender.send({ nonce: 1 });
    await api.untilStatus(second.hash, 'ready');
    await api.untilStatus(later.hash, 'ready');
    assert.equal((await eventOf(api, later.hash, 'TxReady')).reason, 'gap_filled');
});

test('a higher fee replaces, and names what it replaced it by', async () => {
    const { api, url } = environment;
    const sender = freshSender();
    const loser = await sender.send({ nonce: 0 });
    await api.untilStatus(loser.hash, 'ready');
    const winner = await sender.send({ nonce: 0, value: 2n, maxFeePerGas: 25n * kGwei, maxPriorityFeePerGas: 2n * kGwei });
    await api.untilStatus(winner.hash, 'ready');
    await api.untilStatus(loser.hash, 'replaced');
    const event = await eventOf(api, loser.hash, 'TxReplaced');
    assert.equal(event.replaced_by, winner.hash);
    await mine(url);
    await api.untilStatus(winner.hash, 'confirmed_provisional');
    assert.equal((await api.transaction(loser.hash)).lifecycle_status, 'replaced');
});

test('a transaction to oneself for nothing cancels', async () => {
    const { api } = environment;
    const sender = freshSender();
    const loser = await sender.send({ nonce: 0, value: kGwei });
    await api.untilStatus(loser.hash, 'ready');
    await sender.send({ nonce: 0, to: sender.account.address, value: 0n, maxFeePerGas: 40n * kGwei, maxPriorityFeePerGas: 3n * kGwei });
    await api.untilStatus(loser.hash, 'replaced');
    assert.equal((await eventOf(api, loser.hash, 'TxReplaced')).reason, 'cancel');
});

test('what has left the pool for longer than the limit is dropped, and ready when it comes back', async () => {
    const { api, url } = environment;
    const sent = await freshSender().send();
    await api.untilStatus(sent.hash, 'ready');
    await rpc(url, 'anvil_dropTransaction', [sent.hash]);
    const detail = await api.untilStatus(sent.hash, 'dropped', { deadlineMs: 15000 });
    assert.equal(detail.lifecycle_reason, 'absent_from_pool');
    await rpc(url, 'eth_sendRawTransaction', [sent.raw]);
    await api.untilStatus(sent.hash, 'ready');
});

test('one that stays in the pool longer than the limit is not dropped', async () => {
    const { api } = environment;
    const sent = await freshSender().send();
    const other = await freshSender().send();
    for (const { hash } of [sent, other]) await api.untilStatus(hash, 'ready');
    // Another's drop shows that the limit has passed.
    await rpc(environment.url, 'anvil_dropTransaction', [other.hash]);
    await api.untilStatus(other.hash, 'dropped', { deadlineMs: 15000 });
    assert.equal((await api.transaction(sent.hash)).lifecycle_status, 'ready');
});

test('inclusion confirms provisionally, and finality_depth blocks finally', async () => {
    const { api, url } = environment;
    const sent = await freshSender().send();
    await api.untilStatus(sent.hash, 'ready');
    const height = await mine(url);
    const detail = await api.untilStatus(sent.hash, 'confirmed_provisional');
    assert.equal(detail.included_block, height);
    await mine(url, kFinalityDepth - 1);
    await until('the last block but one is known', async () => {
        const probe = await freshSender().send();
        await mine(url);
        return api.untilStatus(probe.hash, ['confirmed_provisional', 'confirmed_final']);
    });
    await mine(url);
    await api.untilStatus(sent.hash, 'confirmed_final');
    const event = await eventOf(api, sent.hash, 'TxConfirmedFinal');
    assert.equal(event.block_number, height);
});

test('a reorg reopens what the other branch does not have, and confirms it again later', async () => {
    const { api, url } = environment;
    const sent = await freshSender().send();
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    const { included_block_hash: taken } = await api.untilStatus(sent.hash, 'confirmed_provisional');
    await rpc(url, 'anvil_reorg', [1, []]);
    const reorged = await eventOf(api, sent.hash, 'TxReorged');
    assert.equal(reorged.block_hash, taken);
    await rpc(url, 'eth_sendRawTransaction', [sent.raw]);
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    const again = await api.untilStatus(sent.hash, 'confirmed_provisional');
    assert.notEqual(again.included_block_hash, taken);
    const history = (await api.historyOf(sent.hash)).filter((type) => /Confirmed|Reorged/.test(type));
    assert.deepEqual(history, ['TxConfirmedProvisional', 'TxReorged', 'TxConfirmedProvisional']);
});

test('a reorg over two blocks confirms in the other branch what that has at another height', async () => {
    const { api, url } = environment;
    const sent = await freshSender().send();
    await api.untilStatus(sent.hash, 'ready');
    const height = await mine(url);
    await mine(url);
    await api.untilStatus(sent.hash, 'confirmed_provisional');
    await rpc(url, 'anvil_reorg', [2, [[sent.raw, 1]]]);
    await eventOf(api, sent.hash, 'TxReorged');
    await until('it is confirmed one block higher', async () => {
        const detail = await api.transaction(sent.hash);
        return detail.lifecycle_status === 'confirmed_provisional' && detail.included_block === height + 1;
    }, { seen: async () => api.summary(await api.transaction(sent.hash)) });
});

test('a nonce used by a transaction nobody saw drops the one that waited for it', async () => {
    const { api, url } = environment;
    const sender = freshSender();
    const seen = await sender.send({ nonce: 0 });
    await api.untilStatus(seen.hash, 'ready');
    await rpc(url, 'anvil_dropTransaction', [seen.hash]);
    const height = Number(await rpc(url, 'eth_blockNumber'));
    // A block made elsewhere: its transaction was never announced.
    const privately = await sender.sign({ nonce: 0, value: 99n });
    await mine(url);
    await rpc(url, 'anvil_reorg', [1, [[privately.raw, 0]]]);
    const detail = await api.untilStatus(seen.hash, ['dropped', 'replaced']);
    assert.ok(height > 0 && detail.lifecycle_reason);
});

test('a reorg deeper than finality_depth takes back what was final', async () => {
    const { api, url } = environment;
    const sent = await freshSender().send();
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    await api.untilStatus(sent.hash, 'confirmed_provisional');
    await mine(url, kFinalityDepth + 1);
    await api.untilStatus(sent.hash, 'confirmed_final');
    await rpc(url, 'anvil_reorg', [kFinalityDepth + 2, []]);
    await eventOf(api, sent.hash, 'TxReorged');
    await rpc(url, 'eth_sendRawTransaction', [sent.raw]);
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    await api.untilStatus(sent.hash, 'confirmed_provisional');
});

test('a block that uses an authority\'s nonce (EIP-7702) settles what waited with that nonce', async () => {
    const { api, url } = environment;
    const authority = freshSender();
    const waiting = await authority.send();
    await api.untilStatus(waiting.hash, 'ready');
    const authorization = await authority.account.signAuthorization({
        chainId: 31337, contractAddress: authority.account.address, nonce: 0 });
    await rpc(url, 'anvil_dropTransaction', [waiting.hash]);
    const carrier = await freshSender().send({ type: 'eip7702', gas: 120000n, authorizationList: [authorization] });
    await api.untilStatus(carrier.hash, 'ready');
    await mine(url);
    await api.untilStatus(carrier.hash, 'confirmed_provisional');
    const detail = await api.untilStatus(waiting.hash, 'dropped');
    assert.equal(detail.lifecycle_reason, 'nonce_used');
});
