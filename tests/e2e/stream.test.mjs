// The live stream: what it shows, in which order, and how a client goes on after a break.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { assertGapless, cleanUps, mine, Sender, startEnvironment } from './support/environment.mjs';
import { EventStream } from './support/stream.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
let environment;
let sender;
before(async () => {
    environment = await startEnvironment(atEnd);
    sender = new Sender(environment.node, 1);
});

async function open(options) {
    const stream = await EventStream.open(environment.api.url, options);
    atEnd(() => stream.close());
    return stream;
}

async function sendReady(count) {
    const hashes = [];
    for (let i = 0; i < count; i++) hashes.push((await sender.send()).hash);
    for (const hash of hashes) await environment.api.untilStatus(hash, 'ready');
    return hashes;
}

const latest = async () => (await environment.api.get('/dashboard/snapshot')).latest_seq_id;
const untilShown = (stream, seq) => until(`event ${seq} was streamed`, () => stream.lastId >= seq, { seen: () => stream.lastId });

test('it says hello first, then shows each event once, with the seq_id as its id', async () => {
    const stream = await open();
    assert.equal(stream.hello.event, 'hello');
    assert.equal(typeof stream.hello.latest_seq_id, 'number');
    const hashes = await sendReady(5);
    await untilShown(stream, await latest());
    const ids = stream.shown.map(({ id }) => id);
    assertGapless(assert, ids, stream.hello.latest_seq_id + 1);
    for (const { id, data } of stream.shown) assert.equal(data.seq_id, id);
    for (const hash of hashes)
        assert.ok(stream.shown.some(({ data }) => data.payload.type === 'TxReady' && data.payload.data.hash === hash));
});

test('what it shows is what /events answers', async () => {
    const stream = await open();
    await sendReady(3);
    await untilShown(stream, await latest());
    // Taken before the page is asked for: what comes meanwhile is in the page alone.
    const shown = stream.shown.map(({ data }) => data);
    const page = await environment.api.events({ after: shown[0].seq_id - 1 });
    assert.deepEqual(shown, page.slice(0, shown.length));
});

test('a client that reconnects with Last-Event-ID misses nothing and sees nothing twice', async () => {
    const first = await open();
    await sendReady(4);
    await until('some were shown', () => first.shown.length >= 6);
    first.close();
    const last = first.shown[first.shown.length - 3].id; // the client got no further than this
    await sendReady(4); // while it was away
    const second = await open({ lastEventId: last });
    await sendReady(2);
    await untilShown(second, await latest());
    assertGapless(assert, second.shown.map(({ id }) => id), last + 1);
});

test('after=0 shows the record from its first event, across the change from stored to live', async () => {
    const opening = open({ path: '/stream?after=0' });
    const sending = sendReady(6);
    const stream = await opening;
    await sending;
    await untilShown(stream, await latest());
    assertGapless(assert, stream.shown.map(({ id }) => id), 1);
});

test('types and chain_id choose', async () => {
    const some = await open({ path: '/dashboard/events-v1?types=TxConfirmedProvisional' });
    const none = await open({ path: '/stream?chain_id=999' });
    const [hash] = await sendReady(1);
    await mine(environment.url);
    await until('the confirmation was streamed', () => some.shown.some(({ data }) => data.payload.data.hash === hash));
    assert.ok(some.shown.every(({ data }) => data.payload.type === 'TxConfirmedProvisional'));
    assert.equal(none.shown.length, 0);
});

test('a Last-Event-ID that is no number is 400', async () => {
    const response = await environment.api.request('/stream', { headers: { 'last-event-id': 'x' } });
    assert.equal(response.status, 400);
});

test('clients that go away without a word do no harm', async () => {
    for (let i = 0; i < 30; i++) (await EventStream.open(environment.api.url, { path: '/stream?after=0' })).close();
    const [hash] = await sendReady(1);
    assert.ok(await environment.api.transaction(hash));
    assert.equal((await environment.api.get('/health')).status, 'ok');
});
