// Selects the rows to show. Pure.

/** The fields of a form as text, without the empty ones. */
export function chosen(fields) {
    return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''));
}

// "open" is not a single status: it selects transactions that may still be included.
const kOpen = ['pending', 'ready', 'blocked'];

/** {chain, label, status, score}: chain id, part of protocol or category, status or "open", minimum mev_score. */
export function wantsTransaction({ chain, label, status, score }) {
    const part = label?.toLowerCase();
    const least = score === undefined ? 0 : Number(score);
    return (tx) =>
        (chain === undefined || String(tx.chain_id) === chain) &&
        (status === undefined || (status === 'open' ? kOpen.includes(tx.lifecycle_status) : tx.lifecycle_status === status)) &&
        (least <= 0 || (tx.mev_score ?? -1) >= least) &&
        (part === undefined || contains(tx.protocol, part) || contains(tx.category, part));
}

/** {chain, label, status, score}: label is part of strategy, protocol or category. */
export function wantsOpportunity({ chain, label, status, score }) {
    const part = label?.toLowerCase();
    const least = score === undefined ? 0 : Number(score);
    return (opp) =>
        (chain === undefined || String(opp.chain_id) === chain) &&
        (status === undefined || opp.status === status) &&
        opp.score >= least &&
        (part === undefined || [opp.strategy, opp.protocol, opp.category].some((name) => contains(name, part)));
}

function contains(name, part) {
    return typeof name === 'string' && name.toLowerCase().includes(part);
}

/** The first `most` matching rows, and the number of all matching ones. */
export function pick(rows, wants, most) {
    const shown = [];
    let matching = 0;
    for (const row of rows) {
        if (!wants(row)) continue;
        matching++;
        if (shown.length < most) shown.push(row);
    }
    return { shown, matching };
}
