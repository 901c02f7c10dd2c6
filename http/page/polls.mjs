// Polls the data that the stream does not carry, while the page is visible.
import { Refused } from './api.mjs';

/**
 * A poll: {everyMs, ask, take, due}. `ask()` fetches, `take(answer)` shows the result. If `due()` is given
 * and returns true, the poll runs at the next turn, but at most once per `leastMs`. While `locked()`,
 * without a valid key, only `open` polls run.
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

    /** Runs all polls at the next turn. */
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
            // A key's rate limit applies to all polls together.
            if (error instanceof Refused && error.retryAfterMs) this.#notBefore = performance.now() + error.retryAfterMs;
            this.#onFailure(poll, error);
        } finally {
            poll.busy = false;
        }
    }
}
