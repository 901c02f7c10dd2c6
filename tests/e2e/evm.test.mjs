// components/evm against a real node: random contracts and transactions mined by anvil, executed
// again by ours. Receipts, traces step by step, calls and the whole state at the end are the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { startNode } from '../../tools/devnet/node.mjs';
import { rpc } from '../../tools/devnet/rpc.mjs';
import { codeHash } from '../../tools/devnet/wallet.mjs';
import { RandomChain, dumpState, environmentOf, hex, kGenesisTime } from './support/evm_chain.mjs';
import { Random } from './support/evm_programs.mjs';

const kSeed = process.env.EVM_SEED ?? '1';
const kCases = Number(process.env.EVM_CASES ?? 420);
const kTransactionsPerBlock = 14;
const kBlocksPerNode = 30; // then a new one: it keeps every step of every transaction
const kRounds = Math.ceil(kCases / (kTransactionsPerBlock * kBlocksPerNode));
const kCalls = 100;
const kShownDigits = 6000; // of a transaction, in messages
// What the node calls how calls halt, and what keeps a transaction out of a block.
const kSaid = {
    out_of_gas: /OutOfGas|OOG/, // the node separates memory's share from the rest
    stack_underflow: /StackUnderflow/,
    stack_overflow: /StackOverflow/,
    bad_jump_destination: /InvalidJump/,
    undefined_opcode: /OpcodeNotFound|NotActivated/,
    invalid_opcode: /InvalidFEOpcode/,
    return_data_out_of_bounds: /OutOfOffset/,
    code_too_large: /CreateContractSizeLimit/,
    code_begins_with_ef: /CreateContractStartingWithEF/,
    initcode_too_large: /CreateInitCodeSizeLimit|max initcode size exceeded/,
    precompile_failure: /Precompile/,
    // anvil's pool takes what is below the floor of EIP-7623 alone; its blocks do not, as the EIP says.
    gas_below_intrinsic: /intrinsic gas too low|MoreThanGasLimit|^not mined$/,
    gas_above_cap: /tx_gas_limit_cap/,
    gas_above_block: /env\.block\.gas_limit/,
    max_fee_below_base_fee: /max fee per gas less than block base fee/,
    insufficient_funds: /insufficient funds/i,
    nonce_too_low: /nonce too low/,
    wrong_chain: /invalid chain id/,
};
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
    if (/revert/i.test(error.message)) return { status: 'revert', output: error.data ?? '0x' };
    return { status: error.message, output: '0x' };
}

/**
 * Ours in the node's words, where it says the same. anvil calls an overflow also a DUP that reaches
 * below the stack; there is too little on it (Yellow Paper 9.4.2), and the call fails either way.
 */
function sameEnd(status, said, last = '') {
    if (status === 'stack_underflow' && last.startsWith('DUP') && /StackOverflow/.test(said)) return said;
    return kSaid[status]?.test(said) ? said : status;
}

function receiptOf(node) {
    return {
        succeeded: node.status === '0x1',
        gas_used: Number(node.gasUsed),
        created: node.status === '0x1' ? node.contractAddress?.toLowerCase() ?? null : null,
        logs: node.logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data })),
    };
}

/** The node's name of an opcode in ours. */
const opcodeName = (name) => ({ DIFFICULTY: 'PREVRANDAO', SHA3: 'KECCAK256' })[name] ?? name;

function compareSteps(ours, theirs, what) {
    for (let i = 0; i < Math.max(ours.length, theirs.length); i += 1) {
        const step = theirs[i];
        const expected = step && [step.pc, opcodeName(step.op), Number(step.gas), step.depth,
            ...step.stack.map((word) => hex(word))];
        // deepEqual of each step takes longer than all the rest.
        if (JSON.stringify(ours[i]) !== JSON.stringify(expected))
            assert.deepEqual(ours[i], expected, `${what}, step ${i}`);
    }
}

/** Has the node mine everything and says what it made of it. */
async function mineBlocks(url, chain) {
    const blocks = [];
    for (let i = 0; i < kBlocksPerNode; i += 1) {
        const block = await chain.block(kTransactionsPerBlock);
        block.receipts = await Promise.all(block.hashes.map((h) => rpc(url, 'eth_getTransactionReceipt', [h])));
        block.traces = await Promise.all(block.transactions.map(({ trace }, n) => trace
            && rpc(url, 'debug_traceTransaction', [block.hashes[n], { disableStorage: true }], { timeoutMs: 60000 })));
        blocks.push(block);
    }
    return blocks;
}

function randomCall(chain) {
    const { random } = chain;
    const writer = chain.writer();
    const data = random.oneIn(3) ? { data: `0x${writer.creation(writer.program())}` }
        : { to: random.pick(chain.others), data: `0x${random.hex(random.below(100))}` };
    return {
        from: random.pick(chain.senders).address, gas: hex(60000 + random.below(random.oneIn(3) ? 100000 : 3000000)),
        value: hex(random.below(3)), ...data,
    };
}

function compareBlock(block, ours, what, counts) {
    block.refused.forEach(({ raw, said }, n) => {
        const reason = ours.refusals[n];
        assert.equal(sameEnd(reason, said), said, `${what} refused as ${reason}: ${raw.slice(0, kShownDigits)}`);
        counts.refusals[reason] = (counts.refusals[reason] ?? 0) + 1;
    });
    block.hashes.forEach((_, n) => {
        const { raw, to } = block.transactions[n];
        const where = `${what} transaction ${n} ${raw.slice(0, kShownDigits)} to code ${block.allCodes[to] ?? 'of none'}`;
        const { status, steps, invalid, ...receipt } = ours.transactions[n];
        assert.equal(invalid, undefined, where);
        if (block.traces[n]) {
            compareSteps(steps, block.traces[n].structLogs, where);
            counts.steps += steps.length;
        }
        assert.deepEqual({ succeeded: status === 'success', ...receipt }, receiptOf(block.receipts[n]), where);
        counts.ends[status] = (counts.ends[status] ?? 0) + 1;
        counts.types[block.receipts[n].type] = (counts.types[block.receipts[n].type] ?? 0) + 1;
        counts.transactions += 1;
    });
    assert.deepEqual(ours.header, block.header, what);
}

function compareState(ours, afterwards, what) {
    // The node also keeps what it only looked at: accounts with nothing in them.
    const state = Object.fromEntries(Object.entries(afterwards)
        .filter(([, { balance, nonce, code }]) => balance !== '0x0' || nonce !== '0x0' || code !== '0x')
        .map(([address, { code, ...rest }]) => [address, { ...rest, code_hash: codeHash(code) }]));
    for (const address of new Set([...Object.keys(state), ...Object.keys(ours)]))
        assert.deepEqual(ours[address], state[address], `${what} account ${address}`);
}

/** A chain of its own on a node of its own. */
async function round(fork, seed, counts) {
    const what = `${fork} EVM_SEED=${seed}`;
    const options = ['--steps-tracing', '--gas-limit', '30000000', '--timestamp', String(kGenesisTime)];
    if (fork === 'osaka') options.push('--enable-tx-gas-limit'); // EIP-7825, unchecked by default
    const node = await startNode({ hardfork: fork, options });
    stops.push(node.stop);
    const url = node.httpUrl;
    const chain = new RandomChain(node, new Random(BigInt(seed) * 2n + (fork === 'osaka' ? 1n : 0n)), fork);
    await chain.prepare();

    const before = await dumpState(url);
    const blocks = await mineBlocks(url, chain);
    const afterwards = await dumpState(url);
    const environment = await callEnvironment(url);
    const calls = Array.from({ length: kCalls }, () => randomCall(chain));
    const answers = [];
    for (const call of calls) answers.push(await callNode(url, call));
    const heights = Array.from({ length: kBlocksPerNode + 1 }, (_, n) => n);
    const headers = await Promise.all(heights.map((n) => rpc(url, 'eth_getBlockByNumber', [hex(n), false])));
    await node.stop();

    const ours = executeOurs(fork, {
        accounts: Object.entries(before).map(([address, account]) => ({ address, ...account })),
        block_hashes: headers.map((header) => header.hash),
        blocks: blocks.map(({ environment: env, transactions, codes, refused }) => (
            { ...env, transactions, codes, refused: refused.map(({ raw }) => raw) })),
        calls: calls.map((call) => ({ ...call, environment })),
    });
    blocks.forEach((block, b) => compareBlock(block, ours.blocks[b], `${what} block ${b + 1}`, counts));
    calls.forEach((call, i) => {
        const { status, output, last } = ours.calls[i];
        const code = chain.codes[call.to] ?? 'of none';
        assert.deepEqual({ status: sameEnd(status, answers[i].status, last), output }, answers[i],
            `${what} call ${JSON.stringify(call)} to code ${code}`);
        counts.calls[status] = (counts.calls[status] ?? 0) + 1;
    });
    compareState(ours.state, afterwards, what);
    for (const [why, n] of chain.rejected) counts.rejected[why] = (counts.rejected[why] ?? 0) + n;
}

for (const fork of ['osaka', 'prague']) {
    test(`${fork}: random transactions end as they do on a node (EVM_SEED=${kSeed}, EVM_CASES=${kCases})`, async (t) => {
        const counts = { transactions: 0, steps: 0, ends: {}, types: {}, refusals: {}, calls: {}, rejected: {} };
        // Round i of a seed is round 0 of seed + i: a failure names the seed that shows it alone.
        for (let i = 0; i < kRounds; i += 1) await round(fork, BigInt(kSeed) + BigInt(i), counts);
        t.diagnostic(JSON.stringify(counts));
        assert.ok(counts.transactions >= 300 * kRounds, 'most transactions were mined');
    });
}
