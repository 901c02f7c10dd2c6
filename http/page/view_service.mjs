// Service state: connection, health, chains, alerts, figures, propagation.
import { badge, make, setText, table, terms } from './dom.mjs';
import { clock, count, duration, gwei, text, words } from './format.mjs';

const kConnection = {
    connecting: () => 'connecting',
    live: () => 'live',
    behind: ({ behind }) => `behind by ${count(behind)} events`,
    disconnected: ({ since }) => `disconnected since ${clock(since).slice(0, 8)}`,
    locked: () => 'API key required',
};
const kTone = { live: 'good', behind: 'warn', connecting: 'warn', locked: 'warn', disconnected: 'bad' };

export function showConnection(element, state) {
    element.dataset.state = state.name;
    element.className = `badge is-${kTone[state.name]}`;
    element.title = state.why;
    setText(element, kConnection[state.name](state));
}

export function showHealth(parent, health) {
    const problems = (health.problems ?? []).map((problem) => make('li', {}, `${problem.reason} (for ${duration(problem.for_ms)})`));
    parent.replaceChildren(
        make('p', {}, badge(health.status), ` version ${health.version}, up ${duration(health.uptime_s * 1000)}`),
        problems.length ? make('ul', { class: 'problems' }, problems) : '',
        table('Components', ['Component', 'State', 'Endpoint'], health.components.map((component) =>
            [component.name, badge(component.state), make('span', { class: 'mono' }, component.endpoint || '–')])));
}

export function showChains(parent, chains) {
    if (chains.length === 0) return parent.replaceChildren(nothing('No endpoint status yet.'));
    parent.replaceChildren(...chains.map((chain) => make('article', { class: 'chain' },
        make('h3', {}, `${chain.chain_key} (${chain.chain_id})`, ' ', badge(chain.state)),
        terms([
            ['Head block', count(chain.head_block)],
            ['Base fee', chain.head_base_fee_wei === null ? '–' : `${gwei(chain.head_base_fee_wei)} gwei`],
            ['Source', `${chain.source_id}, endpoint ${chain.endpoint_index + 1} of ${chain.endpoint_count}`],
            ['URL', make('span', { class: 'mono' }, chain.ws_url)],
            ['Last pending', chain.silent_for_ms === null ? '–' : `${duration(chain.silent_for_ms)} ago`],
            ['Rotations, disconnects', `${chain.rotation_count}, ${chain.disconnect_count}`],
            chain.last_error && ['Last error', make('span', { class: 'said' }, chain.last_error)],
        ]))));
}

export function showFigures(parent, figures, pending) {
    const rows = [
        ['Transactions/s', figures.tx_per_sec_current.toFixed(1)],
        ['Pending', count(pending.pending_count)],
        ['Ready / blocked', `${count(pending.ready_count)} / ${count(pending.blocked_count)}`],
        ['Ingest lag', duration(figures.ingest_lag_ms)],
        ['Write latency', duration(figures.storage_write_latency_ms)],
        ['Queue', `${count(figures.queue_depth_current)} / ${count(figures.queue_depth_capacity)}`],
    ];
    parent.replaceChildren(...rows.map(([term, value]) => make('div', {}, make('dt', {}, term), make('dd', {}, value))));
}

export function showAlerts(parent, alerts) {
    const firing = Object.keys(alerts).filter((name) => alerts[name]);
    parent.replaceChildren(firing.length === 0 ? nothing('No alerts.')
        : make('p', { class: 'badges' }, firing.map((name) => make('span', { class: 'badge is-bad' }, words(name)))));
}

export function showPropagation(parent, edges) {
    if (edges.length === 0) return parent.replaceChildren(nothing('Needs two sources that saw the same transaction.'));
    parent.replaceChildren(table('Propagation between sources', ['From', 'To', 'p50|n', 'p99|n', 'Samples|n'], edges.map((edge) =>
        [text(edge.source), text(edge.destination), duration(edge.p50_delay_ms), duration(edge.p99_delay_ms), count(edge.samples)])));
}

export const nothing = (why) => make('p', { class: 'nothing' }, why);
