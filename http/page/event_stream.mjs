// Server-Sent Events with fetch: EventSource cannot send the header with the API key.

/** Parses the text of a stream, in chunks of any size, into messages: {id, event, data}. */
export class MessageParser {
    #rest = '';

    feed(text) {
        const whole = this.#rest + text;
        const parts = whole.split('\n\n');
        this.#rest = parts.pop();
        return parts.map(parseMessage).filter((message) => message.data !== '');
    }
}

// The service ends lines with LF only and writes one data line per message.
function parseMessage(lines) {
    const message = { id: null, event: 'message', data: '' };
    for (const line of lines.split('\n')) {
        const colon = line.indexOf(': ');
        const field = line.slice(0, colon);
        if (colon > 0 && field in message) message[field] = line.slice(colon + 2);
    }
    return message;
}

/** Thrown when a message reports missing events or the stream belongs to another log. */
export class Discontinuity extends Error {}

/**
 * Reads the stream from the event after `lastId` until it ends (returns), breaks or is aborted
 * (throws). `handlers.hello(latest)` is called first, then `handlers.event(id, event)` in order;
 * `handlers.heard()` for all input, including keep-alives.
 */
export async function readStream({ open, lastId, types, signal, handlers }) {
    const response = await open(`stream?types=${types.join(',')}`, { signal, headers: { 'Last-Event-ID': String(lastId) } });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new MessageParser();
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return;
            handlers.heard();
            for (const message of parser.feed(value)) take(message, lastId, handlers);
        }
    } finally {
        reader.cancel().catch(() => {}); // it may have failed already
    }
}

function take({ id, event, data }, lastId, handlers) {
    if (event === 'message') return handlers.event(Number(id), JSON.parse(data));
    if (event === 'hello') {
        const { latest_seq_id: latest } = JSON.parse(data);
        if (latest < lastId) throw new Discontinuity('the service has another log');
        return handlers.hello(latest);
    }
    if (event === 'lagged' || event === 'gap') throw new Discontinuity(event);
}

/** Milliseconds before attempt number `tries` (from 0): exponential, bounded, randomized by `random`. */
export function backoff(tries, random = Math.random()) {
    const longest = Math.min(500 * 2 ** tries, 10_000);
    return Math.round(longest * (0.5 + random / 2));
}
