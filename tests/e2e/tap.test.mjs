// viz-tap against a live service: what it shows, what it leaves alone, and an incident replayed.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertGapless, chainOf, cleanUps, loadOn, mine, Sender, startEnvironment } from './support/environment.mjs';
import { temporaryFolder, VizApi } from './support/process.mjs';
import { EventStream } from './support/stream.mjs';
import { Tap } from './support/tap.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
let environment;
let endpoint;
before(async () => {
    environment = await startEnvironment(atEnd, { settings: { VIZ_API_TAP_ENDPOINT: 'ipc://tap.sock' } });
    endpoint = `ipc://${join(environment.folder, 'tap.sock')}`;
});

/** A tap that is known to be attached: it has shown something. */
async function attached(args) {
    const tap = new Tap([...args, '--endpoint', endpoint]);
    atEnd(() => tap.stop('SIGKILL'));
    return tap;
}

async function following(sender, args = []) {
    const tap = await attached(['follow', '--json', ...args]);
    await until('the tap shows something', async () => {
        const { hash } = await sender.send();
        await environment.api.untilStatus(hash, 'ready');
        return tap.lines().length > 0;
    });
    return tap;
}

test('it lists every stream with its rate, drops and queue', async () => {
    const { hash } = await new Sender(environment.node, 1).send();
    await environment.api.untilStatus(hash, 'ready');
    const { code, stdout } = await Tap.run(['list', '--json', '--endpoint', endpoint]);
    assert.equal(code, 0);
    const streams = Object.fromEntries(stdout.trim().split('\n').map((line) => JSON.parse(line)).map((s) => [s.stream, s]));
    for (const name of ['pending', 'tx', 'chain', 'query', 'feature', 'journal', 'events']) assert.ok(streams[name], name);
    assert.ok(streams.tx.messages >= 1);
    assert.equal(streams.tx.dropped, 0);
    assert.equal(streams.journal.capacity, 65536);
    const table = await Tap.run(['list', '--endpoint', endpoint]);
    assert.match(table.stdout, /^stream +messages +a second +dropped/);
});

test('it follows one transaction over every hop, from the announcement to the record', async () => {
    const sender = new Sender(environment.node, 2);
    const tap = await following(sender);
    const { hash } = await sender.send();
    await environment.api.untilStatus(hash, 'ready');
    const about = (m, stream, kind) => m.stream === stream && m.kind === kind && JSON.stringify(m.message).includes(hash);
    for (const [stream, kind] of [['journal', 'TxSeen'], ['pending', 'tx'], ['tx', 'decoded'], ['feature', 'labelled'], ['events', 'TxDecoded'], ['events', 'TxReady']])
        await tap.untilMessage(`${stream}.${kind} is shown`, (m) => about(m, stream, kind));
    const { code, stderr } = await tap.stop();
    assert.equal(code, 0);
    assert.equal(stderr, '', 'nothing was missed');
    const at = (stream, kind) => tap.messages().find((m) => about(m, stream, kind)).mono_ns;
    assert.ok(at('pending', 'tx') <= at('tx', 'decoded') && at('tx', 'decoded') <= at('events', 'TxDecoded'));
});

test('filters by hash, sender, kind and chain leave out all else', async () => {
    const sender = new Sender(environment.node, 3);
    const other = new Sender(environment.node, 4);
    const taps = {
        sender: await attached(['follow', '--json', '--stream', 'tx', '--sender', sender.address]),
        kind: await attached(['follow', '--json', '--stream', 'chain', '--kind', 'head', '--chain', '31337']),
        chain: await attached(['follow', '--json', '--chain', '1']),
    };
    // Whether they are attached shows in what they show, so the same goes on until all have.
    await until('each shows what it was asked for', async () => {
        await sender.send();
        await other.send();
        await mine(environment.url);
        return taps.sender.lines().length > 0 && taps.kind.lines().length > 0;
    }, { seen: () => Object.entries(taps).map(([name, tap]) => [name, tap.lines().length, tap.stderr]) });
    const late = new Sender(environment.node, 5);
    const wanted = await late.sign();
    const exact = await attached(['follow', '--json', '--hash', wanted.hash]);
    const probe = await following(other, ['--stream', 'tx']);
    await late.send({ nonce: wanted.tx.nonce });
    await exact.untilMessage('the transaction is recorded', (m) => m.stream === 'events' && m.kind === 'TxDecoded');
    for (const message of exact.messages()) assert.ok(JSON.stringify(message).includes(wanted.hash));
    for (const message of taps.sender.messages()) assert.equal(message.message.sender, sender.address);
    for (const message of taps.kind.messages()) assert.equal(`${message.stream}.${message.kind}`, 'chain.head');
    assert.deepEqual(taps.chain.lines(), []);
    for (const tap of [...Object.values(taps), exact, probe]) assert.equal((await tap.stop()).code, 0);
});

test('it measures messages, bytes and the latency of each hop', async () => {
    const sender = new Sender(environment.node, 6);
    const tap = await attached(['rate', '--json', '--every', '0.5']);
    const figures = await until('an interval has the whole way', async () => {
        const { hash } = await sender.send();
        await environment.api.untilStatus(hash, 'ready');
        return tap.messages().find((m) => m.latency.every((hop) => hop.samples > 0));
    }, { deadlineMs: 20000 });
    const end = figures.latency.find((hop) => hop.hop === 'announcement → events');
    assert.ok(end.p50_ns > 0 && end.p50_ns <= end.p99_ns && end.p99_ns <= end.max_ns);
    assert.ok(end.max_ns < 5e9);
    const tx = figures.streams.find((s) => s.stream === 'tx');
    assert.ok(tx.messages > 0 && tx.bytes > 100);
    assert.equal((await tap.stop('SIGTERM')).code, 0);
});

test('wrong use and an absent service are reported in one line, with their own exit status', async () => {
    const nobody = await Tap.run(['list', '--endpoint', `ipc://${join(environment.folder, 'nobody')}`]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /^viz-tap: .*No such file or directory.*\n$/);
    const wrong = await Tap.run(['follow', '--stream', 'nonsense']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^viz-tap: --stream: no stream "nonsense".*\n$/);
    const closed = await Tap.run(['play', '/dev/null', '--endpoint', endpoint]);
    assert.equal(closed.code, 1);
    assert.match(closed.stderr, /is not a recording/);
});

test('a tap that is stopped (SIGSTOP) under load takes nothing from the live streams', async () => {
    // A chain of its own: the load brings its own accounts and contracts.
    const { node, api, folder } = await startEnvironment(atEnd, { settings: { VIZ_API_TAP_ENDPOINT: 'ipc://tap.sock' } });
    const traffic = await loadOn(node);
    const frozen = new Tap(['follow', '--json', '--endpoint', `ipc://${join(folder, 'tap.sock')}`]);
    atEnd(() => frozen.stop('SIGKILL'));
    await until('the tap shows something', async () => {
        await traffic.step();
        return frozen.lines().length > 0;
    });
    frozen.suspend();
    const stream = await EventStream.open(api.url);
    atEnd(() => stream.close());
    for (let i = 0; i < 300; i++) await traffic.step();
    await traffic.onBlock(await mine(node.httpUrl));
    const last = await new Sender(node, 23).send();
    await api.untilStatus(last.hash, 'ready');
    await until('the stream shows the last one', () => stream.shown.some(({ data }) => data.payload.data.hash === last.hash));
    assertGapless(assert, stream.shown.map(({ id }) => id));
    assert.ok(stream.shown.length > 600);
    const metrics = await (await api.request('/metrics')).text();
    const drops = metrics.split('\n').filter((line) => line.startsWith('viz_api_bus_drops_total'));
    assert.ok(drops.length >= 7);
    for (const line of drops) assert.match(line, / 0$/, line);
});

/** No node, no ingest, the recording in its place. */
async function playAtTheDesk(file, speed, hashes) {
    const target = temporaryFolder();
    atEnd(target.remove);
    const api = await VizApi.start({
        chains: [chainOf([{ wsUrl: 'ws://127.0.0.1:1', httpUrl: 'http://127.0.0.1:1' }])], folder: target.path,
        settings: { VIZ_API_PLAY_ENDPOINT: 'ipc://play.sock', VIZ_API_COMPONENTS: 'decode,lifecycle,features,storage,http' } });
    atEnd(() => api.stop());
    const played = await Tap.run(['play', file, '--speed', speed, '--endpoint', `ipc://${join(target.path, 'play.sock')}`]);
    assert.equal(played.code, 0, played.stderr);
    for (const hash of hashes) {
        const detail = await api.untilStatus(hash, 'confirmed_provisional');
        const original = await environment.api.transaction(hash);
        for (const field of ['sender', 'nonce', 'value_wei', 'first_seen_unix_ms', 'included_block_hash', 'protocol', 'category', 'raw_tx_len'])
            assert.deepEqual(detail[field], original[field], field);
        assert.deepEqual((await api.historyOf(hash)).sort(), (await environment.api.historyOf(hash)).sort());
    }
    assertGapless(assert, (await api.events()).map((event) => event.seq_id), 1);
}

test('an incident is recorded and played into a fresh service at any speed, with the same events', async () => {
    const file = join(environment.folder, 'incident.viz');
    const tap = await attached(['record', file]);
    const sender = new Sender(environment.node, 22);
    await until('the recording has begun', async () => {
        await sender.send();
        await mine(environment.url);
        return statSync(file).size > 5000;
    });
    const hashes = [];
    for (let i = 0; i < 20; i++) hashes.push((await sender.send()).hash);
    for (const hash of hashes) await environment.api.untilStatus(hash, 'ready');
    await mine(environment.url);
    for (const hash of hashes) await environment.api.untilStatus(hash, 'confirmed_provisional');
    const recorded = await tap.stop();
    assert.equal(recorded.code, 0, recorded.stderr);
    assert.match(recorded.stderr, /recorded \d+ messages, \d+ bytes, missed 0/);
    assert.equal(statSync(file).mode & 0o777, 0o600);

    for (const speed of ['2', '0']) await playAtTheDesk(file, speed, hashes);
});
