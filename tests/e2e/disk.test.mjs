// The record's disk is full, comes back, is damaged, or may not be written.
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertGapless, chainOf, cleanUps, loadOn, startNode, subscribed } from './support/environment.mjs';
import { runToEnd, temporaryFolder, VizApi } from './support/process.mjs';
import { EventStream } from './support/stream.mjs';
import { SmallDisk } from './support/small_disk.mjs';
import { drive } from './support/traffic.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();

async function metric(api, name) {
    const text = await (await api.request('/metrics')).text();
    return text.split('\n').filter((line) => line.startsWith(name)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('a full disk: reported, dropped and counted, nothing shown that is not kept; with free space it goes on', async () => {
    const disk = new SmallDisk();
    atEnd(() => disk.remove());
    const node = await startNode();
    atEnd(() => node.stop());
    const api = await VizApi.start({
        chains: [chainOf([node])], folder: disk.path, wrapper: disk.wrapper,
        settings: { VIZ_API_STORAGE_QUEUE_CAPACITY: '64', VIZ_API_TAP_ENDPOINT: '' } });
    atEnd(() => api.stop());
    await subscribed(api);
    const stream = await EventStream.open(api.url);
    const stopTraffic = drive(node, await loadOn(node));
    atEnd(stopTraffic);

    const sick = await until('health reports the disk', async () => {
        const response = await api.request('/health');
        const body = await response.json();
        return response.status === 503 && JSON.stringify(body).includes('storage') && body;
    }, { deadlineMs: 60000 });
    assert.match(JSON.stringify(sick), disk.isTmpfs ? /disk_full/ : /disk_full|io/);
    await until('drops are counted', async () => await metric(api, 'viz_api_ingest_drops_total{') > 0, { deadlineMs: 30000 });
    assert.match(api.log, /storage cannot write reason=\w+ .*advice="[^"]+"/);
    const shownFull = stream.lastId;

    disk.grow(api.child.pid);
    await until('health is ok', async () => (await api.request('/health')).status === 200, { deadlineMs: 30000 });
    await until('the stream goes on', () => stream.lastId > shownFull + 100, { deadlineMs: 30000 });
    await stopTraffic();
    assertGapless(assert, stream.shown.map(({ id }) => id));
    const record = await api.events();
    assertGapless(assert, record.map((event) => event.seq_id), 1);
    for (const { id, data } of stream.shown) assert.deepEqual(record[id - 1], data);
    stream.close();
    assert.equal((await api.stop()).code, 0);
});

test('a slow disk: commits grow instead of queues, what does not fit is counted, what is shown is kept', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const api = await VizApi.start({
        chains: [chainOf([node])], folder: folder.path,
        settings: { LD_PRELOAD: process.env.SLOW_DISK_LIB, SLOW_DISK_MS: '300', VIZ_API_STORAGE_QUEUE_CAPACITY: '16' } });
    atEnd(() => api.stop());
    await subscribed(api);
    const stream = await EventStream.open(api.url);
    const stopTraffic = drive(node, await loadOn(node));
    atEnd(stopTraffic);
    await until('the alert reports the disk', async () => (await api.get('/alerts/evaluate')).storage_latency === true, { deadlineMs: 30000 });
    await until('drops are counted', async () => await metric(api, 'viz_api_ingest_drops_total{') > 0, { deadlineMs: 30000 });
    await until('much is shown all the same', () => stream.shown.length > 100, { deadlineMs: 60000 });
    await stopTraffic();
    const commits = await metric(api, 'viz_api_storage_commit_seconds_count');
    assert.ok(await metric(api, 'viz_api_storage_events_total') > 2 * commits, 'many events a commit');
    const record = await api.events();
    assertGapless(assert, record.map((event) => event.seq_id), 1);
    for (const { id, data } of stream.shown) assert.deepEqual(record[id - 1], data);
    stream.close();
    assert.equal((await api.stop()).code, 0);
});

/** A store with something in it. */
async function filledStore() {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const chains = [chainOf([node])];
    const api = await VizApi.start({ chains, folder: folder.path });
    atEnd(() => api.stop());
    await subscribed(api);
    const stopTraffic = drive(node, await loadOn(node));
    await until('there are events', async () => (await api.events()).length > 500, { deadlineMs: 30000 });
    await stopTraffic();
    await api.stop();
    const store = join(folder.path, 'viz-api.db');
    const start = () => runToEnd([], {
        VIZ_API_BIND: '127.0.0.1:0', VIZ_API_CHAINS: JSON.stringify(chains), VIZ_API_STORAGE_PATH: store });
    return { store, start };
}

test('a damaged store is refused at start, with what to do', async () => {
    const { store, start } = await filledStore();
    const damaged = openSync(store, 'r+');
    // The middle of the file: pages of events and of transactions, not the header.
    writeSync(damaged, Buffer.alloc(8192, 0xa5), 0, 8192, 16384);
    closeSync(damaged);
    const { status, stderr, stdout } = await start();
    assert.notEqual(status, 0);
    assert.match(stderr + stdout, /corrupt/);
    assert.match(stderr + stdout, /RUNBOOK|\.dump|backup/i);
});

test('what is no store is refused at start and left as it is', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const store = join(folder.path, 'viz-api.db');
    writeFileSync(store, 'a letter to a friend\n'.repeat(500));
    const { status, stderr, stdout } = await runToEnd([], {
        VIZ_API_BIND: '127.0.0.1:0', VIZ_API_CHAINS: JSON.stringify([chainOf([{ chainId: 31337, httpUrl: 'http://127.0.0.1:9', wsUrl: 'ws://127.0.0.1:9' }])]), VIZ_API_STORAGE_PATH: store });
    assert.notEqual(status, 0);
    assert.match(stderr + stdout, /not_a_store|not a store|not a database/);
    assert.ok(readFileSync(store, 'utf8').startsWith('a letter'));
});
