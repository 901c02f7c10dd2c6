// viz-api is killed at random moments under traffic, again and again; what clients noted until then
// has to be in the record, the same and under the same number. Run by tools/kill_loop.sh.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { freePort, temporaryFolder, VizApi } from './process.mjs';
import { EventStream } from './stream.mjs';
import { Tap } from './tap.mjs';
import { drive } from './traffic.mjs';
import { chainOf, loadOn, startNode } from './environment.mjs';

const kLongestLifeMs = 1200;
const kPollEveryMs = 20;

/** What anybody was shown, by seq_id: the event as text. */
class Notes {
    constructor() {
        this.shown = new Map();
        this.latest = 0; // the highest number any answer named
        this.changed = []; // numbers that were shown with two contents
    }

    add(event) {
        const { seq_id: id } = event;
        const text = JSON.stringify(event);
        const before = this.shown.get(id);
        if (before !== undefined && before !== text) this.changed.push(id);
        this.shown.set(id, text);
        this.latest = Math.max(this.latest, id);
    }
}

/** Three clients at once: a stream, pages by cursor with a snapshot, and a tap of `events`. */
class Clients {
    constructor(api, folder, notes, after) {
        this.api = api;
        this.notes = notes;
        this.stream = new EventStream(api.url, { path: `/stream?after=${after}` });
        this.tap = new Tap(['follow', '--json', '--stream', 'events', '--endpoint', `ipc://${join(folder, 'tap.sock')}`]);
        this.polling = this.poll(after);
    }

    async poll(after) {
        for (this.running = true; this.running;) {
            try {
                for (const event of await this.api.get(`/events?after=${after}&limit=500`)) {
                    this.notes.add(event);
                    after = event.seq_id;
                }
                const snapshot = await this.api.get('/dashboard/snapshot?tx_limit=1');
                this.notes.latest = Math.max(this.notes.latest, snapshot.latest_seq_id ?? 0);
            } catch {
                // It was killed while it answered.
            }
            await new Promise((resolve) => setTimeout(resolve, kPollEveryMs));
        }
    }

    async end() {
        this.running = false;
        await this.polling;
        this.stream.close();
        for (const { data } of this.stream.shown) this.notes.add(data);
        const tapped = await this.tap.stop();
        for (const line of tapped.stdout.split('\n').slice(0, -1)) {
            const { seq_id: id } = JSON.parse(line).message;
            if (id) this.notes.latest = Math.max(this.notes.latest, id);
            if (id) this.tapped = (this.tapped ?? 0) + 1;
        }
        return this.tapped ?? 0;
    }
}

/** Compares the record from `from` on with the notes; answers how many numbers it holds. */
async function check(api, notes, from, report) {
    const record = new Map();
    for (const event of await api.events({ after: from - 1 })) record.set(event.seq_id, JSON.stringify(event));
    let expected = from;
    for (const id of record.keys()) {
        if (id !== expected) report.gaps += 1;
        expected = id + 1;
    }
    for (const [id, text] of notes.shown) {
        if (id < from) continue;
        if (record.get(id) !== text) {
            report.lost += 1;
            if (report.examples.length < 5) report.examples.push(`${id}: shown ${text}, recorded ${record.get(id)}`);
        }
    }
    if (notes.latest >= expected) report.lost += notes.latest - expected + 1;
    return expected - 1;
}

const median = (sorted) => sorted[Math.floor(sorted.length / 2)] ?? 0;

export async function killLoop(rounds, { random = Math.random, log = () => {} } = {}) {
    const folder = temporaryFolder();
    const node = await startNode();
    const report = { kills: 0, shown: 0, tapped: 0, lost: 0, gaps: 0, changed: 0, recovery: [], examples: [] };
    let api;
    try {
        const stopTraffic = drive(node, await loadOn(node));
        const notes = new Notes();
        const port = await freePort();
        let checked = 0;
        for (let round = 0; round <= rounds; round += 1) {
            const start = performance.now();
            api = await VizApi.start({
                chains: [chainOf([node])], folder: folder.path, port, settings: { VIZ_API_TAP_ENDPOINT: 'ipc://tap.sock' } });
            report.recovery.push(performance.now() - start);
            const upTo = await check(api, notes, Math.max(1, checked), report);
            checked = upTo;
            if (round === rounds) break;
            const clients = new Clients(api, folder.path, notes, Math.max(0, upTo - 50));
            await new Promise((resolve) => setTimeout(resolve, random() * kLongestLifeMs));
            await api.kill();
            report.kills += 1;
            report.tapped += await clients.end();
            log(`${report.kills} kills, ${notes.shown.size} events shown, ${report.lost} lost`);
        }
        await stopTraffic();
        await check(api, notes, 1, report); // all of it once more
        report.shown = notes.shown.size;
        report.changed = notes.changed.length;
        report.recovery = report.recovery.slice(1).sort((a, b) => a - b);
    } finally {
        await api?.stop();
        await node.stop();
        folder.remove();
    }
    return report;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop())) {
    const rounds = Number(process.argv[2]);
    if (!Number.isInteger(rounds) || rounds < 1) {
        console.error('kill_loop: expected a number of rounds, at least 1');
        process.exit(2);
    }
    const progress = process.stderr.isTTY ? (line) => process.stderr.write(`\r${line}   `) : () => {};
    const report = await killLoop(rounds, { log: progress });
    if (process.stderr.isTTY) process.stderr.write('\n');
    const { recovery } = report;
    console.log(`kills ${report.kills}, shown ${report.shown}, tapped ${report.tapped}, lost ${report.lost}, gaps ${report.gaps}, `
        + `changed ${report.changed}, recovery ms median ${median(recovery).toFixed(0)} worst ${(recovery.at(-1) ?? 0).toFixed(0)}`);
    for (const line of report.examples) console.log(line);
    assert.ok(report.shown > 0, 'nothing was shown: the loop proves nothing');
    process.exit(report.lost + report.gaps + report.changed === 0 ? 0 : 1);
}
