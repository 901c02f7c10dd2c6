// A component on its own that is killed, suspended or impersonated: the rest goes on, the record
// stays whole, what is lost is counted, and work resumes without a restart of the rest.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertGapless, chainOf, cleanUps, loadOn, mine, startNode } from './support/environment.mjs';
import { temporaryFolder } from './support/process.mjs';
import { Part, startSplit } from './support/parts.mjs';
import { Tap } from './support/tap.mjs';
import { pause, until } from './support/until.mjs';

const atEnd = cleanUps();

/** Sum of a counter over all its labels that match. */
async function metric(api, name, labels = '') {
    const text = await (await api.request('/metrics')).text();
    return text.split('\n').filter((line) => line.startsWith(`viz_api_${name}`) && line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

function drive(node, traffic) {
    let running = true;
    let failure;
    const sending = (async () => {
        let nextBlock = Date.now() + 300;
        while (running) {
            await traffic.step();
            if (Date.now() < nextBlock) continue;
            nextBlock = Date.now() + 300;
            await traffic.onBlock(await mine(node.httpUrl));
        }
    })().catch((error) => (failure = error));
    return async () => {
        running = false;
        await sending;
        if (failure) throw failure;
    };
}

async function split(component, transport = 'ipc', more = {}) {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const chains = [chainOf([node])];
    const parts = await startSplit({ chains, folder: folder.path, transport, component, atEnd, more });
    await until('the chain is subscribed', async () =>
        (await parts.api.get('/chains/status')).some((chain) => chain.state === 'subscribed'));
    const traffic = await loadOn(node);
    return { ...parts, node, chains, folder: folder.path, stopTraffic: drive(node, traffic), traffic };
}

const hashesOf = async (api, types, after = 0) =>
    new Set((await api.events({ types, after })).map((event) => event.payload.data.hash));
const latest = async (api) => (await api.get('/dashboard/snapshot')).latest_seq_id;

async function untilMore(api, types, count) {
    const after = await latest(api);
    await until(`${count} more ${types}`, async () => (await hashesOf(api, types, after)).size >= count, { deadlineMs: 60000 });
}

async function assertWhole(api) {
    assertGapless(assert, (await api.events()).map((event) => event.seq_id), 1);
}

/** Those of `hashes` that the service has not labelled. */
async function unlabelled(api, hashes) {
    const missing = [];
    for (const hash of hashes) if (!(await api.transaction(hash))?.protocol) missing.push(hash);
    return missing;
}

test('features killed under traffic: it labels what came meanwhile when it is back, what was under way is counted', async () => {
    const { api, remote, startRemote, stopTraffic } = await split('features');
    await untilMore(api, 'TxDecoded', 50);
    assert.equal(await metric(api, 'bus_remote_lost_total'), 0, 'nothing is lost before');
    await remote.kill();
    await untilMore(api, 'TxDecoded', 50); // the rest goes on
    await startRemote();
    await untilMore(api, 'TxDecoded', 50);
    await stopTraffic();
    const decoded = await hashesOf(api, 'TxDecoded');
    const lost = await metric(api, 'bus_remote_lost_total', 'stream="tx"');
    assert.ok(lost < 30, `${lost} were under way`);
    await until('all others are labelled', async () => (await unlabelled(api, decoded)).length <= lost,
        { seen: async () => ({ lost, unlabelled: (await unlabelled(api, decoded)).length }) });
    await assertWhole(api);
});

test('decode killed under traffic: transactions wait for it, only those under way may be lost', async () => {
    const { api, remote, startRemote, stopTraffic } = await split('decode');
    await untilMore(api, 'TxDecoded', 50);
    await remote.kill();
    await untilMore(api, 'TxSeen', 50);
    await startRemote();
    await untilMore(api, 'TxDecoded', 80);
    await stopTraffic();
    const lost = await metric(api, 'bus_remote_lost_total');
    assert.equal(await metric(api, 'ingest_drops_total'), 0);
    const seen = await hashesOf(api, 'TxSeen');
    await until('all others are decoded', async () => {
        const decoded = await hashesOf(api, 'TxDecoded');
        return [...seen].filter((hash) => !decoded.has(hash)).length <= lost;
    }, { seen: async () => ({ lost, seen: seen.size, decoded: (await hashesOf(api, 'TxDecoded')).size }) });
    await assertWhole(api);
});

test('lifecycle killed under traffic: back again, it follows what is pending to its end', async () => {
    const { api, remote, startRemote, stopTraffic, node } = await split('lifecycle');
    await untilMore(api, 'TxReady', 30);
    await remote.kill();
    await untilMore(api, 'TxDecoded', 50);
    await startRemote();
    await untilMore(api, 'TxReady', 30);
    await untilMore(api, 'TxConfirmedProvisional', 30);
    await stopTraffic();
    const lost = await metric(api, 'bus_remote_lost_total');
    assert.ok(lost < 50, `${lost} were under way`);
    const decoded = await hashesOf(api, 'TxDecoded');
    const unknown = async () => {
        const all = await Promise.all([...decoded].map(async (hash) => (await api.transaction(hash)).lifecycle_status));
        return all.filter((status) => status === 'pending').length;
    };
    await until('it followed all others', async () => {
        await mine(node.httpUrl);
        return (await unknown()) <= lost;
    }, { everyMs: 500, seen: async () => ({ lost, unknown: await unknown(), of: decoded.size }) });
    await assertWhole(api);
});

test('sim killed under traffic: simulations go on when it is back, those begun and not ended are reported', async () => {
    const { api, remote, startRemote, stopTraffic } = await split('sim', 'ipc', { VIZ_API_SIM_SINGLES: 'all' });
    await untilMore(api, 'SimCompleted', 30);
    await remote.kill();
    await untilMore(api, 'TxDecoded', 50); // the rest goes on
    await startRemote();
    await untilMore(api, 'SimCompleted', 50);
    await stopTraffic();
    assert.equal(await metric(api, 'ingest_drops_total'), 0);
    const ended = async () => (await api.events({ types: 'SimCompleted' })).length;
    const begun = async () => (await api.events({ types: 'SimDispatched' })).length;
    const kWorkers = 1; // the default: it may have had one in hand
    await until('what was begun has ended', async () => (await begun()) - (await ended()) <= kWorkers,
        { seen: async () => ({ begun: await begun(), ended: await ended() }) });
    await assertWhole(api);
});

test('storage killed under traffic: entries wait for it, the numbers go on without a gap', async () => {
    const { api, remote, startRemote, stopTraffic } = await split('storage');
    await untilMore(api, 'TxDecoded', 50);
    await remote.kill();
    const sent = await metric(api, 'bus_messages_total', 'stream="journal"');
    await until('entries wait', async () => (await metric(api, 'bus_messages_total', 'stream="journal"')) >= sent + 200);
    await startRemote();
    await untilMore(api, 'TxDecoded', 80);
    await stopTraffic();
    assert.equal(await metric(api, 'ingest_drops_total'), 0);
    await assertWhole(api);
});

test('ingest killed under traffic: the rest waits for it, and it goes on where the node is', async () => {
    const { api, remote, startRemote, stopTraffic } = await split('ingest');
    await untilMore(api, 'TxDecoded', 50);
    const before = await api.events();
    await remote.kill();
    await api.get('/dashboard/snapshot'); // what is known is still served
    await startRemote();
    await untilMore(api, 'TxDecoded', 50);
    await untilMore(api, 'TxConfirmedProvisional', 20);
    await stopTraffic();
    assert.deepEqual((await api.events()).slice(0, before.length), before, 'what was shown stays');
    assert.equal(await metric(api, 'ingest_drops_total'), 0);
    await assertWhole(api);
});

test('http killed under traffic: what it had shown is there when it is back, and the log goes on', async () => {
    const { api, startRemote, stopTraffic } = await split('http');
    await untilMore(api, 'TxDecoded', 50);
    const before = await api.events();
    await api.kill();
    const again = await startRemote();
    await untilMore(again, 'TxDecoded', 80);
    await stopTraffic();
    const after = await again.events();
    assert.deepEqual(after.slice(0, before.length), before, 'what was shown stays');
    const last = await latest(again);
    await until('all of the log is served', async () => (await again.events()).length >= last);
    const decoded = await hashesOf(again, 'TxDecoded');
    await until('every transaction is labelled', async () => (await unlabelled(again, decoded)).length === 0);
    await assertWhole(again);
});

test('a part that is suspended (SIGSTOP) does not slow the rest', async () => {
    const { api, remote, stopTraffic } = await split('features');
    await untilMore(api, 'TxDecoded', 30);
    remote.child.kill('SIGSTOP');
    await untilMore(api, 'TxReady', 100);
    remote.child.kill('SIGCONT');
    await stopTraffic();
    for (const stream of ['tx', 'chain', 'pending', 'journal'])
        assert.equal(await metric(api, 'bus_drops_total', `stream="${stream}"`), 0, stream);
    await assertWhole(api);
});

test('a wrong key and garbage on a tcp endpoint are refused, counted and harmless', async () => {
    const { api, chains, folder, settings, endpoints, stopTraffic } = await split('features', 'tcp');
    await untilMore(api, 'TxDecoded', 20);
    const refused = (reason) => metric(api, 'bus_peers_refused_total', reason ? `reason="${reason}"` : '');
    assert.equal(await refused(), 0);

    const key = join(folder, 'other.key');
    assert.equal((await Tap.run(['keygen', key])).code, 0);
    const stranger = await Part.start({
        chains, components: ['features'], wait: false,
        settings: { ...settings, VIZ_API_CURVE_KEY_PATH: key, VIZ_API_STORAGE_PATH: join(folder, 'other.db') } });
    atEnd(() => stranger.kill());
    await until('the wrong key is refused', async () => (await refused()) > 0);
    await stranger.kill();

    const [host, port] = endpoints.tx.slice('tcp://'.length).split(':');
    const before = await refused();
    for (const garbage of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.alloc(100000, 0xff), Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3])]) {
        const socket = connect(Number(port), host);
        socket.on('error', () => {});
        socket.write(garbage);
        await pause(100); // whatever comes of it, the next
        socket.destroy();
    }
    await until('garbage is refused', async () => (await refused()) > before);

    await untilMore(api, 'TxDecoded', 50);
    await stopTraffic();
    assert.equal(await metric(api, 'bus_remote_lost_total'), 0);
    const decoded = await hashesOf(api, 'TxDecoded');
    await until('everything is labelled', async () => (await unlabelled(api, decoded)).length === 0);
    await assertWhole(api);
});

test('tcp without a key is refused at start', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const part = await Part.start({ chains: [chainOf([{ wsUrl: 'ws://127.0.0.1:1', httpUrl: 'http://127.0.0.1:1' }])],
        components: ['features'], wait: false, settings: { VIZ_API_ENDPOINTS: 'tx=tcp://127.0.0.1:1' } });
    assert.equal((await part.exit).code, 2);
    assert.match(part.log, /endpoints: tx=tcp:\/\/127\.0\.0\.1:1: tcp needs curve-key-path/);
});
