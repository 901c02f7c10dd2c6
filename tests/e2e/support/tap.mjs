// Starting viz-tap as an operator would.
import { spawn } from 'node:child_process';
import { endChild, hasExited, tiedCommand } from '../../../tools/devnet/node.mjs';
import { until } from './until.mjs';

function binary() {
    const path = process.env.VIZ_TAP_BIN;
    if (!path) throw new Error('VIZ_TAP_BIN: expected the path of viz-tap');
    return path;
}

/** A viz-tap at work: what it wrote, and its end. */
export class Tap {
    constructor(args, env = {}) {
        const [command, tiedArgs] = tiedCommand(binary(), args);
        this.stdout = '';
        this.stderr = '';
        this.child = spawn(command, tiedArgs, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const name of ['stdout', 'stderr']) this.child[name].on('data', (chunk) => (this[name] += chunk));
        this.exit = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
    }

    /** Runs one to its end: {code, stdout, stderr}. */
    static async run(args, { deadlineMs = 20000 } = {}) {
        const tap = new Tap(args);
        const timer = setTimeout(() => tap.child.kill('SIGKILL'), deadlineMs);
        const { code } = await tap.exit;
        clearTimeout(timer);
        return { code, stdout: tap.stdout, stderr: tap.stderr };
    }

    lines() {
        return this.stdout.split('\n').slice(0, -1);
    }

    messages() {
        return this.lines().map((line) => JSON.parse(line));
    }

    untilMessage(what, found, options = {}) {
        return until(what, () => {
            if (hasExited(this.child)) throw new Error(`viz-tap ended: ${this.stderr}`);
            return this.messages().find(found);
        }, { seen: () => this.lines().slice(-3), ...options });
    }

    suspend() {
        this.child.kill('SIGSTOP');
    }

    async stop(signal = 'SIGINT') {
        await endChild(this.child, { signal });
        return { ...(await this.exit), stdout: this.stdout, stderr: this.stderr };
    }
}
