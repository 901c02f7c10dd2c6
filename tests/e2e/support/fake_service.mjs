// In the service's place behind the dashboard: the page's own files, answers as a test sets them, and a
// stream that says what the test wants said, also what a real service says rarely.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kPage = fileURLToPath(new URL('../../../http/page/', import.meta.url));
const kTypes = { '.html': 'text/html', '.css': 'text/css', '.mjs': 'text/javascript', '.svg': 'image/svg+xml' };
const kPolicy = "default-src 'self'";

const nothingYet = {
    '/health': { status: 'ok', version: '0', ingest_mode: 'rpc', uptime_s: 1, components: [] },
    '/dashboard/snapshot': { replay: [], opportunities: [], feature_details: [], latest_seq_id: 0 },
    '/transactions/all': [],
    '/chains/status': [],
    '/metrics/snapshot': { tx_per_sec_current: 0, ingest_lag_ms: 0, storage_write_latency_ms: 0, queue_depth_current: 0, queue_depth_capacity: 1 },
    '/scheduler/metrics': { pending_count: 0, ready_count: 0, blocked_count: 0 },
    '/features/recent': [],
    '/opps/recent': [],
    '/builder/snapshot': { blocks: [], decisions: [] },
    '/relay/dry-run/status': { latest: null, total_submissions: 0, total_accepted: 0, total_failed: 0 },
    '/alerts/evaluate': {},
    '/propagation': [],
};

export class FakeService {
    answers = structuredClone(nothingYet);
    asked = []; // paths, and of the stream its Last-Event-ID too
    latest = 0; // what the stream's hello says
    overRate = false; // 429 to whatever needs a key, but the stream
    #streams = new Set();

    static async start(atEnd) {
        const service = new FakeService();
        const server = createServer((request, response) => service.#answer(request, response));
        await new Promise((done) => server.listen(0, '127.0.0.1', done));
        atEnd(() => new Promise((done) => { server.close(done); server.closeAllConnections(); }));
        service.url = `http://127.0.0.1:${server.address().port}`;
        return service;
    }

    #answer(request, response) {
        const { pathname } = new URL(request.url, this.url);
        this.asked.push(pathname === '/stream' ? `/stream ${request.headers['last-event-id']}` : pathname);
        if (pathname === '/stream') return this.#stream(response);
        if (pathname === '/' || pathname.startsWith('/page/')) return this.#file(pathname, response);
        if (this.overRate && pathname !== '/health')
            return response.writeHead(429, { 'retry-after': '1' }).end(JSON.stringify({ error: { code: 'rate_limited', message: 'over the rate' } }));
        const found = this.answers[pathname];
        response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(found ?? { error: { code: 'not_found', message: 'no such thing' } }));
    }
    #file(pathname, response) {
        const file = pathname === '/' ? 'index.html' : pathname.slice('/page/'.length);
        response.writeHead(200, { 'content-type': kTypes[extname(file)], 'content-security-policy': kPolicy });
        response.end(readFileSync(join(kPage, file)));
    }
    #stream(response) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        this.#streams.add(response);
        response.on('close', () => this.#streams.delete(response));
        response.write(`event: hello\ndata: {"event":"hello","latest_seq_id":${this.latest}}\n\n`);
    }

    get listeners() {
        return this.#streams.size;
    }
    say(text) {
        for (const stream of this.#streams) stream.write(text);
    }
    /** Events: [[id, type, data], …], in one piece. */
    tell(events) {
        this.latest = Math.max(this.latest, events.at(-1)[0]);
        this.say(events.map(([id, type, data]) => `id: ${id}\ndata: ${JSON.stringify({
            seq_id: id, ingest_ts_unix_ms: Date.now(), payload: { type, data } })}\n\n`).join(''));
    }
    /** The last words of a stream. */
    end(text = '') {
        for (const stream of this.#streams) stream.end(text);
    }
}
