// The whole devnet, as in the demo: each transaction of its journal is served as it was sent and
// ends as the chain says.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assertGapless, chainOf, cleanUps, mine, rpc, subscribed } from './support/environment.mjs';
import { endChild, tiedCommand } from '../../tools/devnet/node.mjs';
import { temporaryFolder, VizApi } from './support/process.mjs';
import { until } from './support/until.mjs';

const kTrafficMs = 12000;
const kFields = ['nonce', 'to', 'value_wei', 'gas_limit', 'gas_price_wei', 'max_fee_per_gas_wei', 'max_priority_fee_per_gas_wei',
    'max_fee_per_blob_gas_wei', 'calldata_len'];
const atEnd = cleanUps();

async function startDevnet(folder) {
    const script = fileURLToPath(new URL('../../tools/devnet/devnet.mjs', import.meta.url));
    const journal = join(folder, 'sent.jsonl');
    const [command, args] = tiedCommand(process.execPath, [script, '--rate', '25', '--block-time', '1', '--reorg-every', '4',
        '--deterministic', '7', '--journal', journal]);
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    atEnd(() => endChild(child));
    const lines = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
    const ready = await until('the devnet is ready', () => lines[0], { deadlineMs: 30000 });
    return { child, lines, ready, journal };
}

function readJournal(file) {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** What the node announces as pending from now on: a function that gives the hashes until its call. */
async function announcements(url) {
    const filter = await rpc(url, 'eth_newPendingTransactionFilter', []);
    return async () => new Set(await rpc(url, 'eth_getFilterChanges', [filter]));
}

/** What the sender's script asked for is what the calldata is read as. */
async function assertAsked(api, { hash, kind, asks }) {
    if (!asks) return;
    const { actions } = await until(`${kind} ${hash} is labelled`, async () => {
        const detail = await api.transaction(hash);
        return detail.actions && detail;
    });
    assert.equal(actions.length, 1, kind);
    for (const [field, value] of Object.entries(asks)) assert.deepEqual(actions[0][field], value, `${kind} ${field}`);
}

test('every transaction of the devnet is served as it was sent and ends as the chain says', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const devnet = await startDevnet(folder.path);
    const node = { wsUrl: devnet.ready.ws_url, httpUrl: devnet.ready.http_url };
    const api = await VizApi.start({ chains: [chainOf([node], { finality_depth: 6 })], folder: folder.path });
    atEnd(() => api.stop());
    await subscribed(api);
    const announced = await announcements(node.httpUrl);
    const from = Date.now();
    const sentSoFar = () => readJournal(devnet.journal)
        .filter((entry) => entry.type !== undefined && !entry.error && entry.sent_unix_ms > from);
    await until('the traffic ran', () => Date.now() - from > kTrafficMs && devnet.lines.some((line) => line.reorg)
        && sentSoFar().length > 150, { deadlineMs: kTrafficMs * 8, seen: () => sentSoFar().length });
    devnet.child.kill('SIGUSR2');
    await until('the traffic paused', () => devnet.lines.some((line) => line.paused));
    await mine(node.httpUrl, 2);

    const sent = sentSoFar();
    assert.deepEqual([...new Set(sent.map((entry) => entry.type))].sort(), [0, 1, 2, 3, 4]);
    const losers = [];
    const reported = await announced();
    for (const entry of sent) {
        // anvil announces what waits for a nonce once a transaction brings that, but neither while it
        // waits nor when a block (of a reorg) brought the nonce.
        if (entry.kind === 'nonce_gap' && !reported.has(entry.hash)) continue;
        const detail = await until(`${entry.kind} ${entry.hash} is known`, () => api.transaction(entry.hash));
        assert.equal(detail.tx_type, entry.type);
        assert.equal(detail.sender, entry.from);
        for (const field of kFields) assert.equal(detail[field], entry[field], `${entry.kind} ${field}`);
        await assertAsked(api, entry);
        const receipt = await rpc(node.httpUrl, 'eth_getTransactionReceipt', [entry.hash]);
        if (receipt) {
            const done = await api.untilStatus(entry.hash, ['confirmed_provisional', 'confirmed_final']);
            assert.equal(done.included_block, Number(receipt.blockNumber), entry.kind);
        } else if (entry.kind.endsWith('_loser')) {
            losers.push(entry.hash);
        }
    }
    assert.ok(losers.length > 0);
    for (const hash of losers) await api.untilStatus(hash, ['replaced', 'dropped']);

    const events = await api.events();
    assertGapless(assert, events.map((event) => event.seq_id), 1);
    assert.ok(events.some((event) => event.payload.type === 'TxReorged'));
    const features = await api.get('/features');
    assert.ok(features.some((row) => row.category === 'swap' && row.count > 0), JSON.stringify(features));
    const figures = await api.get('/metrics/snapshot');
    assert.equal(figures.tx_decode_fail_total, 0);
});

test('the devnet ends its node when it is killed', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const devnet = await startDevnet(folder.path);
    await endChild(devnet.child, { signal: 'SIGKILL' });
    await until('the node is gone', async () => {
        try {
            await rpc(devnet.ready.http_url, 'eth_chainId', [], { timeoutMs: 500 });
            return false;
        } catch (error) {
            return /fetch failed/.test(error.message);
        }
    });
});
