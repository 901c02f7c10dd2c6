import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kMostPoints, kMostTransactions, kWantedTypes, Newest, Store } from '../../../http/page/store.mjs';

const hash = (n) => `0x${n.toString(16).padStart(64, '0')}`;
const event = (type, n, more = {}, at = 1000) => ({ ingest_ts_unix_ms: at, payload: { type, data: { hash: hash(n), chain_id: 1, ...more } } });
const decoded = (n) => event('TxDecoded', n, { value_wei: '5', first_seen_unix_ms: 900 });
const snapshot = (more = {}) => ({ feature_details: [], opportunities: [], replay: [], latest_seq_id: 0, ...more });
const label = (n, mev_score = 50) => ({ hash: hash(n), protocol: 'erc20', category: 'transfer', mev_score, urgency_score: 1 });

function begun(more = {}, details = []) {
    const store = new Store();
    store.begin(snapshot(more), details);
    return store;
}
const hashes = (store) => store.transactions.newestFirst().map((tx) => tx.hash);

test('a snapshot is what the service listed, newest first', () => {
    const store = begun({ latest_seq_id: 9, feature_details: [label(2)] }, [{ hash: hash(2) }, { hash: hash(1) }]);
    assert.deepEqual(hashes(store), [hash(2), hash(1)]);
    assert.equal(store.transactions.get(hash(2)).protocol, 'erc20');
    assert.equal(store.lastId, 9);
});

test('a transaction lives through its events', () => {
    const store = begun();
    const statuses = ['TxDecoded', 'TxBlocked', 'TxReady', 'TxConfirmedProvisional', 'TxReorged', 'TxConfirmedProvisional', 'TxConfirmedFinal']
        .map((type, at) => {
            store.apply(at + 1, type === 'TxDecoded' ? decoded(1) : event(type, 1, { reason: 'why' }, 1000 + at));
            return store.transactions.get(hash(1)).lifecycle_status;
        });
    assert.deepEqual(statuses, ['pending', 'blocked', 'ready', 'confirmed_provisional', 'pending', 'confirmed_provisional', 'confirmed_final']);
    const { life, value_wei } = store.transactions.get(hash(1));
    assert.equal(value_wei, '5');
    assert.deepEqual(life.map((step) => step.at), [1000, 1001, 1002, 1003, 1004, 1005, 1006]);
});

test('an event that is in it already changes nothing', () => {
    const store = begun({ latest_seq_id: 5 }, [{ hash: hash(1), lifecycle_status: 'confirmed_final' }]);
    store.apply(5, event('TxReady', 1));
    assert.equal(store.transactions.get(hash(1)).lifecycle_status, 'confirmed_final');
});

test('a body that comes again does not change the status', () => {
    const store = begun({}, [{ hash: hash(1), lifecycle_status: 'ready', life: [] }]);
    store.apply(1, decoded(1));
    assert.equal(store.transactions.get(hash(1)).lifecycle_status, 'ready');
    assert.deepEqual(hashes(store), [hash(1)]);
});

test('of a transaction whose body it has not, it shows nothing', () => {
    const store = begun();
    store.apply(1, event('TxConfirmedFinal', 1));
    assert.equal(store.transactions.size, 0);
});

test('it keeps the newest and forgets the oldest', () => {
    const store = begun();
    for (let n = 1; n <= kMostTransactions + 3; n++) store.apply(n, decoded(n));
    assert.equal(store.transactions.size, kMostTransactions);
    assert.equal(hashes(store)[0], hash(kMostTransactions + 3));
    assert.equal(store.transactions.get(hash(3)), undefined);
    for (let n = 0; n < kMostPoints + 7; n++) store.addPoint(n, n);
    assert.equal(store.points.length, kMostPoints);
    assert.equal(store.points[0].pending_count, 7);
    for (let n = 0; n < 100; n++) store.apply(kMostTransactions + 4 + n, event('TxReady', kMostTransactions));
    assert.equal(store.transactions.get(hash(kMostTransactions)).life.length, 20);
});

test('points stay in order where the browser’s clock is behind the service’s', () => {
    const store = begun({ replay: [{ timestamp_unix_ms: 500, pending_count: 1 }] });
    store.addPoint(400, 2);
    store.addPoint(600, 3);
    assert.deepEqual(store.points.map((point) => point.timestamp_unix_ms), [500, 500, 600]);
});

test('an entry that is set again keeps its place', () => {
    const newest = new Newest(3);
    for (const key of ['a', 'b', 'a']) newest.set(key, key);
    assert.deepEqual(newest.newestFirst(), ['b', 'a']);
});

test('labels are taken in, and wanted when something came without', () => {
    const store = begun();
    store.apply(1, decoded(1));
    assert.equal(store.unlabelled, 1);
    store.takeLabels([label(1, 77), label(2)]);
    assert.equal(store.unlabelled, 0);
    assert.equal(store.transactions.get(hash(1)).mev_score, 77);
    const before = store.transactions.get(hash(1));
    store.takeLabels([label(1, 77)]);
    assert.equal(store.transactions.get(hash(1)), before, 'a row that says the same is the same');
});

test('finds and decisions say which answers are out of date', () => {
    const store = begun();
    store.apply(1, event('OppDetected', 1));
    assert.deepEqual(store.stale, { opportunities: true, builder: false });
    store.takeOpportunities([{ candidate_id: 'b' }, { candidate_id: 'a' }]);
    assert.deepEqual(store.stale, { opportunities: false, builder: false });
    store.apply(2, event('BundleSubmitted', 1));
    assert.deepEqual(store.stale, { opportunities: false, builder: true });
    assert.deepEqual(store.opportunities.newestFirst().map((opp) => opp.candidate_id), ['b', 'a']);
});

test('what is asked of the stream is what changes something here', () => {
    for (const type of kWantedTypes) {
        const store = begun({}, [{ hash: hash(1), lifecycle_status: 'none', life: [] }]);
        const seen = () => JSON.stringify([store.transactions.get(hash(1)), store.stale]);
        const before = seen();
        store.apply(1, type === 'TxDecoded' ? decoded(1) : event(type, 1));
        assert.notEqual(seen(), before, type);
    }
});
