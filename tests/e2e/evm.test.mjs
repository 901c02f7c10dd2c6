// components/evm against a real node: random contracts and transactions mined by anvil, executed
// again by ours. Receipts, traces step by step, calls and the whole state at the end are the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { startNode } from '../../tools/devnet/node.mjs';
import { rpc } from '../../tools/devnet/rpc.mjs';
import { codeHash } from '../../tools/devnet/wallet.mjs';
import { RandomChain, dumpState, environmentOf, hex } from './support/evm_chain.mjs';
import { Random } from './support/evm_programs.mjs';

const kSeed = process.env.SEED ?? '1';
const kBlocks = Number(process.env.EVM_BLOCKS ?? 30);
const kTransactionsPerBlock = 12;
const kCalls = 100;
const kCallGas = 3_000_000;
const kShownWords = 4;
// The ends of a call that a node tells apart; the others are halts.
const kTold = ['success', 'revert', 'insufficient_funds'];
const stops = [];
after(() => Promise.all(stops.map((stop) => stop())));

function executeOurs(fork, input) {
    const run = spawnSync(process.env.EVM_BLOCKS_BIN, [fork],
        { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1 << 30, timeout: 120000 });
    assert.equal(run.status, 0, run.stderr);
    return JSON.parse(run.stdout);
}

/** What eth_call sees of the block: asked by a call that returns it. */
async function callEnvironment(url) {
    const opcodes = ['43', '42', '41', '45', '48', '44'];
    const code = `0x${opcodes.map((op, i) => `${op}60${hex(32 * i).slice(2).padStart(2, '0')}52`).join('')}60c05ff3`;
    const answer = await rpc(url, 'eth_call', [{ data: code }, 'latest']);
    const word = (i) => answer.slice(2 + 64 * i, 66 + 64 * i);
    const head = environmentOf(await rpc(url, 'eth_getBlockByNumber', ['latest', false]));
    return {
        ...head,
        number: hex(`0x${word(0)}`),
        timestamp: hex(`0x${word(1)}`),
        coinbase: `0x${word(2).slice(24)}`,
        gas_limit: hex(`0x${word(3)}`),
        base_fee: hex(`0x${word(4)}`),
        prev_randao: `0x${word(5)}`,
    };
}

/** The node's answer to a call in our words; what a revert gave back is in the error's data. */
async function callNode(url, call) {
    const response = await fetch(url, {
        method: 'POST', headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(20000),
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [call, 'latest'] }),
    });
    const { result, error } = await response.json();
    if (!error) return { status: 'success', output: result };
    if (/insufficient funds/i.test(error.message)) return { status: 'insufficient_funds', output: '0x' };
    const reverted = /revert/i.test(error.message);
    return { status: reverted ? 'revert' : 'halt', output: reverted ? error.data ?? '0x' : '0x' };
}

function receiptOf(node) {
    return {
        succeeded: node.status === '0x1',
        gas_used: Number(node.gasUsed),
        created: node.status === '0x1' ? node.contractAddress?.toLowerCase() ?? null : null,
        logs: node.logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data })),
    };
}

function compareSteps(ours, theirs, what) {
    for (let i = 0; i < Math.max(ours.length, theirs.length); i += 1) {
        const step = theirs[i];
        const words = step?.stack.map((word) => hex(word)) ?? [];
        const expected = step && [step.pc, Number(step.gas), step.depth, words.length,
            ...words.slice(-kShownWords).reverse()];
        assert.deepEqual(ours[i], expected, `${what}, step ${i} (${step?.op})`);
    }
}

for (const fork of ['osaka', 'prague']) {
    test(`${fork}: random transactions end as they do on a node (SEED=${kSeed})`, async (t) => {
        const node = await startNode({ hardfork: fork, options: ['--steps-tracing', '--gas-limit', '30000000'] });
        stops.push(node.stop);
        const url = node.httpUrl;
        const random = new Random(BigInt(kSeed) * 2n + (fork === 'osaka' ? 1n : 0n));
        const chain = new RandomChain(node, random, fork);
        await chain.prepare();

        const before = await dumpState(url);
        const blocks = [];
        const theirs = [];
        const traces = [];
        for (let i = 0; i < kBlocks; i += 1) {
            const block = await chain.block(kTransactionsPerBlock);
            blocks.push(block);
            theirs.push(await Promise.all(block.hashes.map((h) => rpc(url, 'eth_getTransactionReceipt', [h]))));
            traces.push(await Promise.all(block.transactions.map(({ trace }, n) => trace
                && rpc(url, 'debug_traceTransaction', [block.hashes[n], { disableStorage: true }], { timeoutMs: 60000 }))));
        }
        const afterwards = await dumpState(url);

        const environment = await callEnvironment(url);
        const calls = Array.from({ length: kCalls }, () => ({
            from: random.pick(chain.accounts).address, to: random.pick(chain.others), gas: hex(kCallGas),
            data: `0x${random.hex(random.below(100))}`, value: hex(random.below(3)),
        }));
        const answers = [];
        for (const call of calls) answers.push(await callNode(url, call));

        const heights = Array.from({ length: kBlocks + 1 }, (_, n) => n);
        const headers = await Promise.all(heights.map((n) => rpc(url, 'eth_getBlockByNumber', [hex(n), false])));
        const ours = executeOurs(fork, {
            accounts: Object.entries(before).map(([address, account]) => ({ address, ...account })),
            block_hashes: headers.map((header) => header.hash),
            blocks: blocks.map(({ environment: env, transactions }) => ({ ...env, transactions })),
            calls: calls.map((call) => ({ ...call, environment })),
        });

        let compared = 0;
        let steps = 0;
        const ends = {};
        blocks.forEach((block, b) => block.hashes.forEach((hash, n) => {
            const what = `${fork} SEED=${kSeed} block ${b + 1} transaction ${n} ${block.transactions[n].raw}`;
            const { status, steps: ourSteps, invalid, ...receipt } = ours.blocks[b][n];
            assert.equal(invalid, undefined, what);
            if (traces[b][n]) {
                compareSteps(ourSteps, traces[b][n].structLogs, what);
                steps += ourSteps.length;
            }
            assert.deepEqual({ succeeded: status === 'success', ...receipt }, receiptOf(theirs[b][n]), what);
            ends[status] = (ends[status] ?? 0) + 1;
            compared += 1;
        }));

        calls.forEach((call, i) => {
            const { status, output } = ours.calls[i];
            const known = kTold.includes(status) ? status : 'halt';
            assert.deepEqual({ status: known, output }, answers[i], `${fork} SEED=${kSeed} call ${JSON.stringify(call)}`);
        });

        // The node also keeps what it only looked at: accounts with nothing in them.
        const state = Object.fromEntries(Object.entries(afterwards)
            .filter(([, { balance, nonce, code }]) => balance !== '0x0' || nonce !== '0x0' || code !== '0x')
            .map(([address, { code, ...rest }]) => [address, { ...rest, code_hash: codeHash(code) }]));
        for (const address of new Set([...Object.keys(state), ...Object.keys(ours.state)]))
            assert.deepEqual(ours.state[address], state[address], `${fork} SEED=${kSeed} account ${address}`);

        t.diagnostic(`${compared} transactions (${JSON.stringify(ends)}), ${steps} steps, ${kCalls} calls, `
            + `${Object.keys(state).length} accounts; not accepted: ${JSON.stringify([...chain.rejected])}`);
        assert.ok(compared > 8 * kBlocks, 'most transactions were mined');
    });
}
