// Who may ask, what start-up refuses, and what must never be said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainOf, cleanUps, mine, Sender, startNode, startEnvironment } from './support/environment.mjs';
import { runToEnd, temporaryFolder, VizApi } from './support/process.mjs';
import { EventStream } from './support/stream.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const chains = JSON.stringify([chainOf([{ wsUrl: 'ws://127.0.0.1:1', httpUrl: 'http://127.0.0.1:1' }])]);
const kProtected = ['/events', '/replay', '/propagation', '/features', '/features/recent', '/opps', '/sim/parity', '/transactions',
    '/transactions/all', '/dashboard/snapshot', '/chains/status', '/metrics/snapshot', '/alerts/evaluate', '/scheduler/snapshot',
    '/scheduler/metrics'];

test('with auth on, protected routes want a valid key, public ones none', async () => {
    const keys = { VIZ_API_AUTH_ENABLED: 'true', VIZ_API_API_KEYS: 'first-key,second-key' };
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const api = await VizApi.start({ chains: JSON.parse(chains), folder: folder.path, settings: keys });
    atEnd(() => api.stop());
    for (const path of kProtected) {
        const without = await api.request(path);
        assert.equal(without.status, 401, path);
        assert.equal((await without.json()).error.code, 'unauthorized', path);
        assert.equal((await api.request(path, { headers: { 'x-api-key': 'first-kez' } })).status, 401, path);
        assert.equal((await api.request(path, { headers: { 'x-api-key': 'second-key' } })).status, 200, path);
    }
    assert.equal((await api.request('/stream')).status, 401);
    for (const path of ['/ready', '/metrics', '/openapi.json', '/']) assert.equal((await api.request(path)).status, 200, path);
    const stream = await EventStream.open(api.url, { headers: { 'x-api-key': 'first-key' } });
    stream.close();
});

test('a key over its rate gets 429 and the time to come back; another key is not affected', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const api = await VizApi.start({ chains: JSON.parse(chains), folder: folder.path, settings: {
        VIZ_API_AUTH_ENABLED: 'true', VIZ_API_API_KEYS: 'busy,calm', VIZ_API_RATE_LIMIT_PER_MINUTE: '6' } });
    atEnd(() => api.stop());
    const ask = (key) => api.request('/transactions', { headers: { 'x-api-key': key } });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await ask('busy'));
    assert.equal(answers[0].status, 200);
    const refused = answers.find((answer) => answer.status === 429);
    assert.ok(refused, answers.map((answer) => answer.status).join(' '));
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await refused.json()).error.code, 'rate_limited');
    assert.equal((await ask('calm')).status, 200);
    assert.equal((await api.request('/ready')).status, 200);
});

for (const [name, settings, args, names] of [
    ['an unknown flag', {}, ['--no-such-flag'], /no-such-flag/],
    ['a port out of range', { VIZ_API_BIND: '127.0.0.1:99999' }, [], /BIND|bind/],
    ['chains that are not JSON', { VIZ_API_CHAINS: '{nope' }, [], /CHAINS|chains/],
    ['a chain without endpoints', { VIZ_API_CHAINS: '[{"chain_key":"a","chain_id":1,"endpoints":[]}]' }, [], /endpoints/],
    ['a number that is none', { VIZ_API_RPC_BATCH_SIZE: 'many' }, [], /BATCH_SIZE|batch-size/],
    ['auth without keys', { VIZ_API_AUTH_ENABLED: 'true' }, [], /API_KEYS|api-keys/],
    ['the ingest mode p2p', { VIZ_API_INGEST_MODE: 'p2p' }, [], /p2p/],
    ['the ingest mode hybrid', {}, ['--ingest-mode', 'hybrid'], /hybrid/],
    ['an unknown ingest mode', { VIZ_API_INGEST_MODE: 'telepathy' }, [], /telepathy/],
]) {
    test(`${name} stops start-up with status 2 and one clear line`, async () => {
        const { status, stdout, stderr } = await runToEnd(args, { VIZ_API_CHAINS: chains, VIZ_API_BIND: '127.0.0.1:0', ...settings });
        assert.equal(status, 2, stderr);
        const lines = (stdout + stderr).split('\n').filter((line) => line.trim() !== '');
        assert.equal(lines.length, 1, stdout + stderr);
        assert.match(lines[0], names);
    });
}

test('--help, --version, --check-config and --print-config answer and end with 0', async () => {
    for (const flag of ['--help', '--version', '--check-config', '--print-config']) {
        const { status, stdout, stderr } = await runToEnd([flag], { VIZ_API_CHAINS: chains });
        assert.equal(status, 0, `${flag}: ${stderr}`);
        if (flag !== '--check-config') assert.ok(stdout.length > 0, flag);
    }
});

test('secrets of URLs and API keys are in no log, metric or answer', async () => {
    const node = await startNode();
    atEnd(() => node.stop());
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const secrets = ['PathSecret4711', 'QuerySecret4712', 'UserSecret4713', 'PassSecret4714', 'KeySecret4715', 'WrongSecret4716'];
    const [path, query, user, password, key, wrong] = secrets;
    const hidden = (scheme) => `${scheme}://${user}:${password}@127.0.0.1:${node.port}/v2/${path}?token=${query}`;
    const dead = (scheme) => `${scheme}://127.0.0.1:1/v2/${path}`;
    const api = await VizApi.start({
        chains: [chainOf([{ wsUrl: dead('ws'), httpUrl: dead('http') }, { wsUrl: hidden('ws'), httpUrl: hidden('http') }, node])],
        folder: folder.path,
        settings: { VIZ_API_AUTH_ENABLED: 'true', VIZ_API_API_KEYS: key, VIZ_API_LOG: 'trace', VIZ_API_SILENT_CHAIN_TIMEOUT_SECS: '1' },
    });
    atEnd(() => api.stop());
    const headers = { 'x-api-key': key };
    await until('every endpoint was tried', async () => (await api.get('/chains/devnet/status', { headers })).rotation_count >= 3,
        { deadlineMs: 20000 });
    await api.request('/transactions', { headers: { 'x-api-key': wrong } });
    const answers = [];
    for (const route of [...kProtected, '/health', '/metrics', '/chains/devnet/status', '/openapi.json'])
        answers.push([route, await (await api.request(route, { headers })).text()]);
    const printed = await runToEnd(['--print-config'], { ...api.settings, VIZ_API_CHAINS: JSON.stringify([chainOf([{ wsUrl: hidden('ws'), httpUrl: hidden('http') }])]) });
    answers.push(['--print-config', printed.stdout + printed.stderr]);
    await api.stop();
    answers.push(['the log', api.log]);
    for (const secret of secrets)
        for (const [where, text] of answers) assert.ok(!text.includes(secret), `${where} says ${secret}`);
});

test('the log says what an operator looks for at start', async () => {
    const { api, node, url } = await startEnvironment(atEnd);
    const sent = await new Sender(node, 1).send();
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    assert.match(api.log, /viz-api listening/);
    assert.ok(api.log.includes(`127.0.0.1:${api.port}`));
    assert.match(api.log, /ingest_mode=rpc/);
});
