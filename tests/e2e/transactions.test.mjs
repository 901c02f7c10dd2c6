// Every type of transaction appears with the fields it was sent with, and its events in order.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { accountAt, assertGapless, cleanUps, constantBlob, kGwei, mine, Sender, startEnvironment } from './support/environment.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
let environment;
before(async () => (environment = await startEnvironment(atEnd)));

const recipient = accountAt(23).address;
const accessList = [{ address: recipient, storageKeys: [`0x${'11'.repeat(32)}`] }];

const cases = [
    { name: 'legacy with EIP-155', type: 0, from: 1, fields: { type: 'legacy', gasPrice: 21n * kGwei, value: 12345678901234567890n } },
    { name: 'legacy without EIP-155', type: 0, from: 2, fields: { type: 'legacy', chainId: undefined, gasPrice: 22n * kGwei } },
    { name: 'access list (EIP-2930)', type: 1, from: 3, fields: { type: 'eip2930', gasPrice: 23n * kGwei, gas: 40000n, accessList, data: '0xa9059cbb00' } },
    { name: 'dynamic fee (EIP-1559)', type: 2, from: 4, fields: { data: `0x${'ab'.repeat(300)}`, gas: 60000n } },
    { name: 'contract creation', type: 2, from: 5, fields: { to: undefined, value: 0n, data: '0x600160005260206000f3', gas: 90000n } },
    { name: 'blob (EIP-4844)', type: 3, from: 6, fields: { type: 'eip4844', gas: 30000n, maxFeePerBlobGas: 3n * kGwei, ...constantBlob(77) } },
    { name: 'set code (EIP-7702)', type: 4, from: 7, fields: { type: 'eip7702', gas: 120000n }, authorized: true },
];

function decimal(wei) {
    return wei === undefined ? null : String(wei);
}

for (const { name, type, from, fields, authorized } of cases) {
    test(`a transaction of type ${type}, ${name}, is served as it was sent`, async () => {
        const { node, api } = environment;
        const sender = new Sender(node, from);
        const list = authorized && [await accountAt(500 + from).signAuthorization({ chainId: 31337, contractAddress: recipient, nonce: 0 })];
        const sent = await sender.send(list ? { ...fields, authorizationList: list } : fields);
        const detail = await api.untilStatus(sent.hash, 'ready');

        assert.equal(detail.hash, sent.hash);
        assert.equal(detail.tx_type, type);
        assert.equal(detail.sender, sender.address);
        assert.equal(detail.to, sent.tx.to?.toLowerCase() ?? null);
        assert.equal(detail.chain_id, 31337);
        assert.equal(detail.nonce, 0);
        assert.equal(detail.value_wei, String(sent.tx.value));
        assert.equal(detail.gas_limit, Number(sent.tx.gas));
        assert.equal(detail.gas_price_wei, decimal(sent.tx.gasPrice));
        assert.equal(detail.max_fee_per_gas_wei, decimal(sent.tx.maxFeePerGas));
        assert.equal(detail.max_priority_fee_per_gas_wei, decimal(sent.tx.maxPriorityFeePerGas));
        assert.equal(detail.max_fee_per_blob_gas_wei, decimal(sent.tx.maxFeePerBlobGas));
        assert.equal(detail.calldata_len, sent.tx.data ? sent.tx.data.length / 2 - 1 : 0);
        assert.equal(detail.raw_tx_len, sent.canonicalLength);
        assert.equal(detail.peer, 'anvil');
        assert.equal(detail.sources.length, 1);
        assert.ok(Math.abs(Date.now() - detail.first_seen_unix_ms) < 60000);
    });
}

test('the events of a transaction come in the order of its life', async () => {
    const { node, api, url } = environment;
    const sent = await new Sender(node, 8).send();
    await api.untilStatus(sent.hash, 'ready');
    await mine(url);
    await api.untilStatus(sent.hash, 'confirmed_provisional');
    const history = (await api.historyOf(sent.hash)).filter((type) => type !== 'TxFetched');
    assert.deepEqual(history, ['TxSeen', 'TxDecoded', 'TxReady', 'TxConfirmedProvisional']);
});

test('the log starts at 1 and has neither gaps nor repeats', async () => {
    const events = await environment.api.events();
    assert.ok(events.length > 20);
    assertGapless(assert, events.map((event) => event.seq_id), 1);
});

test('the log can be read by type and in pages', async () => {
    const { api } = environment;
    const ready = await api.events({ types: 'txREADY' });
    assert.ok(ready.length >= cases.length);
    assert.ok(ready.every((event) => event.payload.type === 'TxReady'));
    const page = await api.get(`/events?after=${ready[2].seq_id}&limit=2&types=TxReady`);
    assert.deepEqual(page.map((event) => event.seq_id), ready.slice(3, 5).map((event) => event.seq_id));
});

test('/transactions and /transactions/all list the newest first', async () => {
    const { node, api } = environment;
    const sender = new Sender(node, 9);
    const hashes = [];
    for (let i = 0; i < 3; i++) {
        hashes.push((await sender.send()).hash);
        await api.untilStatus(hashes.at(-1), 'ready');
    }
    const newest = hashes.reverse();
    assert.deepEqual((await api.get('/transactions?limit=3')).map((row) => row.hash), newest);
    assert.deepEqual((await api.get('/transactions/all?limit=3')).map((row) => row.hash), newest);
    assert.deepEqual(await api.get('/transactions?chain_id=999'), []);
});

test('an unknown hash is 404, a malformed one 400, an unknown route 404, each with our error body', async () => {
    const { api } = environment;
    for (const [path, status, code] of [
        [`/tx/0x${'00'.repeat(32)}`, 404, 'not_found'], ['/transactions/0x1234', 400, 'bad_request'], ['/nowhere', 404, 'not_found']]) {
        const response = await api.request(path);
        assert.equal(response.status, status, path);
        assert.equal((await response.json()).error.code, code, path);
    }
});

test('a transaction is visible within a second of its sending', async () => {
    const { node, api } = environment;
    const signed = await new Sender(node, 10).send();
    const start = Date.now();
    await until('it is visible', () => api.transaction(signed.hash), { everyMs: 2 });
    assert.ok(Date.now() - start < 1000, `${Date.now() - start} ms`);
});

test('the live figures are measured', async () => {
    const figures = await until('the figures have been sampled', async () => {
        const now = await environment.api.get('/metrics/snapshot');
        return now.tx_decode_total >= cases.length && now;
    });
    assert.equal(figures.tx_decode_fail_total, 0);
    assert.ok(figures.queue_depth_capacity > 0);
    const text = await (await environment.api.request('/metrics')).text();
    assert.match(text, /^viz_api_ingest_decode_total\S* [1-9]/m);
    assert.equal((await environment.api.get('/health')).status, 'ok');
    const { latest_seq_id: latest } = await environment.api.get('/dashboard/snapshot');
    assert.ok(latest > 0);
});
