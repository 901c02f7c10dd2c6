// The commands of the incident pages, run as they stand against a live service: an operator finds
// none that does not work.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { chainOf, cleanUps, loadOn, mine, startNode, subscribed } from './support/environment.mjs';
import { binary, temporaryFolder, VizApi } from './support/process.mjs';
import { drive } from './support/traffic.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kPages = new URL('../../systemd/incidents/', import.meta.url).pathname;
const kDeadlineMs = 60000; // what a busy machine may take
// What needs a systemd that runs, root, or changes something.
const kOnTheHostOnly = /^(systemctl|coredumpctl|dmesg|timedatectl|chronyc) /;
const kUsualWords = /^(No journal files were found\.|viz-tap: recorded \d+ messages, .*)$/;
let environment;

before(async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const tap = `ipc://${join(folder.path, 'tap.sock')}`;
    const api = await VizApi.start({ chains: [chainOf([node])], folder: folder.path, settings: {
        VIZ_API_TAP_ENDPOINT: tap, VIZ_API_AUTH_ENABLED: 'true', VIZ_API_API_KEYS: 'a-key' } });
    atEnd(() => api.stop());
    const key = { headers: { 'x-api-key': 'a-key' } };
    await until('the chain is subscribed', async () => (await api.get('/chains/status', key))[0]?.state === 'subscribed');
    atEnd(drive(node, await loadOn(node)));
    await until('transactions are decoded', async () => (await api.get('/metrics/snapshot', key)).tx_decode_total >= 30);
    const tools = [binary(), process.env.VIZ_TAP_BIN, process.env.VIZ_REPLAY_BIN].map((path) => dirname(path));
    environment = {
        ...process.env, PATH: [...tools, process.env.PATH].join(':'), U: api.url, K: 'x-api-key: a-key',
        DB: join(folder.path, 'viz-api.db'), NODE: node.httpUrl, P: String(api.child.pid), VIZ_API_TAP_ENDPOINT: tap, INCIDENT: join(folder.path, 'incident.viz') };
});

/** The fenced blocks of a page: [{language, text}]. */
function blocks(page) {
    const text = readFileSync(join(kPages, page), 'utf8');
    return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, body]) => ({ language, text: body }));
}

function run(script) {
    const child = spawn('timeout', [String(kDeadlineMs / 1000), 'bash', '-euo', 'pipefail', '-c', script],
        { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const result = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (result[name] += chunk));
    return new Promise((resolve) => child.once('close', (status) => resolve({ status, ...result })));
}

const pages = readdirSync(kPages).filter((name) => name.endsWith('.md') && name !== 'README.md');

for (const page of pages) {
    test(`the commands of ${page} work`, async () => {
        const commands = blocks(page).filter(({ language }) => language === 'sh');
        assert.ok(commands.length > 0, 'a page without commands helps nobody');
        for (const { text } of commands) {
            const { status, stdout, stderr } = await run(text);
            assert.equal(status, 0, `${text}\n--- output\n${stdout}${stderr}`);
            const noise = stderr.split('\n').filter((line) => line !== '' && !kUsualWords.test(line));
            assert.deepEqual(noise, [], text);
        }
    });

    test(`${page} has no other blocks than those and what only a host can run`, () => {
        for (const { language, text } of blocks(page)) {
            assert.match(language, /^(sh|console)$/);
            if (language === 'console') for (const line of text.trim().split('\n')) assert.match(line, kOnTheHostOnly);
        }
    });

    test(`what ${page} links to is there`, () => {
        const text = readFileSync(join(kPages, page), 'utf8');
        for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) assert.ok(pages.includes(target), target);
    });
}

test('a command that fails is found', async () => {
    assert.notEqual((await run('curl -fsS $U/no-such-route | jq .')).status, 0);
    assert.notEqual((await run('sqlite3 -readonly $DB "SELECT nothing FROM events;"')).status, 0);
});
