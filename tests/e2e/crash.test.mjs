// What a client was shown survives a crash, and a stop under load is quick and clean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGapless, chainOf, cleanUps, kFinalityDepth, kGwei, loadOn, mine, rpc, Sender, startNode, subscribed } from './support/environment.mjs';
import { freePort, temporaryFolder, VizApi } from './support/process.mjs';
import { EventStream } from './support/stream.mjs';
import { drive } from './support/traffic.mjs';
import { pause, until } from './support/until.mjs';

const atEnd = cleanUps();

async function prepare() {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const sent = [];
    const traffic = await loadOn(node, { journal: (entry) => sent.push(entry) });
    const port = await freePort();
    const start = async () => {
        const api = await VizApi.start({ chains: [chainOf([node])], folder: folder.path, port });
        atEnd(() => api.stop());
        return api;
    };
    return { node, traffic, sent, start };
}

/** seq_id -> type and hash of everything a client was shown. */
class Shown {
    constructor() {
        this.all = new Map();
    }

    add(envelope) {
        const reported = `${envelope.payload.type} ${envelope.payload.data.hash}`;
        const before = this.all.get(envelope.seq_id);
        assert.ok(before === undefined || before === reported, `seq_id ${envelope.seq_id}: ${before}, then ${reported}`);
        this.all.set(envelope.seq_id, reported);
    }
}

test('kill -9 under traffic, three times: nothing that was shown is lost or renumbered', async () => {
    const { node, traffic, start } = await prepare();
    let api = await start();
    await subscribed(api);
    const shown = new Shown();
    const stopTraffic = drive(node, traffic);
    atEnd(stopTraffic);
    for (let round = 0; round < 3; round++) {
        const stream = await EventStream.open(api.url);
        const startAt = stream.hello.latest_seq_id;
        await until('some events were streamed', () => stream.shown.length > 150 + round * 37, { deadlineMs: 20000 });
        for (const event of await api.events({ after: startAt })) shown.add(event);
        const known = new Map((await api.get('/transactions/all?limit=5000'))
            .filter((row) => ['ready', 'blocked'].includes(row.lifecycle_status)).map((row) => [row.hash, row]));
        await api.kill();
        for (const { data } of stream.shown) shown.add(data);
        assertGapless(assert, stream.shown.map(({ id }) => id));
        stream.close();

        await pause(1000); // the outage: traffic and blocks go on
        api = await start();
        const record = new Map((await api.events()).map((event) => [event.seq_id, `${event.payload.type} ${event.payload.data.hash}`]));
        assertGapless(assert, [...record.keys()], 1);
        for (const [seq, reported] of shown.all) assert.equal(record.get(seq), reported, `seq_id ${seq}`);
        for (const [hash, before] of known)
            assert.equal((await api.transaction(hash))?.first_seen_unix_ms, before.first_seen_unix_ms, `first seen of ${hash}`);
        await subscribed(api);
        await assertCaughtUp(node, api, known);
    }
    await stopTraffic();
    const decoded = (await api.events({ types: 'TxDecoded' })).map((event) => event.payload.data.hash);
    assert.equal(new Set(decoded).size, decoded.length, 'a transaction was recorded as new twice');
});

/** What was pending when we died and is in a block now becomes confirmed. */
async function assertCaughtUp(node, api, known) {
    for (const hash of known.keys()) {
        const receipt = await rpc(node.httpUrl, 'eth_getTransactionReceipt', [hash]);
        if (receipt) await api.untilStatus(hash, ['confirmed_provisional', 'confirmed_final']);
    }
}

test('SIGTERM under load ends with 0 within five seconds, and the record is whole', async () => {
    const { node, traffic, start } = await prepare();
    let api = await start();
    await subscribed(api);
    const streams = await Promise.all(Array.from({ length: 5 }, () => EventStream.open(api.url)));
    const stopTraffic = drive(node, traffic);
    atEnd(stopTraffic);
    await until('some events were streamed', () => streams[0].shown.length > 200, { deadlineMs: 20000 });
    const { code, tookMs } = await api.stop('SIGTERM');
    await stopTraffic();
    assert.equal(code, 0, api.log.slice(-1000));
    assert.ok(tookMs < 5000, `${tookMs} ms`);
    await until('the streams were closed', () => streams.every((stream) => stream.ended));

    api = await start();
    const record = await api.events();
    assertGapless(assert, record.map((event) => event.seq_id), 1);
    for (const stream of streams)
        for (const { id, data } of stream.shown) assert.deepEqual(record[id - 1], data);
});

test('a reorg while viz-api was down is noticed at the next start', async () => {
    const { node, start } = await prepare();
    let api = await start();
    await subscribed(api);
    const [back, moved] = [new Sender(node, 13), new Sender(node, 14)];
    const [gone, elsewhere] = [await back.send(), await moved.send()];
    for (const { hash } of [gone, elsewhere]) await api.untilStatus(hash, 'ready');
    const height = await mine(node.httpUrl);
    for (const { hash } of [gone, elsewhere]) await api.untilStatus(hash, 'confirmed_provisional');
    const { included_block_hash: taken } = await api.transaction(gone.hash);
    await api.kill();
    await mine(node.httpUrl);
    await rpc(node.httpUrl, 'anvil_reorg', [2, [[elsewhere.raw, 1]]]);
    await rpc(node.httpUrl, 'eth_sendRawTransaction', [gone.raw]);

    api = await start();
    await until('the one is ready again', async () => (await api.transaction(gone.hash)).lifecycle_status === 'ready',
        { seen: async () => api.summary(await api.transaction(gone.hash)) });
    await until('the other is in the other branch', async () => {
        const detail = await api.transaction(elsewhere.hash);
        return detail.lifecycle_status === 'confirmed_provisional' && detail.included_block === height + 1;
    }, { seen: async () => api.summary(await api.transaction(elsewhere.hash)) });
    const reorged = (await api.events({ types: 'TxReorged' })).find((event) => event.payload.data.hash === gone.hash);
    assert.equal(reorged.payload.data.block_hash, taken);
});

test('what became final, was replaced or dropped before a crash is so after it', async () => {
    const { node, start } = await prepare();
    let api = await start();
    await subscribed(api);
    const sender = new Sender(node, 13);
    const loser = await sender.send({ nonce: 0 });
    await api.untilStatus(loser.hash, 'ready');
    const winner = await sender.send({ nonce: 0, maxFeePerGas: 40n * kGwei, maxPriorityFeePerGas: 4n * kGwei });
    await api.untilStatus(loser.hash, 'replaced');
    await mine(node.httpUrl, 1);
    await api.untilStatus(winner.hash, 'confirmed_provisional');
    await mine(node.httpUrl, kFinalityDepth + 1);
    const before = await api.untilStatus(winner.hash, 'confirmed_final');
    await api.kill();
    api = await start();
    await subscribed(api);
    assert.deepEqual(await api.transaction(winner.hash), before);
    assert.equal((await api.transaction(loser.hash)).lifecycle_status, 'replaced');
    const next = await sender.send();
    await api.untilStatus(next.hash, 'ready');
});
