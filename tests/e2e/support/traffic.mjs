// Traffic that does not wait for anybody.
import { mine } from './environment.mjs';

/** Sends without pause and mines now and then until stopped. */
export function drive(node, traffic, { blockEveryMs = 400 } = {}) {
    let running = true;
    const sending = (async () => {
        let nextBlock = Date.now() + blockEveryMs;
        while (running) {
            await traffic.step();
            if (Date.now() < nextBlock) continue;
            nextBlock = Date.now() + blockEveryMs;
            await traffic.onBlock(await mine(node.httpUrl));
        }
    })();
    return async () => {
        running = false;
        await sending;
    };
}
