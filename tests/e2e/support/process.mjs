// Starting and ending viz-api as an operator would: by its executable, environment and signals.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endChild, hasExited, tiedCommand } from '../../../tools/devnet/node.mjs';
import { until } from './until.mjs';

const kStartDeadlineMs = 20000;
const kRequestTimeoutMs = 5000;

export function binary() {
    const path = process.env.VIZ_BIN;
    if (!path) throw new Error('VIZ_BIN: expected the path of viz-api');
    return path;
}

export function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

export function temporaryFolder() {
    const path = mkdtempSync(join(tmpdir(), 'viz-e2e-'));
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The environment of a child: ours without any setting of viz-api, then these. */
function environment(settings) {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIZ_API_')));
    return { ...clean, ...settings };
}

/** Runs viz-api to its end, for what ends by itself. */
export async function runToEnd(args, settings = {}, { deadlineMs = 10000 } = {}) {
    const [command, tiedArgs] = tiedCommand(binary(), args);
    const child = spawn(command, tiedArgs, { env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (output[name] += chunk));
    const closed = new Promise((resolve) => child.once('close', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    const status = await closed;
    clearTimeout(timer);
    return { status, ...output };
}

/** A running viz-api. url, log and the answers of its API; stop, kill. */
export class VizApi {
    constructor(settings, port) {
        this.settings = settings;
        this.port = port;
        this.log = '';
    }

    get url() {
        return `http://127.0.0.1:${this.port}`;
    }

    /** wrapper: a command with options that runs viz-api in its place, by exec. */
    static async start({ chains, folder, settings = {}, port = undefined, args = [], wrapper = [] }) {
        const api = new VizApi(settings, port);
        const whole = [...wrapper, binary(), ...args];
        const [command, tiedArgs] = tiedCommand(whole[0], whole.slice(1));
        const env = environment({
            // Unless one is given the kernel chooses: a port found free earlier may be another
            // process's by the time it is bound.
            VIZ_API_BIND: `127.0.0.1:${port ?? 0}`,
            VIZ_API_CHAINS: JSON.stringify(chains),
            VIZ_API_STORAGE_PATH: join(folder, 'viz-api.db'),
            ...settings,
        });
        api.child = spawn(command, tiedArgs, { env, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [api.child.stdout, api.child.stderr]) stream.on('data', (chunk) => (api.log += chunk));
        api.exit = new Promise((resolve) => api.child.once('close', (code, signal) => resolve({ code, signal })));
        try {
            await until('viz-api is ready', () => api.isReady(), { deadlineMs: kStartDeadlineMs });
        } catch (error) {
            await api.kill();
            throw new Error(`${error.message}\n--- log of viz-api\n${api.log.slice(-3000)}`);
        }
        return api;
    }

    async isReady() {
        if (hasExited(this.child)) throw new Error(`viz-api ended with ${this.child.exitCode ?? this.child.signalCode}`);
        this.port ??= /viz-api listening address=\S+:(\d+)\s/.exec(this.log)?.[1];
        return this.port !== undefined && (await this.request('/ready')).status === 200;
    }

    request(path, options = {}) {
        return fetch(this.url + path, { signal: AbortSignal.timeout(kRequestTimeoutMs), ...options });
    }

    /** The parsed answer of a route; throws for any status but 200. */
    async get(path, options) {
        const response = await this.request(path, options);
        const text = await response.text();
        if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 200)}`);
        return JSON.parse(text);
    }

    /** TransactionDetail, or null while it is not known. */
    async transaction(hash) {
        const response = await this.request(`/transactions/${hash}`);
        if (response.status === 404) return null;
        if (response.status !== 200) throw new Error(`GET /transactions/${hash}: ${response.status}`);
        return response.json();
    }

    /** Every event after a seq_id, read page by page. */
    async events({ after = 0, types = '' } = {}) {
        const all = [];
        for (;;) {
            const page = await this.get(`/events?limit=5000&after=${after}${types ? `&types=${types}` : ''}`);
            all.push(...page);
            if (page.length === 0) return all;
            after = page.at(-1).seq_id;
        }
    }

    /** The names of the events about one transaction, in order. */
    async historyOf(hash) {
        const events = await this.events();
        return events.filter((event) => event.payload.data.hash === hash).map((event) => event.payload.type);
    }

    untilStatus(hash, status, options = {}) {
        const wanted = [status].flat();
        return until(`${hash} is ${wanted.join(' or ')}`, async () => {
            const detail = await this.transaction(hash);
            return wanted.includes(detail?.lifecycle_status) && detail;
        }, { seen: async () => this.summary(await this.transaction(hash)), ...options });
    }

    summary(detail) {
        return detail && { status: detail.lifecycle_status, reason: detail.lifecycle_reason, block: detail.included_block };
    }

    /** Asks to end; answers {code, signal, tookMs}. */
    async stop(signal = 'SIGTERM', deadlineMs = 10000) {
        const start = Date.now();
        await endChild(this.child, { signal, deadlineMs });
        return { ...(await this.exit), tookMs: Date.now() - start };
    }

    kill() {
        return this.stop('SIGKILL');
    }
}
