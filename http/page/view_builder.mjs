// The builder's template of the next block, and the relays' responses to simulated bundles.
import { badge, make, table } from './dom.mjs';
import { clock, count, duration, shortHash, text, words } from './format.mjs';
import { profit } from './view_opportunities.mjs';
import { nothing } from './view_service.mjs';

const hash = (value) => make('span', { class: 'mono', title: value ?? '' }, shortHash(value));

function block(one) {
    const share = one.gas_limit > 0 ? ` (${count(one.gas_used)} of ${count(one.gas_limit)} gas)` : '';
    return make('article', {},
        make('h3', {}, `Block ${count(one.target_block)} of chain ${one.chain_id}: `, profit(one.total_net_wei), ` ETH${share}`),
        one.entries.length === 0 ? nothing('No candidate chosen yet.')
            : table(`Template of block ${one.target_block}`, ['#|n', 'Candidate', 'Transaction', 'Net, ETH|n', 'Gas|n'],
                one.entries.map((entry) => [text(entry.position + 1), hash(entry.candidate_id), hash(entry.tx_hash),
                    profit(entry.net_wei), count(entry.gas_used)])));
}

export function showBuilder(parent, { blocks, decisions }) {
    if (blocks.length === 0 && decisions.length === 0) return parent.replaceChildren(nothing('No decisions yet.'));
    parent.replaceChildren(...blocks.map(block),
        make('h3', {}, 'Decisions'),
        decisions.length === 0 ? nothing('No decisions yet.')
            : table('Decisions of the builder', ['Time', 'Decision', 'Reason', 'Candidate', 'Net, ETH|n'], decisions.map((one) =>
                [clock(one.decided_unix_ms), badge(one.decision), words(one.reason), hash(one.candidate_id), profit(one.net_wei)])));
}

export function showRelays(parent, { latest, total_submissions, total_accepted, total_failed }) {
    const totals = make('p', {}, `${count(total_submissions)} tried, ${count(total_accepted)} accepted, ${count(total_failed)} failed.`);
    if (!latest) return parent.replaceChildren(totals, nothing('No bundle has been simulated at a relay.'));
    parent.replaceChildren(totals,
        make('p', {}, 'Latest: ', badge(latest.accepted ? 'accepted' : 'failed', latest.final_state), ' ', make('span', { class: 'mono' }, latest.relay_url),
            `, ${text(latest.method)}`),
        table('Attempts', ['#|n', 'Status|n', 'Latency|n', 'Answer'], latest.attempts.map((attempt) =>
            [text(attempt.attempt), text(attempt.http_status), duration(attempt.latency_ms), make('span', { class: 'said' }, text(attempt.error))])));
}
