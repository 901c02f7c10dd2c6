// Connects the parts of the page: the stream follower, the polls and the views, which draw at most
// once per frame.
import { get, health, key, Refused } from './api.mjs';
import { Details } from './details.mjs';
import { byId, make, setText } from './dom.mjs';
import { chosen, pick, wantsOpportunity, wantsTransaction } from './filters.mjs';
import { Follower } from './follow.mjs';
import { clock, grouped } from './format.mjs';
import { Polls } from './polls.mjs';
import { Store } from './store.mjs';
import { showBuilder, showRelays } from './view_builder.mjs';
import { showGraph } from './view_graph.mjs';
import { opportunityHeadings, showOpportunities } from './view_opportunities.mjs';
import { showAlerts, showChains, showConnection, showFigures, showHealth, showPropagation } from './view_service.mjs';
import { showTransactions, transactionHeadings } from './view_transactions.mjs';

const kMostRows = 100;
const kLeastFrameMs = 100; // faster updates cannot be read
const kOverRate = 'Rate limit of this key reached: some figures are older.';
const kGraph = { width: 320, height: 90 };

const store = new Store();
const follower = new Follower(store, { onState: connectionChanged, onChange: schedule });
const details = new Details(byId('details'), store);
const polls = new Polls([
    { everyMs: 2000, open: true, ask: health, take: takeHealth },
    { everyMs: 3000, ask: () => get('chains/status'), take: takeChains },
    { everyMs: 2000, ask: () => Promise.all([get('metrics/snapshot'), get('scheduler/metrics')]), take: takeFigures },
    { everyMs: 10_000, leastMs: 1000, due: () => store.unlabelled > 0, ask: () => get('features/recent?limit=1000'), take: takeLabels },
    { everyMs: 5000, leastMs: 1000, due: () => store.stale.opportunities, ask: () => get('opps/recent?limit=200'), take: takeOpportunities },
    { everyMs: 5000, leastMs: 1000, due: () => store.stale.builder, ask: askBuilder, take: takeBuilder },
    { everyMs: 5000, ask: () => get('alerts/evaluate'), take: (alerts) => showAlerts(byId('alerts'), alerts) },
    { everyMs: 5000, ask: () => get('propagation'), take: (edges) => showPropagation(byId('propagation'), edges) },
], { onFailure: pollFailed, locked: () => follower.state.name === 'locked' });

// Frames are drawn at most once per kLeastFrameMs.
let scheduled = false;
let lastFrame = -Infinity;
function schedule() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(frame);
}
function frame(now) {
    if (now - lastFrame < kLeastFrameMs) return void requestAnimationFrame(frame);
    scheduled = false;
    lastFrame = now;
    show();
}

function show() {
    if (!byId('pause').checked) showRows('transaction', store.transactions, wantsTransaction, (body, rows) =>
        showTransactions(body, rows, (hash) => details.openTransaction(hash)));
    showRows('opportunity', store.opportunities, wantsOpportunity, (body, rows) =>
        showOpportunities(body, rows, (id) => details.openOpportunity(id)));
    showGraph(graph, store.points, kGraph.width, kGraph.height);
    details.storeChanged();
}

const graph = Object.fromEntries(['line', 'area', 'top', 'from', 'to', 'now'].map((part) => [part, byId(`graph-${part}`)]));
const kPlural = { transaction: 'transactions', opportunity: 'opportunities' };

function showRows(kind, known, wants, showIn) {
    const fields = chosen(Object.fromEntries(new FormData(byId(`${kind}-filter`))));
    const { shown, matching } = pick(known.newestFirst(), wants(fields), kMostRows);
    showIn(byId(kPlural[kind]), shown);
    setText(byId(`${kind}-count`), known.size === 0 ? `No ${kPlural[kind]} yet.`
        : `${grouped(shown.length)} shown of ${grouped(matching)} that match, of the newest ${grouped(known.size)}.`);
}

function connectionChanged(state) {
    showConnection(byId('connection'), state);
    if (state.name === 'locked' && byId('notice').hidden) showKeyForm(true);
    if (state.name === 'locked') say(`An API key is required: ${state.why}.`);
    else if (state.name === 'disconnected') say(`Data as of ${clock(state.since).slice(0, 8)}: ${state.why}. Reconnecting.`);
    else say('');
    if (state.name === 'live') details.again();
}

function pollFailed(poll, error) {
    // The connection state reports other failures.
    if (poll.ask === health) showUnreachable();
    else if (error instanceof Refused && error.status === 429) say(kOverRate);
}

function say(text) {
    byId('notice').hidden = text === '';
    setText(byId('notice'), text);
}

function takeHealth(answer) {
    byId('health-badge').className = `badge is-${answer.status === 'ok' ? 'good' : 'bad'}`;
    setText(byId('health-badge'), answer.status);
    showHealth(byId('health'), answer);
}
function showUnreachable() {
    byId('health-badge').className = 'badge is-bad';
    setText(byId('health-badge'), 'unreachable');
}

function takeChains(chains) {
    showChains(byId('chains'), chains);
    const known = new Map(chains.map((chain) => [String(chain.chain_id), chain.chain_key]));
    for (const select of document.querySelectorAll('select[data-chains]'))
        for (const [id, name] of known)
            if (![...select.options].some((option) => option.value === id)) select.append(make('option', { value: id }, `${name} (${id})`));
}

function takeFigures([figures, pending]) {
    if (byId('notice').textContent === kOverRate) say('');
    showFigures(byId('figures'), figures, pending);
    store.addPoint(Date.now(), pending.pending_count);
    schedule();
}

function takeLabels(labels) {
    store.takeLabels(labels);
    schedule();
}

function takeOpportunities(rows) {
    store.takeOpportunities(rows);
    schedule();
}

function askBuilder() {
    store.stale.builder = false;
    return Promise.all([get('builder/snapshot?limit=20'), get('relay/dry-run/status')]);
}
function takeBuilder([builder, relays]) {
    showBuilder(byId('builder'), builder);
    showRelays(byId('relays'), relays);
}

function showKeyForm(open) {
    byId('key-form').hidden = !open;
    byId('key-toggle').setAttribute('aria-expanded', String(open));
    if (open) byId('key').focus();
}

function start() {
    byId('transaction-headings').append(...transactionHeadings());
    byId('opportunity-headings').append(...opportunityHeadings());
    byId('key').value = key.get();
    byId('key-toggle').addEventListener('click', () => showKeyForm(byId('key-form').hidden));
    byId('key-form').addEventListener('submit', (event) => {
        event.preventDefault();
        key.set(byId('key').value.trim());
        showKeyForm(false);
        follower.restart();
        polls.refresh();
    });
    for (const form of [byId('transaction-filter'), byId('opportunity-filter')]) {
        form.addEventListener('submit', (event) => event.preventDefault());
        form.addEventListener('input', schedule);
    }
    follower.run();
    polls.start();
    schedule();
}

start();
