// A chain of random contracts and transactions on anvil, noted so that it can be executed again.
import { gunzipSync } from 'node:zlib';
import { mine, rpc } from '../../../tools/devnet/rpc.mjs';
import { accounts, constantBlob, sign } from '../../../tools/devnet/wallet.mjs';
import { ProgramWriter } from './evm_programs.mjs';

const kContracts = 12;
const kSenders = 8;
const kAuthorities = 6;
const kMaxGas = 900_000;
const kRenewed = 3; // contracts that get other code before each block
const kRefused = 2; // transactions of each block that are wrong
const kNonceOfStranger = 5;
export const kGenesisTime = 1_800_000_000; // the clock's would make another chain of the same seed
export const kCoinbase = '0xc01bba5e00000000000000000000000000c0ffee';

export const hex = (v) => `0x${BigInt(v).toString(16)}`;

/** The dump's object of accounts; all the traces after it may be more than a string can hold. */
function accountsIn(dump) {
    const start = dump.indexOf('"accounts":{') + '"accounts":'.length;
    const end = dump.indexOf('},"best_block_number"', start) + 1;
    if (end === 0) throw new Error('the state dump of the node has another shape');
    return JSON.parse(dump.subarray(start, end).toString());
}

/** Every account of the node's state by lower-case address. */
export async function dumpState(url) {
    const dump = await rpc(url, 'anvil_dumpState', [], { timeoutMs: 60000 });
    const all = accountsIn(gunzipSync(Buffer.from(dump.slice(2), 'hex')));
    const state = {};
    for (const [address, account] of Object.entries(all)) {
        const storage = {};
        for (const [key, value] of Object.entries(account.storage ?? {}))
            if (BigInt(value) !== 0n) storage[hex(key)] = hex(value);
        state[address.toLowerCase()] = {
            balance: hex(account.balance), nonce: hex(account.nonce), code: account.code ?? '0x', storage,
        };
    }
    return state;
}

export class RandomChain {
    constructor(node, random, fork) {
        this.url = node.httpUrl;
        this.random = random;
        this.fork = fork;
        this.codes = {};
        this.time = kGenesisTime;
        const all = accounts(kSenders + kAuthorities + kRefused);
        this.accounts = all.slice(0, kSenders + kAuthorities);
        this.strangers = all.slice(kSenders + kAuthorities); // send what no block may hold
        this.senders = this.accounts.slice(0, kSenders);
        this.authorities = this.accounts.slice(kSenders);
        this.raws = new Map();
        this.rejected = new Map();
        this.contracts = Array.from({ length: kContracts }, (_, i) => `0x${(i + 1).toString(16).padStart(2, '0').repeat(20)}`);
        this.others = [...this.contracts, ...this.authorities.map((a) => a.address.toLowerCase())];
    }

    writer() {
        return new ProgramWriter(this.random, { others: this.others, fork: this.fork });
    }

    /** Contracts with code, storage and a balance. */
    async prepare() {
        await rpc(this.url, 'anvil_setCoinbase', [kCoinbase]);
        for (const { address } of this.strangers)
            await rpc(this.url, 'anvil_setNonce', [address, hex(kNonceOfStranger)]);
        await Promise.all(this.contracts.map(async (address) => {
            const value = `0x${this.random.hex(32)}`;
            await this.renew(address);
            await rpc(this.url, 'anvil_setBalance', [address, hex(this.random.below(100000))]);
            for (const slot of [0, 1])
                await rpc(this.url, 'anvil_setStorageAt', [address, hex(slot), value]);
        }));
    }

    /** Other code at that address. */
    renew(address) {
        this.codes[address] = `0x${this.writer().program()}`;
        return rpc(this.url, 'anvil_setCode', [address, this.codes[address]]);
    }

    /** Mines a block of up to `count` random transactions; answers it as evm_blocks takes it. */
    async block(count) {
        const codes = {};
        for (let i = 0; i < kRenewed; i += 1) {
            const address = this.random.pick(this.contracts);
            await this.renew(address);
            codes[address] = this.codes[address];
        }
        const nonces = new Map();
        for (const { address } of this.accounts)
            nonces.set(address, Number(await rpc(this.url, 'eth_getTransactionCount', [address, 'latest'])));
        const head = await rpc(this.url, 'eth_getBlockByNumber', ['latest', false]);
        const refused = [];
        for (const stranger of this.strangers)
            refused.push(await this.refusal(stranger, BigInt(head.baseFeePerGas)));
        for (let i = 0; i < count; i += 1) await this.send(nonces, BigInt(head.baseFeePerGas));
        this.time += 1 + this.random.below(24);
        await rpc(this.url, 'evm_setNextBlockTimestamp', [this.time]);
        await mine(this.url);
        const block = await rpc(this.url, 'eth_getBlockByNumber', ['latest', false]);
        for (const one of refused.filter(({ said }) => said === '')) {
            one.said = block.transactions.includes(one.hash) ? 'mined' : 'not mined';
            await rpc(this.url, 'anvil_dropTransaction', [one.hash]);
        }
        return {
            environment: environmentOf(block),
            header: {
                gas_used: block.gasUsed, blob_gas_used: block.blobGasUsed, logs_bloom: block.logsBloom,
                receipts_root: block.receiptsRoot,
            },
            codes,
            allCodes: { ...this.codes },
            refused,
            hashes: block.transactions,
            transactions: block.transactions.map((hash) => (
                { ...this.raws.get(hash), trace: this.random.oneIn(6) })),
        };
    }

    /** A transaction that is wrong in one way, and what the node says to it ('' if it takes it). */
    async refusal(stranger, baseFee) {
        const r = this.random;
        const good = {
            type: 'eip1559', chainId: 31337, nonce: kNonceOfStranger, gas: 100000n, to: r.pick(this.contracts),
            value: 0n, data: '0x', maxFeePerGas: baseFee * 2n, maxPriorityFeePerGas: 1n,
        };
        const { raw, hash } = await sign(stranger, { ...good, ...r.pick([
            { gas: 20999n },
            { gas: 60999n, data: `0x${'11'.repeat(1000)}` }, // one below the floor of EIP-7623
            { gas: this.fork === 'osaka' ? (1n << 24n) + 1n : 30000001n },
            { maxFeePerGas: 1n },
            { value: 10n ** 30n },
            { to: undefined, gas: 8000000n, data: `0x${'00'.repeat(49153)}` },
            { nonce: kNonceOfStranger - 1 },
            { chainId: 5 },
        ]) });
        const said = await rpc(this.url, 'eth_sendRawTransaction', [raw]).then(() => '', (error) => error.message);
        return { raw, hash, said };
    }

    async send(nonces, baseFee) {
        const r = this.random;
        const sender = r.pick(this.senders);
        const tx = await this.transaction(nonces, sender, baseFee);
        const { raw, hash } = await sign(sender, tx, { cells: this.fork === 'osaka' });
        try {
            await rpc(this.url, 'eth_sendRawTransaction', [raw]);
            this.raws.set(hash, { raw, to: tx.to ?? null });
            nonces.set(sender.address, nonces.get(sender.address) + 1);
        } catch (error) {
            this.rejected.set(error.message, (this.rejected.get(error.message) ?? 0) + 1);
        }
    }

    async transaction(nonces, sender, baseFee) {
        const r = this.random;
        const type = r.pick(['legacy', 'eip2930', 'eip1559', 'eip1559', 'eip7702',
            r.oneIn(4) ? 'eip4844' : 'eip1559']);
        const creates = r.oneIn(6) && type !== 'eip7702' && type !== 'eip4844';
        const writer = this.writer();
        const data = creates ? writer.creation(writer.program()) : r.hex(r.below(r.oneIn(10) ? 600 : 100));
        const tx = {
            type,
            chainId: 31337,
            nonce: nonces.get(sender.address),
            gas: BigInt(this.gas()),
            value: r.oneIn(3) ? BigInt(r.below(100000)) : 0n,
            data: `0x${data}`,
        };
        if (!creates) tx.to = this.target();
        if (type === 'legacy' || type === 'eip2930') tx.gasPrice = baseFee * 2n + BigInt(r.below(1000));
        else Object.assign(tx, {
            maxFeePerGas: baseFee * 2n + BigInt(r.below(1000)), maxPriorityFeePerGas: BigInt(r.below(2000)),
        });
        if (type !== 'legacy' && r.oneIn(2)) tx.accessList = this.accessList();
        if (type === 'eip4844')
            Object.assign(tx, { maxFeePerBlobGas: 10n ** 10n, ...constantBlob(1 + r.below(100)) });
        if (type === 'eip7702') tx.authorizationList = await this.authorizations(nonces, sender);
        return tx;
    }
    gas() {
        const r = this.random;
        if (r.oneIn(6)) return 21000 + r.below(60000);
        return 100000 + r.below(kMaxGas - 100000);
    }
    target() {
        const r = this.random;
        if (r.oneIn(20)) return `0x${(1 + r.below(0x12)).toString(16).padStart(40, '0')}`;
        if (r.oneIn(20)) return `0x${r.hex(20)}`;
        return r.pick(this.others);
    }
    accessList() {
        const r = this.random;
        return Array.from({ length: r.below(4) }, () => ({
            address: r.pick(this.others),
            storageKeys: Array.from({ length: r.below(3) }, () => `0x${r.below(5).toString(16).padStart(64, '0')}`),
        }));
    }
    /** Some of them wrong: of another chain, with a nonce that is not due, of the sender itself. */
    async authorizations(nonces, sender) {
        const r = this.random;
        const list = [];
        for (let i = 1 + r.below(3); i > 0; i -= 1) {
            const authority = r.oneIn(6) ? sender : r.pick(this.authorities);
            const due = nonces.get(authority.address) + (authority === sender ? 1 : 0);
            const good = !r.oneIn(5);
            list.push(await authority.signAuthorization({
                address: r.oneIn(8) ? `0x${'00'.repeat(20)}` : r.pick(this.contracts),
                chainId: r.pick([31337, 31337, 0, good ? 31337 : 5]),
                nonce: good ? due : due + 1 + r.below(2),
            }));
            if (good) nonces.set(authority.address, nonces.get(authority.address) + 1);
        }
        return list;
    }
}

export function environmentOf(block) {
    return {
        chain_id: hex(31337),
        number: block.number,
        timestamp: block.timestamp,
        coinbase: block.miner,
        gas_limit: block.gasLimit,
        base_fee: block.baseFeePerGas,
        prev_randao: block.mixHash,
        excess_blob_gas: block.excessBlobGas ?? '0x0',
        parent_hash: block.parentHash,
        parent_beacon_root: block.parentBeaconBlockRoot,
    };
}
