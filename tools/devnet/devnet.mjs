#!/usr/bin/env node
// A devnet in one command: anvil, Uniswap V2 on it, and traffic. See --help.
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { deployContracts } from './contracts.mjs';
import { startNode } from './node.mjs';
import { mine } from './rpc.mjs';
import { roles, seededRandom, Traffic } from './traffic.mjs';
import { accounts as developmentAccounts } from './wallet.mjs';

const kHelp = `Usage: node tools/devnet/devnet.mjs [options]

A real Ethereum node (anvil) on a loopback port with WETH9, Uniswap V2, three tokens and traffic.
Prints one JSON line when ready, one per reorg, one at the end. SIGINT or SIGTERM ends it, SIGUSR2
pauses transactions and blocks, and again lets them go on.

  --port N            the node's port for HTTP and WebSocket (0: any free one)
  --chain-id N        (31337)
  --rate N            transactions per second; 0: none (5)
  --block-time S      seconds between blocks, fractions allowed (2)
  --reorg-every N     a reorg of one to three blocks after each N blocks; 0: never (20)
  --seconds N         end after that time; 0: run on (0)
  --deterministic N   seed: same accounts, kinds and amounts each time
  --journal FILE      append each sent transaction as a JSON line
  --help
`;

const kOptions = {
    port: { type: 'string', default: '0' },
    'chain-id': { type: 'string', default: '31337' },
    rate: { type: 'string', default: '5' },
    'block-time': { type: 'string', default: '2' },
    'reorg-every': { type: 'string', default: '20' },
    seconds: { type: 'string', default: '0' },
    deterministic: { type: 'string' },
    journal: { type: 'string' },
    help: { type: 'boolean', default: false },
};

function readOptions() {
    const { values } = parseArgs({ options: kOptions });
    if (values.help) {
        process.stdout.write(kHelp);
        process.exit(0);
    }
    const number = (name) => {
        const value = Number(values[name]);
        if (values[name].trim() === '' || !Number.isFinite(value) || value < 0)
            throw new Error(`--${name}: expected a number, got "${values[name]}"`);
        return value;
    };
    const options = {
        port: number('port'), chainId: number('chain-id'), rate: number('rate'), blockTime: number('block-time'),
        reorgEvery: number('reorg-every'), seconds: number('seconds'), journal: values.journal,
        random: Math.random, chance: Math.random,
    };
    if (values.deterministic !== undefined) {
        const seed = number('deterministic');
        Object.assign(options, { random: seededRandom(seed), chance: seededRandom(seed + 1) });
    }
    if (options.blockTime < 0.05) throw new Error('--block-time: expected at least 0.05');
    return options;
}

function say(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Resolves when the devnet has to end: on a signal, at the time limit, or when the node or the parent ended. */
function whenToEnd(seconds, node) {
    return new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve({ why: signal }));
        if (seconds > 0) setTimeout(() => resolve({ why: 'time' }), seconds * 1000);
        node.exited.then(() => resolve({ why: 'anvil ended', failed: true }));
        const parent = process.ppid;
        setInterval(() => process.ppid !== parent && resolve({ why: 'parent ended' }), 250);
        // The process that reads the output has ended.
        process.stdout.on('error', () => resolve({ why: 'output closed' }));
    });
}

/** Repeats work at an even pace until stopped; calls never overlap. Errors go to onError. */
function repeat(everyMs, work, onError) {
    let stopped = false;
    let wake = () => {};
    const loop = (async () => {
        let due = Date.now();
        while (!stopped) {
            due = Math.max(due + everyMs, Date.now() - 1000); // catches up, within limits
            const wait = due - Date.now();
            if (wait > 0)
                await new Promise((resolve) => {
                    const timer = setTimeout(resolve, wait);
                    wake = () => (clearTimeout(timer), resolve());
                });
            if (!stopped) await work().catch(onError);
        }
    })();
    return async () => {
        stopped = true;
        wake();
        await loop;
    };
}

async function run(options) {
    const accounts = developmentAccounts(roles.delegator[1] + 1);
    const node = await startNode({ port: options.port, chainId: options.chainId });
    const end = whenToEnd(options.seconds, node);
    const url = node.httpUrl;
    const [first, last] = roles.trader;
    const contracts = await deployContracts({
        url, chainId: node.chainId, owner: accounts[0], traders: accounts.slice(first, last + 1) });
    const journal = options.journal
        ? (entry) => appendFileSync(options.journal, `${JSON.stringify(entry)}\n`)
        : () => {};
    const traffic = new Traffic({
        url, chainId: node.chainId, accounts, contracts, random: options.random, chance: options.chance,
        journal });
    say({ ready: true, pid: process.pid, anvil_pid: node.child.pid, chain_id: node.chainId, ws_url: node.wsUrl,
        http_url: url, contracts });

    let errors = 0;
    let lastError = null;
    const onError = (error) => {
        errors++;
        lastError = error.message;
    };
    const stats = { blocks: 0, reorgs: 0 };
    // In sequence: a transaction sent during a reorg would be lost.
    let turn = Promise.resolve();
    let paused = false;
    const inTurn = (work) => {
        const unlessPaused = () => !paused && work();
        return (turn = turn.then(unlessPaused, unlessPaused));
    };
    process.on('SIGUSR2', () => {
        paused = !paused;
        const tell = () => say({ paused });
        turn.then(tell, tell); // after the work in progress
    });
    const block = async () => {
        const height = await mine(url);
        stats.blocks++;
        await traffic.onBlock(height);
        if (options.reorgEvery > 0 && stats.blocks % options.reorgEvery === 0) {
            stats.reorgs++;
            say({ reorg: await traffic.reorg() });
        }
    };
    const stops = [repeat(options.blockTime * 1000, () => inTurn(block), onError)];
    if (options.rate > 0) stops.push(repeat(1000 / options.rate, () => inTurn(() => traffic.step()), onError));

    const { why, failed } = await end;
    await Promise.race([Promise.all(stops.map((stop) => stop())), new Promise((resolve) => setTimeout(resolve, 3000))]);
    await node.stop();
    say({ done: true, why, ...stats, sent: traffic.counts, refused: traffic.refused, errors, last_error: lastError });
    return failed ? 1 : 0;
}

try {
    process.exit(await run(readOptions()));
} catch (error) {
    process.stderr.write(`devnet: ${error.message}\n`);
    process.exit(error.code?.startsWith?.('ERR_PARSE_ARGS') || error.message.startsWith('--') ? 2 : 1);
}
