// The whole cutover under traffic, by the operators' commands: preconditions, deploy, canary, promote; then
// bad releases, each found by the command meant to find it, rolled back, archived, and nothing recorded lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertGapless, chainOf, cleanUps, loadOn, startNode } from './support/environment.mjs';
import { Deployment } from './support/deployment.mjs';
import { temporaryFolder } from './support/process.mjs';
import { drive } from './support/traffic.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kSlowDisk = (ms) => `export LD_PRELOAD=${process.env.SLOW_DISK_LIB} SLOW_DISK_MS=${ms}`;

async function underTraffic() {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const site = await Deployment.create(folder.path, [chainOf([node])]);
    atEnd(() => site.end());
    const traffic = await loadOn(node);
    atEnd(drive(node, traffic));
    return site;
}

function passed(done) {
    assert.equal(done.status, 0, done.reported);
    return done;
}

/** What was recorded before is there still, the same, and the numbers have no gap. */
async function nothingLost(site, before) {
    const now = await site.record();
    for (const [seq, event] of before) assert.deepEqual(now.get(seq), event, `seq_id ${seq}`);
    assertGapless(assert, [...now.keys()], 1);
    return now;
}

const failedChecks = (verdict) => JSON.parse(readFileSync(verdict)).checks.filter((check) => !check.ok).map((check) => check.check);

test('a cutover under traffic, and three bad releases that do not stay', async () => {
    const site = await underTraffic();
    const [baseline, verdict] = ['baseline.json', 'verdict.json'].map((name) => join(site.folder, name));
    passed(await site.have('1.0.0'));
    passed(await site.release('activate', '1.0.0'));
    await until('the old release has recorded something', async () => (await site.record()).size > 200, { deadlineMs: 15000 });

    // Preconditions in short, and what is usual before the cutover.
    const build = join(process.env.VIZ_BIN, '..');
    passed(await site.tool('verify_phase_checks.sh', '--only', 'contract', '--build-dir', build, '--out', join(site.folder, 'checks')));
    passed(await site.canary(3, '--json', baseline));

    // Deploy, canary, promote.
    let before = await site.record();
    passed(await site.have('1.1.0'));
    passed(await site.release('activate', '1.1.0'));
    passed(await site.canaryOrRollback(3, verdict, '--against', baseline));
    passed(await site.release('promote', '--verdict', verdict));
    assert.equal(site.current(), '1.1.0');
    before = await nothingLost(site, before);

    // Does not become ready: rolls itself back.
    passed(await site.have('1.2.0', { before: 'echo not today; exec sleep 60' }));
    const mute = await site.release('activate', '1.2.0', '--ready-limit', 3);
    assert.equal(mute.status, 1, mute.reported);
    assert.equal(site.current(), '1.1.0', mute.reported);
    before = await nothingLost(site, before);

    // Drops events: the canary sees it, and the release before is back by itself.
    passed(await site.have('1.3.0', { before: `${kSlowDisk(150)}; export VIZ_API_STORAGE_QUEUE_CAPACITY=16` }));
    passed(await site.release('activate', '1.3.0'));
    passed(await site.canaryOrRollback(10, verdict, '--against', baseline, '--keep-going'));
    assert.ok(failedChecks(verdict).includes('no storage drops'));
    assert.equal(site.current(), '1.1.0');
    before = await nothingLost(site, before);

    // Gets slower, loses nothing: the canary sees that too.
    passed(await site.have('1.4.0', { before: kSlowDisk(250) }));
    passed(await site.release('activate', '1.4.0'));
    passed(await site.canaryOrRollback(60, verdict, '--against', baseline)); // the first failure ends it
    assert.deepEqual(failedChecks(verdict), ['ingest to visible']);
    assert.equal(site.current(), '1.1.0');
    before = await nothingLost(site, before);
    await until('the record goes on', async () => (await site.record()).size > before.size + 20, { deadlineMs: 15000 });

    const kept = site.archives().sort();
    assert.deepEqual(kept.map((path) => /_(1\.\d\.0)\.tar\.gz$/.exec(path)[1]), ['1.2.0', '1.3.0', '1.4.0']);
    const manifest = JSON.parse(await site.archived(kept[1], 'MANIFEST.json'));
    assert.equal(manifest.reason, 'the canary failed');
    assert.equal(JSON.parse(await site.archived(kept[1], 'verdict.json')).verdict, 'fail');
    assert.match(await site.archived(kept[1], 'metrics.prom'), /reason="storage_queue_full"\} [1-9]/);
    assert.equal((await site.archived(kept[2], 'events.jsonl')).trim().split('\n').length,
        JSON.parse(await site.archived(kept[2], 'MANIFEST.json')).events);
    const status = JSON.parse((await site.release('status', '--json')).reported);
    assert.deepEqual([status.current, status.previous, status.finished], ['1.1.0', '1.0.0', true]);
});
