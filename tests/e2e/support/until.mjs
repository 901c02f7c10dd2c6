// Waiting on conditions, with deadlines: no test sleeps and hopes.
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks until the answer is truthy and gives it back. What the last try threw or saw is in the
 * error, so that a failure can be read without running it again.
 */
export async function until(what, ask, { deadlineMs = 10000, everyMs = 25, seen = undefined } = {}) {
    const deadline = Date.now() + deadlineMs;
    let thrown;
    for (;;) {
        try {
            const answer = await ask();
            if (answer) return answer;
            thrown = undefined;
        } catch (error) {
            thrown = error;
        }
        if (Date.now() > deadline) {
            const last = thrown ? `; last error: ${thrown.message}` : seen ? `; last seen: ${JSON.stringify(await seen())}` : '';
            throw new Error(`not within ${deadlineMs} ms: ${what}${last}`);
        }
        await pause(everyMs);
    }
}

export { pause };
