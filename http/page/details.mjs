// The dialog of one transaction or one opportunity. The open one is in the address's fragment, so
// that it can be linked to and survives a reload.
import { find, Refused } from './api.mjs';
import { make, setText } from './dom.mjs';
import { opportunityDetails, transactionDetails } from './view_details.mjs';
import { nothing } from './view_service.mjs';

const kFragment = /^#(tx|opp)=(0x[0-9a-f]{64})$/;

export class Details {
    #dialog;
    #body;
    #heading;
    #store;
    #shown = null; // {kind, id, from: the displayed row}
    #asking = false;

    constructor(dialog, store) {
        this.#dialog = dialog;
        this.#heading = dialog.querySelector('h2');
        this.#body = dialog.lastElementChild;
        this.#store = store;
        dialog.querySelector('button').addEventListener('click', () => dialog.close());
        dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
        dialog.addEventListener('close', () => {
            this.#shown = null;
            history.replaceState(null, '', location.pathname + location.search);
        });
        addEventListener('hashchange', () => this.#openFragment());
        this.#openFragment();
    }

    openTransaction(hash) {
        this.#open('tx', hash);
    }
    openOpportunity(candidateId) {
        this.#open('opp', candidateId);
    }

    /** Requests the data again with the next frame: the service is available again. */
    again() {
        if (this.#shown) this.#shown.from = null;
    }

    /** Requests the data again when the row of the open item has changed. */
    storeChanged() {
        if (this.#shown && !this.#asking && this.#row() !== this.#shown.from) this.#ask();
    }

    #openFragment() {
        const found = kFragment.exec(location.hash);
        if (found) this.#open(found[1], found[2]);
    }

    #open(kind, id) {
        if (this.#shown?.kind === kind && this.#shown.id === id) return;
        this.#shown = { kind, id, from: undefined };
        history.replaceState(null, '', `#${kind}=${id}`);
        setText(this.#heading, kind === 'tx' ? 'Transaction' : 'Opportunity');
        this.#body.replaceChildren(nothing('Loading…'));
        if (!this.#dialog.open) this.#dialog.showModal();
        this.#ask();
    }

    #row() {
        const { kind, id } = this.#shown;
        return kind === 'tx' ? this.#store.transactions.get(id) : this.#store.opportunities.get(id);
    }

    async #ask() {
        const asked = this.#shown;
        asked.from = this.#row();
        this.#asking = true;
        try {
            const parts = await (asked.kind === 'tx' ? this.#transaction(asked) : this.#opportunity(asked));
            if (this.#shown === asked) this.#body.replaceChildren(...parts.filter(Boolean));
        } catch (error) {
            const why = error instanceof Refused ? error.message : 'the service cannot be reached';
            if (this.#shown === asked) this.#body.replaceChildren(make('p', { class: 'notice' }, `Could not load: ${why}.`));
        } finally {
            this.#asking = false;
        }
    }

    async #transaction({ id, from }) {
        const [detail, exposure] = await Promise.all([find(`transactions/${id}`), find(`transactions/${id}/exposure`)]);
        if (!detail) return [nothing('The service has no such transaction.')];
        return transactionDetails(detail, from?.life ?? [], exposure);
    }

    async #opportunity({ from }) {
        if (!from) return [nothing('Not among the recent opportunities.')];
        return opportunityDetails(from, from.sim_id ? await find(`sim/${from.sim_id}`) : null);
    }
}
