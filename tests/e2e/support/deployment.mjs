// A deployment in a scratch folder, run by the operators' own commands: releases, configuration, data,
// and a restart command in systemd's place.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binary, freePort } from './process.mjs';

const kTools = fileURLToPath(new URL('../../../tools/', import.meta.url));

// Ends the old process by its id and starts the current release with the environment file.
const kService = `#!/bin/bash
set -eu
cd "$(dirname "$0")"
if [ -s pid ]; then
    kill "$(cat pid)" 2>/dev/null || true
    while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
fi
[ "\${1:-restart}" = stop ] && exit 0
set -a; . ./viz-api.env; set +a
setsid ./opt/current/bin/viz-api >>service.log 2>&1 </dev/null &
echo $! >pid
`;

function run(command, args) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
        let reported = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (reported += chunk));
        child.once('error', reject);
        child.once('close', (status) => resolve({ status, reported }));
    });
}

export class Deployment {
    static async create(folder, chains, settings = {}) {
        const one = new Deployment();
        Object.assign(one, { folder, store: join(folder, 'viz-api.db'), service: join(folder, 'service') });
        one.url = `http://127.0.0.1:${await freePort()}`;
        const all = { VIZ_API_BIND: one.url.slice(7), VIZ_API_STORAGE_PATH: one.store,
            VIZ_API_CHAINS: JSON.stringify(chains), ...settings };
        writeFileSync(join(folder, 'viz-api.env'), Object.entries(all).map(([key, value]) => `${key}='${value}'\n`).join(''));
        writeFileSync(one.service, kService);
        chmodSync(one.service, 0o755);
        return one;
    }

    tool(name, ...args) {
        return run(join(kTools, name), args);
    }

    /** Packs and installs a release: of the executable under test, started by these lines of shell. */
    async have(version, { before = '' } = {}) {
        const tree = join(this.folder, `tree-${version}`);
        mkdirSync(join(tree, 'bin'), { recursive: true });
        const script = `#!/bin/sh\ncase "\${1:-}" in --*) exec ${binary()} "$@" ;; esac\n${before}\nexec ${binary()}\n`;
        writeFileSync(join(tree, 'bin/viz-api'), script, { mode: 0o755 });
        const packages = join(this.folder, 'packages');
        const built = await this.tool('release.sh', 'build', '--tree', tree, '--version', version, '--out', packages);
        if (built.status !== 0) throw new Error(built.reported);
        return this.release('install', join(packages, `viz-api-${version}.tar.gz`));
    }

    releaseArguments(command, ...args) {
        const running = ['--ready-url', this.url, '--store', this.store];
        const acting = ['--restart-command', this.service, '--ready-limit', 30, '--log-command', '', '--recheck-seconds', 2,
            '--log-file', join(this.folder, 'service.log'), '--env-file', join(this.folder, 'viz-api.env')];
        const more = { activate: [...running, ...acting], rollback: [...running, ...acting], status: running }[command] ?? [];
        return [command, '--prefix', join(this.folder, 'opt'), ...more, ...args];
    }

    release(...args) {
        return this.tool('release.sh', ...this.releaseArguments(...args));
    }

    canaryArguments(seconds, ...args) {
        // Others may want the cores: what is planted is slower than that.
        return ['--base', this.url, '--minutes', seconds / 60, '--every', 0.4, '--slower-than-baseline', 5, ...args];
    }

    canary(...args) {
        return this.tool('canary_check.sh', ...this.canaryArguments(...args));
    }

    /** The runbook's line: a canary that fails rolls back, and its verdict goes into the archive. */
    canaryOrRollback(seconds, verdict, ...args) {
        const line = (tool, words) => [join(kTools, tool), ...words].map((word) => `'${word}'`).join(' ');
        const watch = line('canary_check.sh', this.canaryArguments(seconds, '--json', verdict, ...args));
        const back = line('release.sh', this.releaseArguments('rollback', '--reason', 'the canary failed', '--attach', verdict));
        return run('bash', ['-c', `${watch} || ${back}`]);
    }

    current() {
        return basename(readlinkSync(join(this.folder, 'opt/current')));
    }

    archives() {
        const folder = join(this.folder, 'opt/failed');
        return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tar.gz')).map((name) => join(folder, name)) : [];
    }

    async get(path) {
        const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5000) });
        if (response.status !== 200) throw new Error(`GET ${path}: ${response.status}`);
        return response.json();
    }

    /** seq_id -> event, of the whole record as a client sees it. */
    async record() {
        const all = new Map();
        for (let after = 0; ;) {
            const page = await this.get(`/events?limit=5000&after=${after}`);
            if (page.length === 0) return all;
            for (const event of page) all.set(event.seq_id, event);
            after = page.at(-1).seq_id;
        }
    }

    async end() {
        if (existsSync(join(this.folder, 'pid'))) await run(this.service, ['stop']);
    }

    async archived(path, name) {
        return (await run('tar', ['-xzOf', path, '--wildcards', `*/${name}`])).reported;
    }

    log() {
        return readFileSync(join(this.folder, 'service.log'), 'utf8');
    }
}
