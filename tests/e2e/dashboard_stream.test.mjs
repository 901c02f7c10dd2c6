// The dashboard against a stream that says what a service says rarely: that it fell behind, that its log
// is another one, a thousand transactions a second; and answers all of whose texts are markup.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { kMostTransactions } from '../../http/page/store.mjs';
import { Browser, browserIsThere } from './support/browser.mjs';
import { FakeService } from './support/fake_service.mjs';
import { pause, until } from './support/until.mjs';
import { cleanUps } from './support/environment.mjs';

const skip = browserIsThere ? false : 'Debian’s chromium and chromium-driver are not installed';
const atEnd = cleanUps();
const kAddress = `0x${'22'.repeat(20)}`;

const hash = (n) => `0x${n.toString(16).padStart(64, '0')}`;
const row = (n) => `#transactions tr[data-key="${hash(n)}"]`;
const body = (n) => ({ hash: hash(n), chain_id: 1, sender: kAddress, to: kAddress, nonce: n, tx_type: 2, value_wei: String(10n ** 18n),
    gas_price_wei: null, max_fee_per_gas_wei: '20000000000', max_priority_fee_per_gas_wei: '1000000000', first_seen_unix_ms: Date.now() });
const detail = (n, more = {}) => ({ ...body(n), lifecycle_status: 'ready', lifecycle_reason: null, lifecycle_updated_unix_ms: 1,
    sources: [], actions: [], included_block: null, superseded_by: null, ...more });

let browser;
let service;
beforeEach(async () => {
    if (skip) return;
    browser ??= await Browser.start(atEnd);
    service = await FakeService.start(atEnd);
});
async function openLive() {
    await browser.open(`${service.url}/`);
    await browser.untilText('#connection', 'live');
}
const snapshots = () => service.asked.filter((path) => path === '/dashboard/snapshot').length;
const streams = () => service.asked.filter((path) => path.startsWith('/stream'));

/** The state after the log went on to `latest` with these transactions. */
function recorded(latest, transactions) {
    service.answers['/dashboard/snapshot'].latest_seq_id = service.latest = latest;
    service.answers['/transactions/all'] = transactions.map((n) => detail(n));
}

test('a break is bridged from the last event, without another snapshot', { skip }, async () => {
    recorded(10, []);
    await openLive();
    service.tell([[11, 'TxDecoded', body(1)]]);
    await browser.untilText(row(1), 'pending');
    service.end();
    await until('it came back', () => streams().length === 2 && service.listeners === 1);
    assert.deepEqual(streams(), ['/stream 10', '/stream 11']);
    assert.equal(snapshots(), 1);
});

for (const [what, words] of [['it lagged', 'event: lagged\ndata: {}\n\n'], ['events were pruned', 'event: gap\ndata: {}\n\n']])
    test(`when ${what}, it begins anew`, { skip }, async () => {
        recorded(10, [1]);
        await openLive();
        await browser.untilText(row(1), 'ready');
        recorded(90, [2]);
        service.end(words);
        await browser.untilText(row(2), 'ready');
        assert.equal(await browser.text(row(1)), null, 'what was there before is not mixed with it');
        assert.equal(streams().at(-1), '/stream 90');
    });

test('when the service has another log, it begins anew', { skip }, async () => {
    recorded(1000, [1]);
    await openLive();
    recorded(5, [2]);
    service.end();
    await browser.untilText(row(2), 'ready');
    assert.equal(streams().at(-1), '/stream 5');
});

test('it says by how much it is behind until it is not', { skip }, async () => {
    recorded(10, []);
    service.latest = 30;
    await browser.open(`${service.url}/`);
    // As long as something comes it has not all.
    const going = setInterval(() => service.say(': still\n\n'), 100);
    try {
        await browser.untilText('#connection', 'behind by 20 events');
        service.tell([[25, 'TxDecoded', body(1)]]);
        await browser.untilText('#connection', 'behind by 5 events');
        service.tell([[30, 'TxDecoded', body(2)]]);
        await browser.untilText('#connection', 'live');
    } finally {
        clearInterval(going);
    }
});

test('a thousand transactions a second leave it bounded, drawn and at the newest', { skip }, async (t) => {
    await openLive();
    await browser.run(() => {
        globalThis.frames = { count: 0, longest: 0, last: performance.now() };
        const look = (now) => {
            frames.count++;
            frames.longest = Math.max(frames.longest, now - frames.last);
            frames.last = now;
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
    const [perTick, ticks] = [50, 120]; // of 50 ms
    let id = 0;
    const started = Date.now();
    for (let tick = 0; tick < ticks; tick++) {
        const events = [];
        for (let i = 0; i < perTick; i++) {
            const n = tick * perTick + i + 1;
            events.push([++id, 'TxDecoded', body(n)], [++id, 'TxReady', { hash: hash(n), reason: 'next_nonce' }]);
        }
        service.tell(events);
        await pause(Math.max(0, started + (tick + 1) * 50 - Date.now())); // the rate is the test's subject
    }
    const seconds = (Date.now() - started) / 1000;
    await browser.untilText(row(perTick * ticks), 'ready');
    const seen = await browser.run(() => ({ ...frames, rows: document.querySelectorAll('#transactions tr').length,
        heapMiB: performance.memory.usedJSHeapSize / 2 ** 20 }));
    t.diagnostic(`${(perTick * ticks / seconds).toFixed(0)} tx/s for ${seconds.toFixed(1)} s: ${seen.count} frames, longest gap ` +
        `${seen.longest.toFixed(0)} ms, heap ${seen.heapMiB.toFixed(1)} MiB`);
    assert.equal(seen.rows, 100);
    await browser.untilText('#transaction-count', `of the newest ${kMostTransactions.toLocaleString('en')}.`);
    assert.ok(seen.count > seconds, 'it was drawn while they came');
});

test('held still, the table stays as it is, and catches up when let go', { skip }, async () => {
    recorded(10, [1]);
    await openLive();
    await browser.untilText(row(1), 'ready');
    await browser.click('#pause');
    service.answers['/scheduler/metrics'].pending_count = 7;
    service.tell([[11, 'TxDecoded', body(2)]]);
    // A poll sent after the report is shown: so are frames.
    await browser.untilText('#graph-now', '7 pending now');
    assert.equal(await browser.text(row(2)), null);
    await browser.click('#pause');
    await browser.untilText(row(2), 'pending');
});

test('over the rate of its key it says so, waits, and goes on', { skip }, async () => {
    await openLive();
    service.overRate = true;
    await browser.untilText('#notice', 'Rate limit of this key');
    service.overRate = false;
    await until('the notice is gone', () => browser.run(() => document.querySelector('#notice').hidden));
    assert.equal(await browser.text('#connection'), 'live');
});

test('what is open is in the address, and opens from it', { skip }, async () => {
    recorded(10, [1]);
    service.answers[`/transactions/${hash(1)}`] = detail(1);
    await browser.open(`${service.url}/#tx=${hash(1)}`);
    await browser.untilText('#details-body', hash(1));
    await browser.click('#details-close');
    assert.equal(await browser.run(() => location.hash), '');
    await browser.untilText(row(1), 'ready');
    await browser.click(`${row(1)} button`);
    assert.equal(await browser.run(() => location.hash), `#tx=${hash(1)}`);
});

test('on a narrow window nothing but tables scrolls sideways', { skip }, async () => {
    recorded(10, [1, 2]);
    await browser.cdp('Emulation.setDeviceMetricsOverride', { width: 360, height: 740, deviceScaleFactor: 1, mobile: true });
    try {
        await openLive();
        await browser.untilText(row(1), 'ready');
        await browser.untilText('#relays', '0 tried');
        assert.equal(await browser.run(() => document.documentElement.scrollWidth), 360);
    } finally {
        await browser.cdp('Emulation.clearDeviceMetricsOverride');
    }
});

test('every control has a name, and every table a caption and headings', { skip }, async () => {
    await openLive();
    await browser.untilText('#relays', '0 tried');
    const unnamed = await browser.run(() => [
        ...[...document.querySelectorAll('input, select')].filter((control) => control.labels.length === 0),
        ...[...document.querySelectorAll('button')].filter((button) => !button.textContent.trim() && !button.ariaLabel),
        ...[...document.querySelectorAll('table')].filter((table) => !table.caption || !table.querySelector('th[scope=col]')),
    ].map((element) => element.outerHTML));
    assert.deepEqual(unnamed, []);
});

test('whatever is text in an answer is text on the page', { skip }, async () => {
    const mark = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const opportunity = { candidate_id: hash(7), tx_hash: hash(1), status: 'failed', strategy: mark, score: 1, protocol: mark, category: mark,
        chain_id: 1, reasons: [mark], detected_unix_ms: 1, member_tx_hashes: [hash(1)], block_number: 1, base_token: kAddress, capital: '1',
        expected_net_wei: '1', sim_id: hash(8), profit_wei: null, fail_category: mark, flags: [mark], outcome: null };
    service.answers = { ...service.answers,
        '/health': { status: 'degraded', problems: [{ reason: mark, for_ms: 1 }], version: mark, uptime_s: 1, components: [{ name: mark, state: mark, endpoint: mark }] },
        '/chains/status': [{ chain_key: mark, chain_id: 1, state: mark, source_id: mark, endpoint_index: 0, endpoint_count: 1, ws_url: mark, last_error: mark,
            silent_for_ms: null, head_block: null, head_base_fee_wei: null, rotation_count: 0, disconnect_count: 0 }],
        '/alerts/evaluate': { [mark]: true },
        '/propagation': [{ source: mark, destination: mark, p50_delay_ms: 1, p99_delay_ms: 1, samples: 1 }],
        '/opps/recent': [opportunity],
        '/builder/snapshot': { blocks: [], decisions: [{ decided_unix_ms: 1, decision: mark, reason: mark, candidate_id: mark, net_wei: '1' }] },
        '/relay/dry-run/status': { total_submissions: 1, total_accepted: 0, total_failed: 1, latest: { accepted: false, final_state: mark, relay_url: mark,
            method: mark, attempts: [{ attempt: 1, http_status: 1, error: mark, latency_ms: 1 }] } },
        [`/transactions/${hash(1)}`]: detail(1, { protocol: mark, category: mark, lifecycle_reason: mark,
            sources: [{ source_id: mark, first_seen_unix_ms: 1, delay_ms: 0 }], actions: [{ type: mark, [mark]: mark, list: [mark] }] }),
        [`/sim/${hash(8)}`]: { status: 'failed', fail_category: mark, revert_reason: mark, block_number: 1, gas_used: 1, duration_us: 1, state_age_ms: 1,
            waterfall: null, robustness: null },
    };
    recorded(10, [1]);
    service.answers['/transactions/all'][0] = service.answers[`/transactions/${hash(1)}`];
    await openLive();
    const shows = async (selector, times) => until(`${selector} shows it ${times} times`, async () =>
        (await browser.text(selector)).split(mark).length - 1 === times, { seen: () => browser.text(selector) });
    await shows('#health', 5);
    await shows('#chains', 5);
    await shows('#alerts', 1);
    await shows('#propagation', 2);
    await shows('#builder', 2);
    await shows('#relays', 4);
    await shows('#transactions', 2);
    await shows('#opportunities', 3);
    await browser.click(`${row(1)} button`);
    await shows('#details-body', 8);
    await browser.click('#details-close');
    await browser.click('#opportunities button');
    await shows('#details-body', 8);
    assert.equal(await browser.run(() => document.querySelectorAll('main img, main script, dialog img, dialog script').length), 0);
    assert.equal(await browser.run(() => document.title), 'viz-api');
});
