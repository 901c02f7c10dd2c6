import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, Discontinuity, MessageParser, readStream } from '../../../http/page/event_stream.mjs';

const message = (id, data = { seq_id: id }) => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const hello = (latest) => `event: hello\ndata: {"event":"hello","latest_seq_id":${latest}}\n\n`;

/** A stream that gives these pieces and ends; answers the calls of the handlers. */
async function read(pieces, lastId = 0) {
    const reported = [];
    const asked = [];
    const body = new ReadableStream({
        start(controller) {
            for (const piece of pieces) controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
            controller.close();
        },
    });
    await readStream({
        open: async (path, options) => { asked.push([path, options.headers]); return { body }; },
        lastId, types: ['TxReady', 'TxDropped'],
        handlers: { heard: () => {}, hello: (latest) => reported.push(['hello', latest]), event: (id, event) => reported.push([id, event]) },
    });
    return { reported, asked };
}

test('it asks for its types behind the last event it has', async () => {
    const { asked } = await read([hello(7)], 7);
    assert.deepEqual(asked, [['stream?types=TxReady,TxDropped', { 'Last-Event-ID': '7' }]]);
});

test('messages are the same however the network cuts them', async () => {
    const whole = hello(2) + ': keep-alive\n\n' + message(1, { text: 'ä: €\n"' }) + message(2);
    const bytes = new TextEncoder().encode(whole);
    const { reported } = await read([whole]);
    assert.deepEqual(reported, [['hello', 2], [1, { text: 'ä: €\n"' }], [2, { seq_id: 2 }]]);
    for (let at = 1; at < bytes.length; at++)
        assert.deepEqual((await read([bytes.slice(0, at), bytes.slice(at)])).reported, reported, `cut at ${at}`);
});

test('a keep-alive is no message', () => {
    assert.deepEqual(new MessageParser().feed(': keep-alive\n\n'), []);
});

test('a message that has not ended is kept back', () => {
    const parser = new MessageParser();
    assert.deepEqual(parser.feed('id: 1\ndata: {}\n'), []);
    assert.deepEqual(parser.feed('\n'), [{ id: '1', event: 'message', data: '{}' }]);
});

test('events that are missing, or another log, are an error of their own', async () => {
    for (const pieces of [[hello(9), 'event: lagged\ndata: {}\n\n'], [hello(9), 'event: gap\ndata: {}\n\n'], [hello(4)]])
        await assert.rejects(read(pieces, 5), Discontinuity);
});

test('tries again later and later, within bounds', () => {
    assert.deepEqual([0, 1, 2, 3].map((tries) => backoff(tries, 1)), [500, 1000, 2000, 4000]);
    assert.equal(backoff(50, 1), 10_000);
    assert.equal(backoff(50, 0), 5000);
});
