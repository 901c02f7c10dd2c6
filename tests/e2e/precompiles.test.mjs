// The precompiled contracts against those of anvil: the same calls, the same price, the same output.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { startNode } from '../../tools/devnet/node.mjs';

const kRounds = 60;
const kBatch = 50;
const kGas = 16_000_000; // below the cap of a transaction (EIP-7825)
const kSeed = process.env.SEED ?? String(Date.now());
const kIdentity = 4;
const stops = [];
after(() => Promise.all(stops.map((stop) => stop())));

function ourCalls(fork) {
    const lines = execFileSync(process.env.PRECOMPILE_CALLS_BIN, [fork, kSeed, String(kRounds)],
        { encoding: 'utf8', maxBuffer: 1 << 28 });
    return lines.trim().split('\n').map((line) => {
        const [number, input, price, output] = line.split(' ');
        return { number: Number(number), input, price: BigInt(price), output };
    });
}

const hex = (v, bytes) => v.toString(16).padStart(2 * bytes, '0');

/** Creation code that calls the contract between two GAS and returns (success, gas between). */
function measuring({ number, input }) {
    const size = hex(input.length / 2 - 1, 2);
    const code = (offset) => `61${size}61${hex(offset, 2)}5f39` // CODECOPY of the input
        + `5a5f5f61${size}5f61${hex(number, 2)}5afa5a` // GAS STATICCALL GAS
        + '91905f520360205260405ff3';
    return `0x${code(code(0).length / 2)}${input.slice(2)}`;
}

/** The answers to eth_call, in order; undefined where the call failed. */
async function ethCalls(url, transactions) {
    const answers = [];
    for (let at = 0; at < transactions.length; at += kBatch) {
        const batch = transactions.slice(at, at + kBatch).map((transaction, id) => ({
            jsonrpc: '2.0', id, method: 'eth_call',
            params: [{ gas: `0x${kGas.toString(16)}`, ...transaction }, 'latest'],
        }));
        const response = await fetch(url, {
            method: 'POST', headers: { 'content-type': 'application/json' },
            body: JSON.stringify(batch), signal: AbortSignal.timeout(30000),
        });
        const results = new Map((await response.json()).map((answer) => [answer.id, answer.result]));
        for (const { id } of batch) answers.push(results.get(id));
    }
    return answers;
}

for (const hardfork of ['prague', 'osaka']) {
    test(`${hardfork}: output and price of random calls are anvil's (SEED=${kSeed})`, async () => {
        const node = await startNode({ hardfork });
        stops.push(node.stop);
        // What no transaction can pay for fails at anvil because gas is missing.
        const calls = ourCalls(hardfork)
            .filter(({ price, output }) => output === 'failed' || price < BigInt(kGas - 1_000_000));
        const outputs = await ethCalls(node.httpUrl, calls.map(({ number, input }) => (
            { to: `0x${hex(number, 20)}`, data: input })));
        calls.forEach((call, i) => {
            assert.equal(outputs[i] ?? 'failed', call.output, `contract ${call.number} of ${call.input}`);
        });

        const paid = calls.filter(({ output }) => output !== 'failed');
        paid.unshift(paid.find(({ number }) => number === kIdentity)); // shows what the measurement costs
        const measured = (await ethCalls(node.httpUrl, paid.map((call) => ({ data: measuring(call) }))))
            .map((answer) => [BigInt(answer.slice(0, 66)), BigInt(`0x${answer.slice(66)}`)]);
        const overhead = measured[0][1] - paid[0].price;
        paid.forEach((call, i) => {
            assert.deepEqual(measured[i], [1n, call.price + overhead], `contract ${call.number} of ${call.input}`);
        });
        assert.ok(calls.length > 15 * kRounds);
    });
}
