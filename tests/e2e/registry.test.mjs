// Custom entries in the protocol registry, read again on SIGHUP, and what the API makes of
// labels: actions, counts and filters.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { accountAt, chainOf, cleanUps, Sender, startNode, subscribed } from './support/environment.mjs';
import { runToEnd, temporaryFolder, VizApi } from './support/process.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const desk = accountAt(40).address;
let api, node, overlay;

function overlayNaming(protocol) {
    return JSON.stringify({
        schema: 2,
        protocols: [{ name: protocol, category: 'lending', contracts: [
            { name: 'Desk', addresses: { 31337: [desk] }, source: 'this test' }] }],
    });
}

async function labelled(sent) {
    return until(`${sent.hash} is labelled`, async () => {
        const detail = await api.transaction(sent.hash);
        return detail?.protocol && detail;
    });
}

async function reload(result, count) {
    api.child.kill('SIGHUP');
    await until(`a reload ended as ${result}`, async () => {
        const text = await (await api.request('/metrics')).text();
        return text.includes(`registry_reloads_total{result="${result}"} ${count}`);
    });
}

before(async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    overlay = join(folder.path, 'overlay.json');
    writeFileSync(overlay, overlayNaming('first-desk'));
    node = await startNode();
    atEnd(() => node.stop());
    api = await VizApi.start({ chains: [chainOf([node])], folder: folder.path, settings: { VIZ_API_REGISTRY_OVERLAY: overlay } });
    atEnd(() => api.stop());
    await subscribed(api);
});

test('an overlay names a contract of one\'s own; SIGHUP reads it again and a bad one changes nothing', async () => {
    const sender = new Sender(node, 1);
    const data = '0x01020304';
    const first = await labelled(await sender.send({ to: desk, data, gas: 60000n, value: 0n }));
    assert.equal(first.protocol, 'first-desk');
    assert.equal(first.category, 'lending');

    writeFileSync(overlay, overlayNaming('second-desk'));
    await reload('ok', 1);
    assert.equal((await labelled(await sender.send({ to: desk, data, gas: 60000n, value: 0n }))).protocol, 'second-desk');

    writeFileSync(overlay, overlayNaming('third-desk').replace('31337', '99'));
    await reload('unknown_chain', 1);
    assert.match(api.log, /protocols\[0\]\.contracts\[0\]\.addresses\.99: unknown_chain/);
    assert.equal((await labelled(await sender.send({ to: desk, data, gas: 60000n, value: 0n }))).protocol, 'second-desk');
    // What was shown stays as it was shown.
    assert.equal((await api.transaction(first.hash)).protocol, 'first-desk');
});

test('labels are counted and filtered by protocol and category, and carry their actions', async () => {
    const sent = await new Sender(node, 2).send({ to: accountAt(41).address, value: 1234n });
    const detail = await labelled(sent);
    const transfer = { type: 'transfer', from: detail.sender, to: detail.to, amount: '1234' };
    assert.deepEqual(detail.actions, [transfer]);
    const desks = await api.get('/features/recent?protocol=second-desk');
    assert.equal(desks.length, 2);
    const transfers = await api.get('/features/recent?category=transfer&protocol=native');
    assert.deepEqual(transfers.find((row) => row.hash === sent.hash)?.actions, [transfer]);
    assert.ok(transfers.every((row) => row.protocol === 'native' && row.category === 'transfer'));
    assert.deepEqual(await api.get('/features?category=lending'), [
        { protocol: 'second-desk', category: 'lending', count: 2 }, { protocol: 'first-desk', category: 'lending', count: 1 }]);
    assert.deepEqual(await api.get('/features?protocol=nobody'), []);
    assert.equal((await api.request('/features?protocol=%zz')).status, 400);
});

test('a bad registry is an error at start that names its place', async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const path = join(folder.path, 'bad.json');
    writeFileSync(path, '{"schema":2,"tokens":[{"symbol":"A","decimals":99,"addresses":{"1":["0x01"]},"source":"x"}]}');
    const { status, stdout, stderr } = await runToEnd([], {
        VIZ_API_BIND: '127.0.0.1:0', VIZ_API_CHAINS: JSON.stringify([chainOf([node])]),
        VIZ_API_STORAGE_PATH: join(folder.path, 'viz.db'), VIZ_API_REGISTRY_OVERLAY: path });
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, /bad\.json: tokens\[0\]\.decimals: out_of_range/);
});
