// The dialog's contents: one transaction, or one opportunity with its simulation.
import { badge, make, table, terms } from './dom.mjs';
import { clock, count, duration, ether, exactEther, extremes, fees, text, words } from './format.mjs';
import { flags, profit } from './view_opportunities.mjs';
import { nothing } from './view_service.mjs';

const mono = (value) => make('span', { class: 'mono' }, text(value));
const amount = (wei) => make('span', { class: 'money' }, `${exactEther(wei)} ETH`);
const heading = (name) => make('h3', {}, name);

/** `detail`: TransactionDetail; `life`: lifecycle steps seen by the page; `exposure`: Exposure or null. */
export function transactionDetails(detail, life, exposure) {
    return [
        terms([
            ['Hash', mono(detail.hash)],
            ['Status', make('span', {}, badge(detail.lifecycle_status), detail.lifecycle_reason ? ` ${words(detail.lifecycle_reason)}` : '')],
            ['Protocol, category', `${text(detail.protocol)}, ${text(detail.category)}`],
            ['MEV, urgency', `${text(detail.mev_score)}, ${text(detail.urgency_score)}`],
            ['Sender, nonce', make('span', {}, mono(detail.sender), ` ${text(detail.nonce)}`)],
            ['To', mono(detail.to)],
            ['Value', detail.value_wei === null ? '–' : amount(detail.value_wei)],
            ['Max fee / tip', `${fees(detail)} gwei`],
            ['Gas limit, calldata', `${count(detail.gas_limit)}, ${count(detail.calldata_len)} bytes`],
            ['Chain, type', `${text(detail.chain_id)}, ${text(detail.tx_type)}`],
            detail.superseded_by && ['Superseded by', mono(detail.superseded_by)],
            detail.included_block !== null && ['Included', `block ${count(detail.included_block)}, ${duration(detail.inclusion_delay_ms)} after first seen`],
        ]),
        heading('Lifecycle'), lifeOf(detail, life),
        heading('Actions'), actionsOf(detail.actions),
        heading('Exposure'), exposureOf(exposure),
    ];
}

function lifeOf(detail, life) {
    const seen = detail.sources.map((source) => ({
        at: source.first_seen_unix_ms, what: `seen at ${source.source_id}${source.backfilled ? ' (backfilled)' : ''}`, delay: source.delay_ms }));
    const changes = life.map((step) => ({
        at: step.at, what: [step.type, step.reason && words(step.reason), step.block !== null && `block ${count(step.block)}`].filter(Boolean).join(', ') }));
    // Of the steps before the page was opened, only the newest is known.
    if (changes.length === 0 && detail.lifecycle_updated_unix_ms !== null)
        changes.push({ at: detail.lifecycle_updated_unix_ms, what: words(detail.lifecycle_status) });
    const first = detail.first_seen_unix_ms ?? 0;
    const steps = [...seen, ...changes].sort((a, b) => a.at - b.at);
    return make('ol', { class: 'life' }, steps.map((step) =>
        make('li', {}, make('time', {}, clock(step.at)), ` +${duration(Math.max(0, step.at - first))} `, make('span', { class: 'said' }, step.what))));
}

function actionsOf(actions) {
    if (!actions || actions.length === 0) return nothing('No known actions.');
    return make('ol', { class: 'actions' }, actions.map(({ type, ...fields }) =>
        make('li', {}, make('strong', {}, text(type)), terms(Object.entries(fields).map(([name, value]) =>
            [words(name), mono(Array.isArray(value) ? value.join(', ') : value)])))));
}

function exposureOf(exposure) {
    if (!exposure) return nothing('No exposure known.');
    return terms([
        ['Can be sandwiched', exposure.sandwichable ? 'yes, at a profit' : 'not at a profit'],
        ['Attacker’s net', make('span', {}, profit(exposure.attacker_net_wei), ' ETH')],
        ['Pool', mono(exposure.pool)],
        ['Token out', mono(exposure.token_out)],
        ['Expected output, smallest units', count(exposure.amount_out)],
        ['Minimum output', count(exposure.least_out)],
        ['Possible loss', count(exposure.loss)],
        ['Protecting minimum', count(exposure.protecting_out)],
    ]);
}

/** `opp`: Opportunity; `sim`: Simulation or null. */
export function opportunityDetails(opp, sim) {
    return [
        terms([
            ['Strategy', make('span', {}, text(opp.strategy), ' ', badge(opp.status))],
            ['Profit', make('span', {}, profit(opp.profit_wei), opp.profit_wei === null ? '' : ` ETH (${opp.profit_wei} wei)`)],
            ['Expected by search', make('span', {}, profit(opp.expected_net_wei), ' ETH')],
            ['Capital, smallest units', make('span', {}, `${count(opp.capital)} of `, mono(opp.base_token))],
            ['Score', text(opp.score)],
            ['Protocol, category', `${text(opp.protocol)}, ${text(opp.category)}`],
            ['Block', `${count(opp.block_number)} of chain ${text(opp.chain_id)}`],
            ['Transactions', make('span', {}, opp.member_tx_hashes.map((member) => make('div', { class: 'mono' }, member)))],
            ['Candidate', mono(opp.candidate_id)],
            opp.fail_category && ['Failed', words(opp.fail_category)],
        ]),
        heading('Reasons'),
        opp.reasons.length === 0 ? nothing('No reasons.') : make('ul', {}, opp.reasons.map((reason) => make('li', { class: 'said' }, reason))),
        heading('Warnings'),
        opp.flags.length === 0 ? nothing('No warnings.') : make('p', { class: 'badges' }, flags(opp.flags)),
        opp.outcome && heading('Outcome'),
        opp.outcome && outcomeOf(opp.outcome),
        heading('Simulation'),
        ...(sim ? simulationDetails(sim) : [nothing('Not simulated yet, or no longer kept.')]),
    ];
}

function outcomeOf(outcome) {
    return terms([
        ['Outcome', words(outcome.outcome)],
        ['By', mono(outcome.by)],
        ['Block', count(outcome.block_number)],
        ['Paid to the coinbase', `${ether(outcome.coinbase_payment_wei)} ETH`],
    ]);
}

function simulationDetails(sim) {
    return [
        terms([
            ['Result', make('span', {}, badge(sim.status), sim.fail_category ? ` ${words(sim.fail_category)}` : '')],
            sim.revert_reason && ['Revert reason', make('span', { class: 'said' }, sim.revert_reason)],
            ['Block', count(sim.block_number)],
            ['Gas, duration, state age', `${count(sim.gas_used)}, ${sim.duration_us === undefined ? '–' : `${count(sim.duration_us)} µs`}, ${duration(sim.state_age_ms)}`],
        ]),
        sim.waterfall && waterfallOf(sim.waterfall),
        sim.waterfall && sim.robustness && bandOf(sim.waterfall, sim.robustness),
    ];
}

function waterfallOf(steps) {
    const minus = (wei) => (wei === '0' ? '0' : `-${wei}`);
    const rows = [
        ['Gross, before pool fees', steps.gross_wei], ['Pool fees', minus(steps.pool_fees_wei)],
        ['Gas', minus(steps.gas_cost_wei)], ['Bribe', minus(steps.bribe_wei)], ['Net', steps.net_wei],
    ];
    return make('div', {}, heading('Waterfall'),
        table('Waterfall of the profit', ['Step', 'ETH|n'], rows.map(([name, wei]) => [name, profit(wei)])));
}

function bandOf(waterfall, band) {
    const rows = [
        ['As simulated', waterfall.net_wei], ['Base fee 12.5 % higher', band.net_base_fee_up_wei],
        ['Different fee recipient', band.net_other_coinbase_wei], ['Competing swap first', band.net_competing_swap_wei],
    ];
    const { least, most } = extremes(rows.map(([, wei]) => wei));
    return make('div', {}, heading('Robustness'),
        make('p', {}, 'Net profit from ', profit(least), ' to ', profit(most), ' ETH where the bundle does not fail.'),
        table('Net profit under other conditions', ['Condition', 'Net, ETH|n'], rows.map(([name, wei]) => [name, wei === null ? 'fails' : profit(wei)])));
}
