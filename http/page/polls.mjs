// What the stream does not tell is asked for again and again, while the page is looked at.
import { Refused } from './api.mjs';

/**
 * A poll: {everyMs, ask, take, due}. `ask()` fetches, `take(answer)` shows it. Where `due()` is given
 * and answers true, it is asked at the next turn already, but never more often than `leastMs`. While
 * `locked()`, for want of a key, only those that are `open` are asked.
 */
export class Polls {
    #polls;
    #onFailure;
    #locked;
    #notBefore = 0;

    constructor(polls, { onFailure, locked }) {
        this.#locked = locked;
        this.#polls = polls.map((poll) => ({ leastMs: poll.everyMs, ...poll, last: -Infinity, busy: false }));
        this.#onFailure = onFailure;
    }

    start(turnMs = 250) {
        setInterval(() => this.turn(performance.now()), turnMs);
        this.turn(performance.now());
    }

    /** Asks all at the next turn. */
    refresh() {
        this.#notBefore = 0;
        for (const poll of this.#polls) poll.last = -Infinity;
    }

    turn(now) {
        if (document.hidden || now < this.#notBefore) return;
        for (const poll of this.#polls) {
            if (this.#locked() && !poll.open) continue;
            const wait = poll.due?.() ? poll.leastMs : poll.everyMs;
            if (!poll.busy && now - poll.last >= wait) this.#ask(poll, now);
        }
    }

    async #ask(poll, now) {
        poll.busy = true;
        poll.last = now;
        try {
            poll.take(await poll.ask());
        } catch (error) {
            // A key's rate is for all of them.
            if (error instanceof Refused && error.retryAfterMs) this.#notBefore = performance.now() + error.retryAfterMs;
            this.#onFailure(poll, error);
        } finally {
            poll.busy = false;
        }
    }
}
