// Starts anvil, a real Ethereum node, on a loopback port, and ends it by its own process id.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';

const require = createRequire(import.meta.url);
const kStartDeadlineMs = 30000;
const kStopDeadlineMs = 5000;

/** The native program inside this platform's npm package. */
export function anvilPath() {
    const cpu = { x64: 'amd64', arm64: 'arm64' }[arch()] ?? arch();
    const name = `@foundry-rs/anvil-${platform()}-${cpu}/bin/anvil`;
    try {
        return require.resolve(name);
    } catch {
        throw new Error(`${name} is not installed: run \`npm ci\` in tools/devnet`);
    }
}

/**
 * A command whose process ends with this one even if this one is killed: the kernel signals it when
 * its parent ends (PR_SET_PDEATHSIG, set by util-linux' setpriv).
 */
export function tiedCommand(command, args, signal = 'KILL') {
    const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(existsSync);
    return setpriv ? [setpriv, ['--pdeathsig', signal, '--', command, ...args]] : [command, args];
}

export function hasExited(child) {
    return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves when the child has ended: sends `signal` first, and kills it after the deadline. */
export async function endChild(child, { signal = 'SIGTERM', deadlineMs = kStopDeadlineMs } = {}) {
    if (child.pid === undefined || hasExited(child)) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    await gone;
    clearTimeout(timer);
}

/**
 * Starts a node that mines only on request (anvil_mine), unless blockTime (whole seconds) is
 * given. port 0: the kernel chooses a port. state: file that the chain is loaded from and saved to.
 * options: further anvil options.
 */
export async function startNode({
    port = 0,
    chainId = 31337,
    blockTime = 0,
    state = '',
    hardfork = 'prague',
    accounts = 24,
    mnemonic = kMnemonic,
    options = [],
} = {}) {
    const args = ['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId)];
    args.push('--hardfork', hardfork, '--accounts', String(accounts), '--mnemonic', mnemonic);
    args.push('--balance', '1000000', '--order', 'fees', '--threads', '1');
    args.push(...(blockTime > 0 ? ['--block-time', String(blockTime)] : ['--no-mining']));
    args.push(...options);
    if (state) args.push('--state', state, '--preserve-historical-states');

    const [command, tiedArgs] = tiedCommand(anvilPath(), args);
    const child = spawn(command, tiedArgs, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const address = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => fail('did not listen in time'), kStartDeadlineMs);
        const fail = (why) => {
            clearTimeout(timer);
            child.kill('SIGKILL');
            reject(new Error(`anvil ${why}: ${output.slice(-500).trim()}`));
        };
        const read = (chunk) => {
            if (output.length < 65536) output += chunk;
            const found = /Listening on (127\.0\.0\.1:\d+)/.exec(output);
            if (!found) return;
            clearTimeout(timer);
            resolve(found[1]);
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.once('error', (error) => fail(error.message));
        child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    });
    const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    return {
        chainId,
        child,
        exited,
        port: Number(address.split(':')[1]),
        httpUrl: `http://${address}`,
        wsUrl: `ws://${address}`,
        stop: () => endChild(child),
        kill: () => endChild(child, { signal: 'SIGKILL' }),
    };
}

/** anvil's well-known development mnemonic: only for local test chains. */
export const kMnemonic = 'test test test test test test test test test test test junk';
