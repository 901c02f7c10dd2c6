// What watches the service: the alerts and the dashboard against what is really served, and the
// real Prometheus server that scrapes it and raises one.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import { chainOf, cleanUps, loadOn, mine, startNode, subscribed } from './support/environment.mjs';
import { temporaryFolder, VizApi } from './support/process.mjs';
import { checkExpression, checkMetrics, dashboardQueries, Prometheus, servedSamples } from './support/prometheus.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kIncidents = new URL('../../systemd/incidents/', import.meta.url);
// Names that dashboards relied on before us; Prometheus would not have them so.
const kFixedNames = ['viz_api_ingest_lag_ms', 'viz_api_ingest_tx_per_sec_baseline', 'viz_api_ingest_tx_per_sec_current'];
let node;
let api;
let prometheus;

/** What a provider in front of a node does: passes all on but what it does not allow. */
async function provider(target) {
    const server = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        const asked = JSON.parse(body);
        const refused = { jsonrpc: '2.0', id: asked.id, error: { code: -32601, message: 'not on your plan' } };
        const passOn = async () => (await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).text();
        response.setHeader('content-type', 'application/json');
        response.end(asked.method?.startsWith('txpool_') ? JSON.stringify(refused) : await passOn());
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => server.close());
    return `http://127.0.0.1:${server.address().port}`;
}

// A service that has had to do with everything: traffic, a provider that does not allow everything.
before(async () => {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    node = await startNode();
    atEnd(() => node.stop());
    const endpoint = { wsUrl: node.wsUrl, httpUrl: await provider(node.httpUrl) };
    api = await VizApi.start({ chains: [chainOf([endpoint])], folder: folder.path });
    atEnd(() => api.stop());
    await subscribed(api);
    const traffic = await loadOn(node);
    for (let i = 0; i < 30; ++i) await traffic.step();
    await mine(node.httpUrl);
    await until('transactions are decoded', async () => (await api.get('/metrics/snapshot')).tx_decode_total >= 30);
    await until('the refusal is counted', async () => (await served()).has('viz_api_ingest_faults_total'));
    const data = temporaryFolder();
    atEnd(data.remove);
    prometheus = await Prometheus.start({ folder: data.path, targets: [`127.0.0.1:${api.port}`] });
    atEnd(() => prometheus.stop());
    await until('it was scraped more than once', async () => (await prometheus.query('count_over_time(up[1m]) >= 3')).length === 1);
});

async function served() {
    return servedSamples(await (await api.request('/metrics')).text());
}

/** Fails for what is wrong; prints what is only promised. */
function checkAll(t, queries, samples) {
    const promised = new Set();
    const wrong = [];
    for (const { title, expression } of queries) {
        const checked = checkExpression(expression, samples);
        for (const one of checked.wrong) wrong.push(`${title}: ${one}`);
        for (const name of checked.promised) promised.add(name);
    }
    t.diagnostic(`promised by the contract, not served yet: ${[...promised].join(' ') || 'none'}`);
    assert.deepEqual(wrong, []);
}

test('promtool finds nothing wrong with /metrics but the names that were fixed before', async () => {
    const { complaints } = checkMetrics(await (await api.request('/metrics')).text());
    assert.deepEqual(complaints, kFixedNames.map((name) => `${name} metric names should not contain abbreviated units`));
});

test('promtool would find what is wrong', () => {
    const { status, complaints } = checkMetrics('# TYPE bad counter\nbad 1\n');
    assert.notEqual(status, 0);
    assert.notDeepEqual(complaints, []);
});

test('every query of the dashboard names what is served', async (t) => {
    const queries = dashboardQueries().map(({ panel, expression }) => ({ title: panel, expression }));
    assert.ok(queries.length > 50, `${queries.length} queries`);
    checkAll(t, queries, await served());
});

test('every alert names what is served', async (t) => {
    const rules = (await prometheus.rules()).map(({ name, expression }) => ({ title: name, expression }));
    assert.ok(rules.length > 15, `${rules.length} rules`);
    checkAll(t, rules, await served());
});

test('a name or a label that is not served is found', () => {
    const samples = servedSamples('viz_api_a_total{x="1"} 1\nviz_api_sim_latency_ms_bucket{le="1"} 1\n');
    const wrong = (expression) => checkExpression(expression, samples).wrong;
    assert.deepEqual(wrong('rate(viz_api_a_total{x="1",job="j"}[5m])'), []);
    assert.deepEqual(wrong('sum by (x, instance) (viz_api_a_total)'), []);
    assert.deepEqual(wrong('viz_api_b_total / viz_api_a_total'), ['viz_api_b_total is not served']);
    assert.deepEqual(wrong('viz_api_a_total{y=~"1"}'), ['viz_api_a_total has no label y']);
    assert.deepEqual(wrong('sum by (y) (viz_api_a_total)'), ['nothing in it has a label y']);
    assert.deepEqual(wrong('viz_api_sim_latency_ms'), ['viz_api_sim_latency_ms is not served'], 'it is a histogram now');
    assert.deepEqual(checkExpression('rate(viz_api_sim_fail_total[5m])', samples),
        { wrong: [], promised: ['viz_api_sim_fail_total'] });
});

test('Prometheus evaluates every rule, and every panel shows something where something is served', async () => {
    const samples = await served();
    const silent = [];
    await until('rates are known', async () => (await prometheus.query('rate(viz_api_storage_events_total[15s])')).length === 1);
    for (const { panel, expression } of dashboardQueries()) {
        const series = await prometheus.query(expression);
        const { promised } = checkExpression(expression, samples);
        const shows = series.length > 0 || promised.length > 0 || expression.startsWith('ALERTS') || expression.endsWith('> 0');
        if (!shows) silent.push(`${panel}: ${expression}`);
    }
    assert.deepEqual(silent, []);
    await until('every rule was evaluated', async () => (await prometheus.rules()).every((rule) => rule.health === 'ok'));
});

test('every alert has a test that makes it fire and one that does not, and a page that is there', async () => {
    const tests = readFileSync(new URL('../integration/watching/viz-api.rules.test.yml', import.meta.url), 'utf8');
    for (const { name, annotations } of await prometheus.rules()) {
        const cases = tests.split('alertname: ').filter((text) => text.startsWith(`${name}\n`));
        assert.ok(cases.some((text) => text.includes('exp_labels')), `${name} never fires in a test`);
        assert.ok(cases.some((text) => text.includes('exp_alerts: []')), `${name} is never quiet in a test`);
        const page = annotations.runbook_url.replace('file:///usr/share/doc/viz-api/incidents/', '');
        assert.ok(existsSync(new URL(page, kIncidents)), `${name}: ${page}`);
    }
});

// Last: it takes the node away.
test('a chain whose node is gone raises its alert, and only its node coming back ends it', async (t) => {
    const labels = { chain: 'devnet' };
    assert.equal(await prometheus.alert('VizApiChainSilent', labels), undefined);
    const { port } = node;
    await node.kill();
    const killed = Date.now();
    const alert = await until('the alert fires', async () => {
        const found = await prometheus.alert('VizApiChainSilent', labels);
        return found?.state === 'firing' && found;
    }, { deadlineMs: 20000, seen: () => prometheus.ask('alerts') });
    t.diagnostic(`the alert fired ${Date.now() - killed} ms after the node was killed`);
    assert.equal(alert.annotations.summary, `devnet has no live subscription at 127.0.0.1:${api.port}`);
    assert.equal(alert.labels.severity, 'critical');
    node = await startNode({ port });
    await until('the alert is over', async () => (await prometheus.alert('VizApiChainSilent', labels)) === undefined,
        { deadlineMs: 30000, seen: () => prometheus.ask('alerts') });
});

test('a service that is gone raises the alert that it is down', async () => {
    await api.stop();
    await until('the alert fires', async () => (await prometheus.alert('VizApiDown'))?.state === 'firing',
        { deadlineMs: 20000, seen: () => prometheus.ask('alerts') });
});
