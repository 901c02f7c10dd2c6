// Nodes come and go: cut connections, restarts, several endpoints, a node that is down at first.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { chainOf, cleanUps, kFinalityDepth, mine, rpc, Sender, startNode, subscribed } from './support/environment.mjs';
import { freePort, temporaryFolder, VizApi } from './support/process.mjs';
import { Proxy } from './support/proxy.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();

async function startFolder() {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    return folder.path;
}

async function startApi(chains, settings = {}) {
    const api = await VizApi.start({ chains, folder: await startFolder(), settings });
    atEnd(() => api.stop());
    return api;
}

async function startProxy(node) {
    const proxy = await Proxy.start(node.port);
    atEnd(() => proxy.stop());
    return proxy;
}

async function startOwnNode(options) {
    const node = await startNode(options);
    atEnd(() => node.stop());
    return node;
}

const confirmed = ['confirmed_provisional', 'confirmed_final'];

test('what happened while the node could not be reached is caught up', async () => {
    const node = await startOwnNode();
    const proxy = await startProxy(node);
    const api = await startApi([chainOf([proxy])]);
    await subscribed(api);
    const minedMeanwhile = await new Sender(node, 1).send();
    const untouched = await new Sender(node, 2).send({ gas: 21001n });
    await api.untilStatus(minedMeanwhile.hash, 'ready');
    await api.untilStatus(untouched.hash, 'ready');

    proxy.cut();
    await until('the cut is noticed', async () => (await api.get('/chains/devnet/status')).state !== 'subscribed');
    await rpc(node.httpUrl, 'anvil_dropTransaction', [untouched.hash]);
    await mine(node.httpUrl, 3);
    await rpc(node.httpUrl, 'eth_sendRawTransaction', [untouched.raw]);
    const sentMeanwhile = await new Sender(node, 3).send();
    proxy.restore();

    await subscribed(api);
    await api.untilStatus(minedMeanwhile.hash, confirmed);
    await api.untilStatus(sentMeanwhile.hash, 'ready');
    assert.equal((await api.transaction(untouched.hash)).lifecycle_status, 'ready');
    const { disconnect_count: disconnects, last_error: error } = await api.get('/chains/devnet/status');
    assert.ok(disconnects >= 1);
    assert.notEqual(error, undefined);
});

test('a reorg while the node could not be reached is noticed', async () => {
    const node = await startOwnNode();
    const proxy = await startProxy(node);
    const api = await startApi([chainOf([proxy])]);
    await subscribed(api);
    const sent = await new Sender(node, 1).send();
    await api.untilStatus(sent.hash, 'ready');
    await mine(node.httpUrl);
    const { included_block_hash: taken } = await api.untilStatus(sent.hash, 'confirmed_provisional');
    proxy.cut();
    await until('the cut is noticed', async () => (await api.get('/chains/devnet/status')).state !== 'subscribed');
    await rpc(node.httpUrl, 'anvil_reorg', [1, []]);
    await rpc(node.httpUrl, 'eth_sendRawTransaction', [sent.raw]);
    await mine(node.httpUrl);
    proxy.restore();
    await until('it is confirmed in the other branch', async () => {
        const detail = await api.transaction(sent.hash);
        return confirmed.includes(detail.lifecycle_status) && detail.included_block_hash !== taken;
    }, { deadlineMs: 15000, seen: async () => api.summary(await api.transaction(sent.hash)) });
    assert.ok((await api.historyOf(sent.hash)).includes('TxReorged'));
});

test('a node that is killed and started again is followed on', async () => {
    const folder = await startFolder();
    const port = await freePort();
    const options = { port, state: join(folder, 'chain.json') };
    let node = await startNode(options);
    atEnd(() => node.stop());
    const api = await startApi([chainOf([node])]);
    await subscribed(api);
    const first = new Sender(node, 1);
    const before = await first.send();
    await api.untilStatus(before.hash, 'ready');
    await mine(node.httpUrl);
    await api.untilStatus(before.hash, 'confirmed_provisional');
    const pending = await first.send();
    await api.untilStatus(pending.hash, 'ready');

    await node.stop();
    await until('the loss is noticed', async () => (await api.get('/chains/devnet/status')).state !== 'subscribed');
    node = await startNode(options);
    // The node lost its pool; its user sends again, and a block is mined perhaps before we are back.
    await rpc(node.httpUrl, 'eth_sendRawTransaction', [pending.raw]);
    await mine(node.httpUrl);
    await subscribed(api);
    await api.untilStatus(pending.hash, confirmed, { deadlineMs: 15000 });
    const after = await new Sender(node, 2).send();
    await api.untilStatus(after.hash, 'ready');
    assert.ok(confirmed.includes((await api.transaction(before.hash)).lifecycle_status));
});

test('a node that starts again with an empty chain is followed from there', async () => {
    const port = await freePort();
    let node = await startNode({ port });
    atEnd(() => node.stop());
    const api = await startApi([chainOf([node])]);
    await subscribed(api);
    const before = await new Sender(node, 1).send();
    await api.untilStatus(before.hash, 'ready');
    await mine(node.httpUrl, 5);
    await api.untilStatus(before.hash, confirmed);
    await node.kill();
    await until('the loss is noticed', async () => (await api.get('/chains/devnet/status')).state !== 'subscribed');
    node = await startNode({ port });
    await subscribed(api);
    const after = await new Sender(node, 2).send();
    await api.untilStatus(after.hash, 'ready');
    await mine(node.httpUrl);
    await api.untilStatus(after.hash, 'confirmed_provisional');
    // What the old chain had confirmed is so no more, and its height makes nothing final.
    await until('the old confirmation is taken back', async () => (await api.historyOf(before.hash)).includes('TxReorged'));
    await mine(node.httpUrl, kFinalityDepth - 1);
    const probe = await new Sender(node, 3).send();
    await api.untilStatus(probe.hash, 'ready');
    assert.equal((await api.transaction(after.hash)).lifecycle_status, 'confirmed_provisional');
    await mine(node.httpUrl, 2);
    await api.untilStatus(after.hash, 'confirmed_final');
});

test('of two endpoints the second takes over when the first fails, and the rotation is counted', async () => {
    const node = await startOwnNode();
    const [first, second] = [await startProxy(node), await startProxy(node)];
    const api = await startApi([chainOf([first, second])]);
    await subscribed(api);
    const status = await api.get('/chains/devnet/status');
    assert.equal(status.endpoint_index, 0);
    assert.equal(status.endpoint_count, 2);
    const sent = await new Sender(node, 1).send();
    await api.untilStatus(sent.hash, 'ready');

    first.cut();
    await until('the second endpoint is subscribed', async () => {
        const now = await api.get('/chains/devnet/status');
        return now.state === 'subscribed' && now.endpoint_index === 1 && now.rotation_count >= 1;
    }, { deadlineMs: 15000, seen: () => api.get('/chains/devnet/status') });
    await mine(node.httpUrl);
    await api.untilStatus(sent.hash, 'confirmed_provisional');
    const after = await new Sender(node, 2).send();
    await api.untilStatus(after.hash, 'ready');
});

test('an endpoint that falls silent is left', async () => {
    const node = await startOwnNode();
    const other = await startOwnNode();
    const api = await startApi([chainOf([node, other])], { VIZ_API_SILENT_CHAIN_TIMEOUT_SECS: '1' });
    await until('it was left for silence', async () => {
        const now = await api.get('/chains/devnet/status');
        return now.rotation_count >= 1;
    }, { deadlineMs: 15000, seen: () => api.get('/chains/devnet/status') });
});

test('a node that is down does not stop start-up, and is followed once it is there', async () => {
    const port = await freePort();
    const api = await startApi([chainOf([{ wsUrl: `ws://127.0.0.1:${port}`, httpUrl: `http://127.0.0.1:${port}` }])]);
    await until('the failure shows', async () => (await api.get('/chains/devnet/status')).last_error);
    assert.equal((await api.request('/health')).status, 503);
    const node = await startOwnNode({ port });
    await subscribed(api);
    const sent = await new Sender(node, 1).send();
    await api.untilStatus(sent.hash, 'ready');
    await until('health is ok again', async () => (await api.request('/health')).status === 200);
});

test('several chains are followed at once and kept apart', async () => {
    const [one, two] = [await startOwnNode(), await startOwnNode({ chainId: 4242 })];
    const api = await startApi([chainOf([one]), chainOf([two], { chain_key: 'second', chain_id: 4242, source_id: 'other' })]);
    await subscribed(api);
    const [here, there] = [await new Sender(one, 1).send(), await new Sender(two, 1).send()];
    assert.equal((await api.untilStatus(here.hash, 'ready')).chain_id, 31337);
    const detail = await api.untilStatus(there.hash, 'ready');
    assert.equal(detail.chain_id, 4242);
    assert.equal(detail.peer, 'other');
    assert.deepEqual((await api.get('/transactions?chain_id=4242')).map((row) => row.hash), [there.hash]);
    assert.equal((await api.request('/chains/nowhere/status')).status, 404);
});

test('fanout listens to all endpoints at once and measures who was first', async () => {
    const node = await startOwnNode();
    const [first, second] = [await startProxy(node), await startProxy(node)];
    const api = await startApi([chainOf(
        [{ ...endpoint(first), sourceId: 'left' }, { ...endpoint(second), sourceId: 'right' }], { mode: 'fanout' })]);
    await until('both endpoints are connected', () => first.connections > 0 && second.connections > 0);
    await subscribed(api);
    const sender = new Sender(node, 1);
    await until('a transaction came from both', async () => {
        const { hash } = await sender.send();
        const detail = await api.untilStatus(hash, 'ready');
        return detail.sources.length === 2 || (await api.transaction(hash)).sources.length === 2;
    }, { everyMs: 200 });
    const edges = await until('the delay is measured', async () => {
        const propagation = await api.get('/propagation');
        return propagation.length > 0 && propagation;
    });
    assert.ok(edges.every((edge) => edge.p99_delay_ms >= edge.p50_delay_ms && edge.samples > 0));
    first.cut();
    const after = await sender.send();
    await api.untilStatus(after.hash, 'ready');
});

function endpoint({ wsUrl, httpUrl }) {
    return { wsUrl, httpUrl };
}
