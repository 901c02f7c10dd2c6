// A client of Server-Sent Events that keeps what it was shown.
import { request } from 'node:http';
import { until } from './until.mjs';

export class EventStream {
    /** after: resume point for the header Last-Event-ID. */
    constructor(url, { path = '/stream', lastEventId = undefined, headers = {} } = {}) {
        this.hello = null;
        this.shown = []; // {id, event, data} of each numbered message
        this.other = []; // messages without id, but hello
        this.status = null;
        this.ended = false;
        this.error = null;
        this.buffer = '';
        const all = { accept: 'text/event-stream', connection: 'keep-alive', ...headers };
        if (lastEventId !== undefined) all['last-event-id'] = String(lastEventId);
        this.request = request(url + path, { headers: all, agent: false }, (response) => {
            this.status = response.statusCode;
            response.setEncoding('utf8');
            response.on('data', (chunk) => this.read(chunk));
            response.on('error', (error) => (this.error = error));
            response.on('close', () => (this.ended = true));
        });
        this.request.on('error', (error) => {
            this.error = error;
            this.ended = true;
        });
        this.request.end();
    }

    static async open(url, options) {
        const stream = new EventStream(url, options);
        await until('the stream says hello', () => {
            if (stream.error) throw stream.error;
            return stream.hello;
        });
        return stream;
    }

    read(chunk) {
        this.buffer += chunk;
        const parts = this.buffer.split(/\r?\n\r?\n/);
        this.buffer = parts.pop();
        for (const part of parts) this.message(part);
    }

    message(text) {
        const fields = { event: 'message', data: '' };
        for (const line of text.split(/\r?\n/)) {
            const found = /^(id|event|data): ?(.*)$/.exec(line);
            if (found) fields[found[1]] = found[1] === 'data' ? fields.data + found[2] : found[2];
        }
        if (!fields.data) return; // a comment: keep-alive
        const data = JSON.parse(fields.data);
        if (fields.event === 'hello') this.hello = data;
        else if (fields.id === undefined) this.other.push({ event: fields.event, data });
        else this.shown.push({ id: Number(fields.id), event: fields.event, data });
    }

    get lastId() {
        return this.shown.at(-1)?.id;
    }

    close() {
        this.request.destroy();
    }
}
