// The real Prometheus server on loopback, and what its queries name.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endChild, hasExited, tiedCommand } from '../../../tools/devnet/node.mjs';
import { until } from './until.mjs';

const kRules = new URL('../../../systemd/prometheus/viz-api.rules.yml', import.meta.url).pathname;
const kDashboard = new URL('../../../systemd/grafana/viz-api.json', import.meta.url).pathname;

/** The rules as they are shipped, but that an alert is pending for a second only. */
function hastyRules() {
    return readFileSync(kRules, 'utf8').replace(/^( *for:) \w+$/gm, '$1 1s');
}

export class Prometheus {
    /** Scrapes `targets` (host:port) as the job viz-api, with our rules, every half a second. */
    static async start({ folder, targets }) {
        const server = new Prometheus();
        writeFileSync(join(folder, 'rules.yml'), hastyRules());
        writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({
            global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
            rule_files: ['rules.yml'],
            scrape_configs: [{ job_name: 'viz-api', static_configs: [{ targets }] }],
        }));
        const [command, args] = tiedCommand('prometheus', [
            `--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`,
            '--storage.tsdb.retention.time=1h', '--storage.tsdb.retention.size=64MB', '--web.listen-address=127.0.0.1:0']);
        server.log = '';
        server.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        server.child.once('error', (error) => (server.log += error.message));
        for (const stream of [server.child.stdout, server.child.stderr]) stream.on('data', (chunk) => (server.log += chunk));
        await until('Prometheus is ready', async () => {
            if (server.child.pid === undefined || hasExited(server.child)) throw new Error(`prometheus ended:\n${server.log}`);
            server.address ??= /msg="Listening on" address=(\S+)/.exec(server.log)?.[1];
            return server.address && (await fetch(`http://${server.address}/-/ready`)).ok;
        }, { deadlineMs: 20000, seen: () => server.log.slice(-1000) });
        return server;
    }

    async ask(path, parameters = {}) {
        const response = await fetch(`http://${this.address}/api/v1/${path}?${new URLSearchParams(parameters)}`,
            { signal: AbortSignal.timeout(5000) });
        const body = await response.json();
        if (body.status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${body.error}`);
        return body.data;
    }

    /** The series an expression gives now. */
    async query(expression) {
        return (await this.ask('query', { query: expression })).result;
    }

    /** [{name, expression}] of the rules as Prometheus has read them. */
    async rules() {
        const { groups } = await this.ask('rules');
        return groups.flatMap((group) => group.rules).map((rule) => ({ ...rule, expression: rule.query }));
    }

    async alert(name, labels = {}) {
        const { alerts } = await this.ask('alerts');
        return alerts.find((alert) => alert.labels.alertname === name &&
            Object.entries(labels).every(([label, value]) => alert.labels[label] === value));
    }

    stop() {
        return endChild(this.child);
    }
}

/** Prometheus' own check of what /metrics says: the lines it complains in, and its exit status. */
export function checkMetrics(text) {
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (error) throw error;
    return { status, complaints: (stdout + stderr).split('\n').filter((line) => line !== '').sort() };
}

/** Everything the dashboard asks: [{panel, expression}], for a job and instances. */
export function dashboardQueries({ job = 'viz-api', instance = '.*' } = {}) {
    const dashboard = JSON.parse(readFileSync(kDashboard, 'utf8'));
    const inForce = (text) => text.replaceAll('$job', job).replaceAll('$instance', instance).replaceAll('$__rate_interval', '15s');
    const panels = dashboard.panels.flatMap((panel) =>
        (panel.targets ?? []).map((target) => ({ panel: panel.title, expression: inForce(target.expr) })));
    const lists = dashboard.templating.list.filter((variable) => variable.type === 'query').map((variable) => {
        const [, expression] = /^label_values\((.*), \w+\)$/.exec(variable.query);
        return { panel: `variable ${variable.name}`, expression: inForce(expression) };
    });
    const annotations = dashboard.annotations.list.map(({ name, expr }) => ({ panel: `annotation ${name}`, expression: expr }));
    return [...lists, ...annotations, ...panels];
}

/** The samples of an exposition: name -> the set of label names it has. */
export function servedSamples(text) {
    const served = new Map();
    for (const line of text.split('\n')) {
        const sample = /^([a-z_]\w*)(?:\{(.*)\})? \S+$/i.exec(line);
        if (!sample) continue;
        const labels = served.get(sample[1]) ?? new Set();
        for (const [, label] of (sample[2] ?? '').matchAll(/(\w+)="/g)) labels.add(label);
        served.set(sample[1], labels);
    }
    return served;
}

/** Our metrics that an expression names, each with the labels it selects by. */
export function namedMetrics(expression) {
    return [...expression.matchAll(/\b(viz_api_\w+)(?:\{([^}]*)\})?/g)].map(([, name, selector]) => ({
        name, labels: [...(selector ?? '').matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label) }));
}

/** The labels that results are grouped by. */
export function groupingLabels(expression) {
    return [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list]) => list.split(',').map((label) => label.trim()));
}

// Names that the HTTP contract promises and that nothing serves before simulation, bundles and the
// timing of checkpoints are there.
const kPromised = new Set(['replay_checkpoint_duration_ms', 'sim_latency_ms', 'sim_fail_total', 'sim_parity_total', 'relay_success_rate',
    'relay_bundle_included_total', 'relay_bundle_filtered_total'].map((name) => `viz_api_${name}`));
const kAddedByScraping = ['job', 'instance'];

/**
 * What is wrong with an expression against what is served, and which of its names are only promised:
 * {wrong: [text], promised: [name]}.
 */
export function checkExpression(expression, served) {
    const wrong = [];
    const promised = [];
    const metrics = namedMetrics(expression);
    const known = new Set(kAddedByScraping);
    for (const { name, labels } of metrics) {
        const has = served.get(name);
        if (!has && kPromised.has(name) && ![...served.keys()].some((one) => one.startsWith(`${name}_`))) promised.push(name);
        else if (!has) wrong.push(`${name} is not served`);
        for (const label of has ?? []) known.add(label);
        for (const label of has ? labels : [])
            if (!has.has(label) && !kAddedByScraping.includes(label)) wrong.push(`${name} has no label ${label}`);
    }
    if (metrics.length > 0 && promised.length === 0)
        for (const label of groupingLabels(expression)) if (!known.has(label)) wrong.push(`nothing in it has a label ${label}`);
    return { wrong, promised };
}
