// The page's bounded state: the newest transactions and opportunities by id. Pure: events and
// responses in, rows out.

export const kMostTransactions = 2000;
export const kMostOpportunities = 600;
export const kMostPoints = 1000;
const kMostSteps = 20; // of one transaction

const kStatusAfter = {
    TxDecoded: 'pending',
    TxReady: 'ready',
    TxBlocked: 'blocked',
    TxReplaced: 'replaced',
    TxDropped: 'dropped',
    TxConfirmedProvisional: 'confirmed_provisional',
    TxConfirmedFinal: 'confirmed_final',
    TxReorged: 'pending',
};
// Events that change the responses of the opportunity and builder routes.
const kFindings = ['OppDetected', 'SimDispatched', 'SimCompleted'];
const kBuilding = ['AssemblyDecisionApplied', 'BundleSubmitted'];

/** The event types that the page subscribes to. */
export const kWantedTypes = [...Object.keys(kStatusAfter), ...kFindings, ...kBuilding];

/** A map that evicts its oldest entries beyond `most`. An entry that is set again keeps its position. */
export class Newest {
    #entries = new Map();
    #most;

    constructor(most) {
        this.#most = most;
    }
    get size() {
        return this.#entries.size;
    }
    get(key) {
        return this.#entries.get(key);
    }
    set(key, value) {
        this.#entries.set(key, value);
        if (this.#entries.size > this.#most) this.#entries.delete(this.#entries.keys().next().value);
    }
    clear() {
        this.#entries.clear();
    }
    newestFirst() {
        return [...this.#entries.values()].reverse();
    }
}

export class Store {
    transactions = new Newest(kMostTransactions);
    opportunities = new Newest(kMostOpportunities);
    points = []; // {timestamp_unix_ms, pending_count}, ascending
    lastId = 0; // the newest applied event
    unlabelled = 0; // transactions added since the last labels were applied
    stale = { opportunities: false, builder: false }; // routes whose responses have changed

    /** Resets the state. `details`: TransactionDetails, newest first, at least as new as the snapshot. */
    begin(snapshot, details) {
        this.transactions.clear();
        this.opportunities.clear();
        for (const detail of [...details].reverse()) this.transactions.set(detail.hash, { ...detail, life: [] });
        this.takeLabels(snapshot.feature_details);
        this.takeOpportunities(snapshot.opportunities);
        this.points = snapshot.replay.slice(-kMostPoints);
        this.lastId = snapshot.latest_seq_id;
    }

    /** Applies one event of the stream; events already applied change nothing. */
    apply(id, event) {
        if (id <= this.lastId) return;
        this.lastId = id;
        const { type, data } = event.payload;
        if (kFindings.includes(type)) this.stale.opportunities = true;
        else if (kBuilding.includes(type)) this.stale.builder = true;
        else if (type in kStatusAfter) this.#applyToTransaction(type, data, event);
    }

    #applyToTransaction(type, data, event) {
        const known = this.transactions.get(data.hash);
        // A later event of an evicted transaction has too little data to show it.
        if (!known && type !== 'TxDecoded') return;
        if (!known) this.unlabelled++;
        const at = event.ingest_ts_unix_ms;
        const step = { type, at, reason: data.reason ?? null, block: data.block_number ?? null };
        const next = {
            ...known,
            ...(type === 'TxDecoded' ? decodedFields(data) : {}),
            life: [...(known?.life ?? []), step].slice(-kMostSteps),
        };
        // A repeated TxDecoded (after a restart) does not reset the status.
        if (type !== 'TxDecoded' || !known) {
            next.lifecycle_status = kStatusAfter[type];
            next.lifecycle_reason = step.reason;
            next.lifecycle_updated_unix_ms = at;
        }
        this.transactions.set(data.hash, next);
    }

    /** Labels as in /features/recent and the snapshot; labels of unknown transactions are ignored. */
    takeLabels(labels) {
        this.unlabelled = 0;
        for (const label of labels) {
            const known = this.transactions.get(label.hash);
            if (!known) continue;
            const { protocol, category, mev_score, urgency_score } = label;
            const same = known.protocol === protocol && known.category === category &&
                known.mev_score === mev_score && known.urgency_score === urgency_score;
            if (!same) this.transactions.set(label.hash, { ...known, protocol, category, mev_score, urgency_score });
        }
    }

    /** Opportunities as listed by the service, newest first. */
    takeOpportunities(rows) {
        this.stale.opportunities = false;
        for (const row of [...rows].reverse()) this.opportunities.set(row.candidate_id, row);
    }

    /** Uses the browser's clock, which may be behind the service's: points stay in time order. */
    addPoint(unixMs, pending_count) {
        const timestamp_unix_ms = Math.max(unixMs, this.points.at(-1)?.timestamp_unix_ms ?? 0);
        this.points.push({ timestamp_unix_ms, pending_count });
        if (this.points.length > kMostPoints) this.points.shift();
    }
}

function decodedFields(data) {
    const { hash, chain_id, sender, to, nonce, tx_type, value_wei, gas_price_wei, max_fee_per_gas_wei,
        max_priority_fee_per_gas_wei, first_seen_unix_ms } = data;
    return { hash, chain_id, sender, to, nonce, tx_type, value_wei, gas_price_wei, max_fee_per_gas_wei,
        max_priority_fee_per_gas_wei, first_seen_unix_ms };
}
