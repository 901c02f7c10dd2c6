// Keeps the store up to date with the service: the snapshot, then the stream after it; reconnects
// after failures.
import { get, open, Refused } from './api.mjs';
import { backoff, Discontinuity, readStream } from './event_stream.mjs';
import { kWantedTypes } from './store.mjs';

const kDetails = 500;
const kSnapshot = `dashboard/snapshot?tx_limit=1&feature_limit=2000&opp_limit=600&replay_limit=1000`;
// The service sends something at least every 15 seconds.
const kSilenceMs = 35_000;
// Events of other types may have newer ids than any event that arrives: after this long without
// one, the store is up to date.
const kCaughtUpMs = 1_000;
const kLookMs = 1_000;

/**
 * state: {name, since, why, behind}; name is connecting, live, behind, disconnected or locked (an API
 * key is required). `onState` and `onChange` are called after each change of the state and of the store.
 */
export class Follower {
    state = { name: 'connecting', since: Date.now(), why: '', behind: 0 };
    #store;
    #onState;
    #onChange;
    #begun = false; // the store holds a snapshot that the stream continues
    #tries = 0;
    #stop = new AbortController();
    #heard = 0;
    #target = 0; // the log's end when the stream began

    constructor(store, { onState, onChange }) {
        this.#store = store;
        this.#onState = onState;
        this.#onChange = onChange;
    }

    /** Runs forever. */
    async run() {
        setInterval(() => this.#look(), kLookMs);
        for (;;) {
            try {
                if (!this.#begun) await this.#begin();
                await this.#follow();
                this.#lost('the service ended the stream');
            } catch (error) {
                if (error instanceof Discontinuity) this.#begun = false;
                this.#lost(error.message, error);
            }
            await this.#pause();
        }
    }

    /** Reconnects immediately from the start, for example with another key. */
    restart() {
        this.#begun = false;
        this.#tries = 0;
        this.#stop.abort(new Error('begun anew'));
    }

    async #begin() {
        // The list is requested after the number from which the stream continues: no event is
        // missed between them.
        const snapshot = await get(kSnapshot);
        this.#store.begin(snapshot, await get(`transactions/all?limit=${kDetails}`));
        this.#begun = true;
        this.#onChange();
    }

    async #follow() {
        this.#heard = performance.now();
        await readStream({
            open, lastId: this.#store.lastId, types: kWantedTypes, signal: this.#stop.signal,
            handlers: {
                heard: () => { this.#heard = performance.now(); },
                hello: (latest) => {
                    this.#tries = 0;
                    this.#target = latest;
                    this.#show(latest > this.#store.lastId ? 'behind' : 'live');
                },
                event: (id, event) => {
                    this.#store.apply(id, event);
                    if (id >= this.#target && this.state.name === 'behind') this.#show('live');
                    this.#onChange();
                },
            },
        });
    }

    #look() {
        const silent = performance.now() - this.#heard;
        const streaming = this.state.name === 'live' || this.state.name === 'behind';
        if (streaming && silent > kSilenceMs) this.#stop.abort(new Error('nothing was heard of the service'));
        if (this.state.name !== 'behind') return;
        if (silent > kCaughtUpMs) this.#show('live');
        else this.#show('behind');
    }

    #lost(why, error) {
        if (error instanceof Refused && error.status === 401) this.#show('locked', why);
        else this.#show('disconnected', why);
        if (error instanceof Refused && error.retryAfterMs) this.#wait = error.retryAfterMs;
    }
    #wait = 0;

    #show(name, why = '') {
        const since = name === this.state.name ? this.state.since : Date.now();
        this.state = { name, since, why, behind: name === 'behind' ? Math.max(0, this.#target - this.#store.lastId) : 0 };
        this.#onState(this.state);
    }

    async #pause() {
        const ms = Math.max(this.#wait, backoff(this.#tries++));
        this.#wait = 0;
        if (this.#stop.signal.aborted) this.#stop = new AbortController();
        await new Promise((done) => {
            const timer = setTimeout(done, ms);
            this.#stop.signal.addEventListener('abort', () => { clearTimeout(timer); done(); }, { once: true });
        });
        if (this.#stop.signal.aborted) this.#stop = new AbortController();
    }
}
