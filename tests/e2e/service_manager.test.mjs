// What systemd does with the service: it passes the socket, receives readiness and state, feeds on
// the watchdog, and starts anew. support/like_systemd.cpp is in its place.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { chainOf, cleanUps, loadOn, startNode, subscribed } from './support/environment.mjs';
import { binary, runToEnd, temporaryFolder, VizApi } from './support/process.mjs';
import { EventStream } from './support/stream.mjs';
import { Tap } from './support/tap.mjs';
import { drive } from './support/traffic.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kNoNode = chainOf([{ wsUrl: 'ws://127.0.0.1:1', httpUrl: 'http://127.0.0.1:1' }]);

/** viz-api under something like systemd: `api` as ever, and what it reports to the service manager. */
async function startService({ chains = [kNoNode], settings = {} } = {}) {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const api = await VizApi.start({ chains, folder: folder.path, settings, wrapper: [process.env.LIKE_SYSTEMD_BIN] });
    atEnd(() => api.stop());
    const lines = (word) => [...api.log.matchAll(new RegExp(`^${word} (.*)$`, 'gm'))].map(([, text]) => text);
    const pid = () => Number(lines('started').at(-1));
    return { api, folder: folder.path, lines, pid, notified: () => lines('notify'), restart: () => api.child.kill('SIGHUP') };
}

/** One request on a connection of its own: its status, or why there was none. */
function ask(port, path = '/openapi.json') {
    return new Promise((resolve) => {
        const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: 20000 }, (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode));
            response.on('error', (error) => resolve(error.code));
        });
        asked.on('timeout', () => asked.destroy(new Error('timeout')));
        asked.on('error', (error) => resolve(error.code ?? error.message));
        asked.end();
    });
}

/** Clients that connect anew for each request until stopped; answers how often each answer came. */
function hammer(port, clients = 8) {
    let going = true;
    const answers = new Map();
    const all = Array.from({ length: clients }, async () => {
        while (going) {
            const answer = await ask(port);
            answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }
    });
    return {
        answers,
        total: () => [...answers.values()].reduce((sum, count) => sum + count, 0),
        stop: async () => {
            going = false;
            await Promise.all(all);
            return Object.fromEntries(answers);
        },
    };
}

test('it serves on the socket that was handed over, and says so', async () => {
    const { api } = await startService({ settings: { VIZ_API_BIND: '127.0.0.1:9' } });
    assert.match(api.log, /viz-api listening address=127\.0\.0\.1:\d+ socket=systemd/);
    assert.equal((await api.request('/ready')).status, 200);
});

test('restarts refuse no connection: all that connect meanwhile are answered', async (t) => {
    const { api, lines, restart } = await startService();
    const clients = hammer(api.port);
    for (let round = 1; round <= 5; ++round) {
        const before = clients.total();
        await until('clients are answered', () => clients.total() > before + 50);
        restart();
        await until('it ended and was started again', () => lines('ended').length === round && lines('started').length === round + 1);
        await until('it is ready again', () => lines('notify').filter((text) => text.startsWith('READY=1')).length === round + 1);
    }
    const answers = await clients.stop();
    t.diagnostic(`answers through five restarts: ${JSON.stringify(answers)}`);
    assert.deepEqual(Object.keys(answers), ['200']);
    assert.deepEqual(lines('ended'), Array(5).fill('0'));
});

test('what connects after a crash waits for the next process', async () => {
    const { api, lines, pid } = await startService();
    process.kill(pid(), 'SIGKILL');
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(api.port)));
    assert.deepEqual(new Set(answers), new Set([200]));
    assert.deepEqual(lines('ended'), ['137']);
});

test('readiness, state and the end are reported, in that order', async () => {
    const node = await startNode();
    atEnd(() => node.stop());
    const { api, notified } = await startService({ chains: [chainOf([node])] });
    const at = (found) => notified().findIndex((text) => found.test(text));
    const started = await until('the chain is live in the status', () => at(/^STATUS=1 of 1 chains live, \d+ tx\/s, lag [\d.]+ ms, \d+ decoded$/) + 1);
    assert.ok(started > 0);
    assert.equal(at(/^READY=1\|STATUS=listening on port \d+$/) >= 0, true);
    await node.kill();
    await until('the status names the problem', () => at(/^STATUS=degraded: every chain is down; 0 of 1 chains live/) > 0, { seen: notified });
    await api.stop();
    assert.ok(at(/^STOPPING=1\|STATUS=draining$/) > at(/^READY=1/));
    assert.ok(!notified().some((text) => text.includes('WATCHDOG')), 'nobody asked for it');
});

test('a component that is stuck ends the feeding of the watchdog and is named, until it goes on', async () => {
    const node = await startNode();
    atEnd(() => node.stop());
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const hangs = join(folder.path, 'hangs');
    const { api, notified } = await startService({ chains: [chainOf([node])], settings: {
        WATCHDOG_USEC: '6000000', LD_PRELOAD: process.env.SLOW_DISK_LIB, SLOW_DISK_HANGS: hangs } });
    const fed = () => notified().filter((text) => text === 'WATCHDOG=1').length;
    await subscribed(api);
    atEnd(drive(node, await loadOn(node)));
    await until('it is fed while all turns', () => fed() >= 3);
    writeFileSync(hangs, '');
    atEnd(() => rmSync(hangs, { force: true }));
    const stuck = () => notified().filter((text) => text.startsWith('STATUS=stuck: storage'));
    await until('storage is found out', () => stuck().length > 0, { deadlineMs: 15000, seen: () => notified().slice(-3) });
    const last = fed();
    const reported = stuck().length;
    await until('further states are reported', () => stuck().length >= reported + 3);
    assert.equal(fed(), last, 'not fed meanwhile');
    assert.match(api.log, /component=storage stuck: its loop does not turn watchdog="?not fed/);
    rmSync(hangs);
    await until('it is fed again', () => fed() > last);
});

test('under journald a line has its fields, and is said once', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const settings = { LD_PRELOAD: process.env.REDIRECT_JOURNAL_LIB, JOURNAL_SOCKET: join(folder.path, 'journal') };
    const { api, lines } = await startService({ settings });
    const entries = () => lines('journal').map((text) => Object.fromEntries(text.split('|').filter(Boolean).map((field) =>
        [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)])));
    const entry = (begin) => entries().find((one) => one.MESSAGE.startsWith(begin));
    const left = await until('the endpoint was left', () => entry('endpoint left'), { seen: entries });
    assert.deepEqual({ ...left, MESSAGE: '' }, { MESSAGE: '', PRIORITY: '4', SYSLOG_IDENTIFIER: 'viz-api', VIZ_CHAIN: 'devnet',
        VIZ_SOURCE: 'anvil', VIZ_ENDPOINT: 'ws://127.0.0.1:1', VIZ_REASON: 'connect_failed', VIZ_COMPONENT: 'ingest' });
    assert.equal(entry('viz-api listening').PRIORITY, '6');
    assert.doesNotMatch(api.log, /^(?!journal ).*endpoint left/m, 'not on standard error as well');
});

test('keys and URLs come as credentials, and are shown nowhere', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const credentials = join(folder.path, 'credentials');
    mkdirSync(credentials);
    const secret = 'OfCredential4711';
    writeFileSync(join(credentials, 'viz-api.api-keys'), `${secret}\nsecond-${secret}\n`);
    writeFileSync(join(credentials, 'viz-api.eth-ws-url'), `ws://user:${secret}@127.0.0.1:1/${secret}\n`);
    writeFileSync(join(credentials, 'viz-api.eth-http-url'), `http://127.0.0.1:1/${secret}\n`);
    const settings = { CREDENTIALS_DIRECTORY: credentials, VIZ_API_AUTH_ENABLED: 'true', VIZ_API_LOG: 'trace' };
    const { api } = await startService({ settings });
    const withKey = (key) => api.request('/chains/status', { headers: { 'x-api-key': key } });
    assert.equal((await withKey('no-such-key')).status, 401);
    const status = await withKey(`second-${secret}`);
    assert.equal(status.status, 200);
    const printed = await runToEnd(['--print-config'], settings);
    assert.match(printed.stdout, /api-keys = <2 keys>/);
    const shown = [await status.text(), await (await api.request('/metrics')).text(), api.log, printed.stdout, printed.stderr];
    for (const text of shown) assert.ok(!text.includes(secret), text.slice(0, 300));
});

/** The system calls that a unit's SystemCallFilter= lines allow, by systemd's own lists. */
function allowedCalls(unit) {
    const expand = (name) => {
        if (!name.startsWith('@')) return [name];
        const { status, stdout } = spawnSync('systemd-analyze', ['syscall-filter', '--no-pager', name], { encoding: 'utf8' });
        assert.equal(status, 0, name);
        return stdout.split('\n').slice(1).map((line) => line.trim()).filter((line) => line && !line.startsWith('#')).flatMap(expand);
    };
    const allowed = new Set(expand('@default'));
    for (const [, without, names] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm))
        for (const call of names.split(' ').flatMap(expand)) without ? allowed.delete(call) : allowed.add(call);
    return allowed;
}

test('the system calls that the unit allows are enough to start, follow a chain, stream, be looked into, and stop', async () => {
    const unit = readFileSync(new URL('../../systemd/viz-api.service', import.meta.url), 'utf8');
    const allowed = allowedCalls(unit);
    assert.ok(allowed.has('read') && !allowed.has('mount') && !allowed.has('setpriority'));
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const calls = join(folder.path, 'calls');
    writeFileSync(calls, [...allowed].join('\n'));
    const node = await startNode();
    atEnd(() => node.stop());
    const tap = `ipc://${join(folder.path, 'tap.sock')}`;
    const { api, lines } = await startService({ chains: [chainOf([node])], settings: { SYSTEM_CALLS: calls, VIZ_API_TAP_ENDPOINT: tap } });
    await subscribed(api);
    const stopTraffic = drive(node, await loadOn(node));
    atEnd(stopTraffic);
    const stream = await EventStream.open(api.url);
    await until('events are streamed', () => stream.shown.length > 50);
    assert.equal((await Tap.run(['list', '--endpoint', tap])).code, 0);
    for (const path of ['/metrics', '/dashboard/snapshot', '/replay', '/events?limit=10']) assert.equal((await api.request(path)).status, 200, path);
    await stopTraffic();
    stream.close();
    await api.stop();
    assert.deepEqual(lines('ended'), ['0']);
});

test('a filter without what libzmq needs would be noticed', () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const calls = join(folder.path, 'calls');
    const allowed = allowedCalls(readFileSync(new URL('../../systemd/viz-api.service', import.meta.url), 'utf8'));
    assert.ok(allowed.delete('sched_setscheduler'));
    writeFileSync(calls, [...allowed].join('\n'));
    const env = { ...process.env, SYSTEM_CALLS: calls, VIZ_API_CHAINS: JSON.stringify([kNoNode]), VIZ_API_STORAGE_PATH: join(folder.path, 'viz-api.db') };
    const { stdout } = spawnSync(process.env.LIKE_SYSTEMD_BIN, [binary()], { env, encoding: 'utf8', timeout: 2000 });
    assert.match(stdout, /^ended 134$/m, 'it ends itself');
});

test('sockets that are promised in words nobody understands stop start-up with a line', () => {
    const env = { ...process.env, VIZ_API_CHAINS: JSON.stringify([kNoNode]), VIZ_API_STORAGE_PATH: '/nowhere/viz-api.db' };
    const { status, stderr } = spawnSync('sh', ['-c', 'LISTEN_PID=$$ LISTEN_FDS=many exec "$0"', binary()],
        { env, encoding: 'utf8', timeout: 10000 });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^viz-api: sockets passed at start: .+\n$/);
});
