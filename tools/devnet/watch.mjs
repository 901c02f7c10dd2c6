#!/usr/bin/env node
// Prints a line of live figures of a running viz-api every two seconds, for tools/demo.sh.
// watch.mjs URL [SECONDS]: ends after SECONDS (0 or none: never) with 0 if transactions were
// decoded and confirmed, else 1 (a short or slow run gets ten more seconds); with 1 as soon as the
// API does not answer for five seconds.
const kEveryMs = 2000;
const kSilenceMs = 5000;
const kGraceMs = 10000;
const [base, seconds = '0'] = process.argv.slice(2);

async function get(path) {
    const response = await fetch(base + path, { signal: AbortSignal.timeout(3000) });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
    return response.json();
}

async function figures() {
    const [metrics, dashboard, rows, chains, opportunities] = await Promise.all([
        get('/metrics/snapshot'),
        get('/dashboard/snapshot?tx_limit=1&feature_limit=1&opp_limit=1&replay_limit=50'),
        get('/transactions/all?limit=1000'),
        get('/chains/status'),
        get('/opps/recent?limit=1000'),
    ]);
    const statuses = {};
    for (const row of rows) statuses[row.lifecycle_status] = (statuses[row.lifecycle_status] ?? 0) + 1;
    const profitable = opportunities.filter((each) => each.status === 'profitable').length;
    return { metrics, latest: dashboard.latest_seq_id, statuses, chains, found: `${profitable}/${opportunities.length}` };
}

function line({ metrics, latest, statuses, chains, found }) {
    const states = chains.map((chain) => `${chain.chain_key}=${chain.state}`).join(' ');
    const counts = ['ready', 'blocked', 'pending', 'replaced', 'dropped', 'confirmed_provisional', 'confirmed_final']
        .filter((name) => statuses[name])
        .map((name) => `${name}=${statuses[name]}`).join(' ');
    return [
        new Date().toISOString().slice(11, 19), states, `events=${latest}`, `decoded=${metrics.tx_decode_total}`,
        `failed=${metrics.tx_decode_fail_total}`, `tx/s=${Number(metrics.tx_per_sec_current).toFixed(1)}`,
        `lag=${Number(metrics.ingest_lag_ms).toFixed(1)}ms`,
        `write=${Number(metrics.storage_write_latency_ms).toFixed(1)}ms`, `opps=${found}`, `| ${counts}`,
    ].join('  ');
}

const seen = { decoded: false, confirmed: false };
const start = Date.now();
let answered = start;
let interrupted = false;
let wake = () => {};
for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
        interrupted = true;
        wake();
    });

function isOver() {
    if (interrupted) return true;
    if (!(Number(seconds) > 0)) return false;
    const left = start + Number(seconds) * 1000 - Date.now();
    return left <= (seen.decoded && seen.confirmed ? 0 : -kGraceMs);
}

while (!isOver()) {
    try {
        const now = await figures();
        answered = Date.now();
        seen.decoded ||= now.metrics.tx_decode_total > 0;
        seen.confirmed ||= Boolean(now.statuses.confirmed_provisional || now.statuses.confirmed_final);
        process.stdout.write(`${line(now)}\n`);
    } catch (error) {
        if (Date.now() - answered > kSilenceMs) {
            process.stderr.write(`watch: ${base} does not answer: ${error.message}\n`);
            process.exit(1);
        }
    }
    if (interrupted) break;
    await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, kEveryMs);
    });
}
if (!seen.decoded || !seen.confirmed)
    process.stderr.write(`watch: no transaction was ${seen.decoded ? 'confirmed' : 'decoded'}\n`);
process.exit(seen.decoded && seen.confirmed ? 0 : 1);
