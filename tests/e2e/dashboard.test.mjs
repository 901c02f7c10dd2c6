// The dashboard as a person has it: in a browser, against a service that follows a node.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import { exactEther } from '../../http/page/format.mjs';
import { Browser, browserIsThere } from './support/browser.mjs';
import { kEther, startMarket } from './support/market.mjs';
import { temporaryFolder, VizApi } from './support/process.mjs';
import { until } from './support/until.mjs';
import { chainOf, cleanUps } from './support/environment.mjs';

const skip = browserIsThere ? false : 'Debian’s chromium and chromium-driver are not installed';
const atEnd = cleanUps();
const kMarkup = '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';
const kSearchDeadlineMs = 30_000;

const row = (hash) => `#transactions tr[data-key="${hash}"]`;
const kConsole = /Content Security Policy|Uncaught|TypeError|ReferenceError/;

/** A relay on loopback that refuses everything, in words that are markup. */
async function startRelay() {
    const server = createServer((request, response) => {
        request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32000, message: kMarkup } })));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    atEnd(() => new Promise((done) => { server.close(done); server.closeAllConnections(); }));
    return `http://127.0.0.1:${server.address().port}`;
}

let market;
let browser;
before(async () => {
    if (skip) return;
    const relay = await startRelay();
    market = await startMarket(atEnd, { settings: { VIZ_API_RELAY_URLS: relay, VIZ_API_RELAY_RETRY_ATTEMPTS: '0' } });
    browser = await Browser.start(atEnd);
    await browser.open(`${market.api.url}/`);
    await browser.untilText('#connection', 'live');
});

test('a machine gets the routes, a person the page', { skip }, async () => {
    const { routes } = await market.api.get('/', { headers: { accept: 'application/json' } });
    assert.ok(routes.some(({ path }) => path === '/stream'));
    for (const method of ['GET', 'HEAD']) {
        const answer = await market.api.request('/', { method, headers: { accept: 'text/html,*/*;q=0.8' } });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
        assert.match(answer.headers.get('content-security-policy'), /^default-src 'self';/);
        assert.equal((await answer.text()).startsWith('<!doctype html>'), method === 'GET');
    }
});

test('a transaction appears without a reload, and its status moves', { skip }, async () => {
    await browser.run(() => { globalThis.notReloaded = true; });
    const { hash } = await (await market.trader(9)).send({ value: 1_234_567_890_123_456_789n });
    await browser.untilText(row(hash), 'ready');
    await browser.untilText(row(hash), 'native');
    assert.equal(await browser.text(`${row(hash)} [title="1.234567890123456789 ETH"]`), '1.234567', 'cut, not rounded');
    await market.mine();
    await browser.untilText(row(hash), 'confirmed provisional');
    await browser.untilText('#chains', `Head block${await market.height()}`);
    assert.equal(await browser.run(() => globalThis.notReloaded), true);
});

test('a filter shows what it lets through alone', { skip }, async () => {
    const { hash } = await (await market.trader(10)).send();
    await browser.untilText(row(hash), 'ready');
    await browser.type('#transaction-filter [name=label]', 'SWAP');
    await until('the transfer is gone', async () => (await browser.text(row(hash))) === null);
    await browser.type('#transaction-filter [name=label]', 'transfer');
    await browser.untilText(row(hash), 'transfer');
    await browser.type('#transaction-filter [name=label]', ' ');
});

test('an opportunity shows its profit to the wei, and what it is made of', { skip }, async () => {
    const { hash } = await market.buy(1, market.tokens[0], 20n * kEther, 3n);
    const { found, done } = await market.opportunity('the sandwich', (each) => each.hash === hash);
    const line = `#opportunities tr[data-key="${found.candidate_id}"]`;
    await browser.untilText(line, 'profitable', { deadlineMs: kSearchDeadlineMs });
    const money = `${line} .money`;
    assert.equal(await browser.run((css) => document.querySelector(css).title, money), `${exactEther(done.net_wei)} ETH`);

    await browser.click(`${line} button`);
    const text = await browser.untilText('#details-body', 'Waterfall');
    for (const part of [`(${done.net_wei} wei)`, hash, 'No warnings.', 'Robustness', ...found.reasons]) assert.ok(text.includes(part), `${part} in ${text}`);
    await browser.click('#details-close');
    await browser.untilText('#builder', 'Block');
});

test('a click on a transaction shows its life, its actions and what it can lose', { skip }, async () => {
    const { hash } = await market.buy(2, market.tokens[1], 20n * kEther, 3n);
    await market.opportunity('the other sandwich', (each) => each.hash === hash);
    await browser.untilText(row(hash), 'swap');
    await browser.press(`${row(hash)} button`);
    const text = await browser.untilText('#details-body', 'yes, at a profit');
    for (const part of [hash, 'seen at anvil', 'TxReady', 'recipient', '20 ETH']) assert.ok(text.includes(part), `${part} in ${text}`);
    await market.mine();
    await browser.untilText('#details-body', 'TxConfirmedProvisional');
    await browser.press('#details-close', '\uE00C'); // Escape
    assert.equal(await browser.run(() => document.querySelector('#details').open), false);
});

test('what strangers write is shown as text', { skip }, async () => {
    await browser.untilText('#relays', kMarkup, { deadlineMs: kSearchDeadlineMs });
    assert.equal(await browser.run(() => document.querySelectorAll('main img, main script, dialog img').length), 0);
    assert.equal(await browser.run(() => document.title), 'viz-api');
});

test('the service is killed and started again: the page goes on without a gap', { skip }, async () => {
    const { api } = market;
    const trader = await market.trader(11);
    const before = await trader.send();
    await browser.untilText(row(before.hash), 'ready');
    await api.kill();
    await browser.untilText('#connection', /^disconnected since \d\d:\d\d:\d\d$/);
    assert.equal(await browser.run(() => document.querySelector('#notice').hidden), false);

    const away = await trader.send();
    const chains = JSON.parse(JSON.stringify([chainOf([market.node])]));
    market.api = await VizApi.start({ chains, folder: market.folder, settings: api.settings, port: api.port });
    atEnd(() => market.api.stop());
    await browser.untilText('#connection', 'live', { deadlineMs: 20_000 });
    const after = await trader.send();
    for (const { hash } of [before, away, after]) await browser.untilText(row(hash), 'ready');
    assert.equal(await browser.run(() => globalThis.notReloaded), true);
    assert.equal(await browser.run(() => document.querySelector('#notice').hidden), true);
});

test('nothing that the policy refuses, and no error, is in the console', { skip }, async () => {
    const logs = (await browser.logs()).map(({ message }) => message);
    assert.deepEqual(logs.filter((message) => kConsole.test(message)), []);
});

test('where keys are wanted the page asks for one, keeps it in the tab, and goes on', { skip }, async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const api = await VizApi.start({ chains: [chainOf([market.node])], folder: folder.path,
        settings: { VIZ_API_AUTH_ENABLED: 'true', VIZ_API_API_KEYS: 'the-key' } });
    atEnd(() => api.stop());
    await browser.open(`${api.url}/`);
    await browser.untilText('#connection', 'API key required');
    await browser.type('#key', 'the-key');
    await browser.press('#key');
    await browser.untilText('#connection', 'live');
    await browser.untilText('#chains', 'devnet');
    assert.equal(await browser.run(() => localStorage.length + document.cookie.length), 0);
});

test('a service whose node is gone is degraded, and says why', { skip }, async () => {
    await browser.open(`${market.api.url}/`);
    await browser.untilText('#health-badge', 'ok');
    await market.node.stop();
    await browser.untilText('#health-badge', 'degraded', { deadlineMs: 30_000 });
    await browser.untilText('#health .problems', 'every chain is down');
    await browser.untilText('#chains', 'Last error');
});
