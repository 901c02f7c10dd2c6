// The table of opportunities.
import { badge, make, reconcile } from './dom.mjs';
import { clock, ether, exactEther, shortHash, signOf, text, words } from './format.mjs';

const kColumns = [
    ['Found', null], ['Strategy', null], ['Status', null], ['Profit, ETH', 'number'], ['Score', 'number'],
    ['Protocol', null], ['Flags', null], ['Transaction', null], ['Outcome', null],
];

export function opportunityHeadings() {
    return kColumns.map(([name, style]) => make('th', { scope: 'col', class: style }, name));
}

/** A signed wei amount as ether; the sign is shown by text as well as by colour. */
export function profit(wei) {
    if (wei === null || wei === undefined) return make('span', {}, ether(wei));
    const tone = ['loss', 'even', 'gain'][signOf(wei) + 1];
    return make('span', { class: `money ${tone}`, title: `${exactEther(wei)} ETH` }, (tone === 'gain' ? '+' : '') + ether(wei));
}

/** Warning flags, one badge each. */
export function flags(names) {
    return names.map((name) => make('span', { class: 'badge is-warn' }, name.replaceAll('_', ' ')));
}

function cells(opp, onOpen) {
    return [
        make('button', { type: 'button', class: 'link', onclick: () => onOpen(opp.candidate_id) }, clock(opp.detected_unix_ms)),
        text(opp.strategy), badge(opp.status), profit(opp.profit_wei), text(opp.score), text(opp.protocol),
        make('span', { class: 'badges' }, flags(opp.flags)),
        make('span', { class: 'mono', title: opp.tx_hash ?? '' }, shortHash(opp.tx_hash)),
        words(opp.outcome?.outcome),
    ];
}

/** The displayed content of a row: rows with equal content are not redrawn. */
const lookOf = (opp) => JSON.stringify([opp.status, opp.profit_wei, opp.flags, opp.outcome?.outcome]);

export function showOpportunities(body, rows, onOpen) {
    reconcile(body, rows, {
        keyOf: (opp) => opp.candidate_id,
        create: () => make('tr'),
        fill: (row, opp) => {
            const look = lookOf(opp);
            if (row.dataset.look === look) return;
            row.dataset.look = look;
            const had = row.contains(document.activeElement);
            row.replaceChildren(...cells(opp, onOpen).map((cell, at) => make('td', { class: kColumns[at][1] }, cell)));
            if (had) row.querySelector('button').focus();
        },
    });
}
