// The table of transactions.
import { badge, make, reconcile, setAttribute, setText } from './dom.mjs';
import { clock, ether, exactEther, fees, shortHash, text } from './format.mjs';

// The text of a cell; the title contains the full text when the cell shortens it.
const kColumns = [
    { name: 'Seen', say: (tx) => clock(tx.first_seen_unix_ms) },
    { name: 'Hash' },
    { name: 'Status' },
    { name: 'Protocol', say: (tx) => text(tx.protocol) },
    { name: 'Category', say: (tx) => text(tx.category) },
    { name: 'MEV', numeric: true, say: (tx) => text(tx.mev_score), title: () => 'MEV score, 0 to 100' },
    { name: 'Urgency', numeric: true, wide: true, say: (tx) => text(tx.urgency_score) },
    { name: 'Value, ETH', numeric: true, say: (tx) => ether(tx.value_wei), title: (tx) => `${exactEther(tx.value_wei)} ETH` },
    { name: 'Fee / tip, gwei', numeric: true, wide: true, say: fees },
    { name: 'Chain', numeric: true, wide: true, say: (tx) => text(tx.chain_id) },
];
const kHashColumn = 1;
const kStatusColumn = 2;

const classOf = ({ numeric, wide }) => [numeric && 'number', wide && 'wide'].filter(Boolean).join(' ') || null;

export function transactionHeadings() {
    return kColumns.map((column) => make('th', { scope: 'col', class: classOf(column) }, column.name));
}

/** Shows these rows in `body`; calls `onOpen(hash)` when a row is opened. */
export function showTransactions(body, rows, onOpen) {
    reconcile(body, rows, {
        keyOf: (tx) => tx.hash,
        create: (tx) => {
            const cells = kColumns.map((column) => make('td', { class: classOf(column) }));
            cells[kHashColumn].append(make('button', { type: 'button', class: 'link mono', title: tx.hash, onclick: () => onOpen(tx.hash) },
                shortHash(tx.hash)));
            return make('tr', {}, cells);
        },
        fill: (row, tx) => kColumns.forEach(({ say, title }, at) => {
            const cell = row.children[at];
            if (say) setText(cell, say(tx));
            if (title) setAttribute(cell, 'title', title(tx));
            if (at === kStatusColumn) showStatus(cell, tx);
        }),
    });
}

function showStatus(cell, tx) {
    if (cell.dataset.status === tx.lifecycle_status) return;
    cell.dataset.status = tx.lifecycle_status;
    cell.replaceChildren(badge(tx.lifecycle_status));
}
