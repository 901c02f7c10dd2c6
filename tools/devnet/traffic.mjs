// Generates real traffic: every kind of transaction that viz-api tracks, from funded accounts, with
// nonces kept here. Accounts are divided by role so that a nonce gap or a nonce conflict delays no
// other role.
import { setTimeout as pause } from 'node:timers/promises';
import { encodeFunctionData, parseEther } from 'viem';
import { artifacts } from './contracts.mjs';
import { rpc } from './rpc.mjs';
import { accountAt, constantBlob, sign } from './wallet.mjs';

const kGwei = 1_000_000_000n;
const kFarDeadline = 4_000_000_000n;
const kAuthorityIndex = 1000; // accounts that only sign authorizations start here
const kAuthoritiesAhead = 64; // created long before they sign
const kRememberedPerSender = 4096;

/** The role of each account: index ranges of the development accounts, [first, last]. */
export const roles = {
    owner: [0, 0], trader: [1, 12], replacer: [13, 15], gapper: [16, 18], blobber: [19, 20], delegator: [21, 22],
};

/** [kind, weight, role]; chosen by a random number from 0 to 1. */
const kKinds = [
    ['transfer_legacy', 12, 'trader'],
    ['transfer_access_list', 8, 'trader'],
    ['transfer', 16, 'trader'],
    ['erc20_transfer', 14, 'trader'],
    ['erc20_approve', 5, 'trader'],
    ['swap_exact_eth_for_tokens', 10, 'trader'],
    ['swap_exact_tokens_for_tokens', 8, 'trader'],
    ['swap_exact_tokens_for_eth', 8, 'trader'],
    ['swap_eth_for_exact_tokens', 4, 'trader'],
    ['swap_tokens_for_exact_tokens', 4, 'trader'],
    ['replacement', 4, 'replacer'],
    ['cancel', 2, 'replacer'],
    ['nonce_gap', 3, 'gapper'],
    ['blob', 2, 'blobber'],
    ['set_code', 2, 'delegator'],
];

/** A small seedable generator (mulberry32), 0 <= x < 1. */
export function seededRandom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

export class Traffic {
    /**
     * journal(entry) is called for each transaction that the node accepted or refused. random selects the
     * transactions, chance the events of the chain: they are separate, so that a seed gives the same
     * transactions at any timing of the blocks.
     */
    constructor({ url, chainId, accounts, contracts, random = Math.random, chance = random, journal = () => {} }) {
        Object.assign(this, { url, chainId, accounts, contracts, random, chance, journal });
        this.nonces = new Map(); // address -> next nonce
        this.raws = new Map(); // address -> Map(nonce -> {raw, hash}), for transactions that a reorg reverts
        this.heldBack = []; // gaps to fill: {dueBlock, account, tx, kind}
        this.counts = {};
        this.refused = 0;
        this.authorities = 0;
        this.existing = 0; // number of existing authority accounts
        this.blobs = 0;
        this.block = 0;
    }

    pick(list) {
        return list[Math.floor(this.random() * list.length)];
    }

    amount(low, high) {
        return BigInt(Math.floor((low + this.random() * (high - low)) * 1e6)) * 10n ** 12n;
    }

    inRole(role) {
        const [first, last] = roles[role];
        return this.accounts[first + Math.floor(this.random() * (last - first + 1))];
    }

    async nextNonce(account) {
        let nonce = this.nonces.get(account.address);
        if (nonce === undefined)
            nonce = Number(await rpc(this.url, 'eth_getTransactionCount', [account.address, 'pending']));
        this.nonces.set(account.address, nonce + 1);
        return nonce;
    }

    fees(tip = 1n + BigInt(Math.floor(this.random() * 4))) {
        return { type: 'eip1559', maxFeePerGas: 20n * kGwei + tip * kGwei, maxPriorityFeePerGas: tip * kGwei };
    }

    /** Sends one transaction (or a replacement pair) of the given kind, by default a random one. */
    async step(kind = this.pickKind()) {
        const [, , role] = kKinds.find(([name]) => name === kind);
        const account = this.inRole(role);
        if (kind === 'replacement' || kind === 'cancel') return this.replace(account, kind);
        if (kind === 'nonce_gap') return this.gap(account);
        return this.send(account, kind, await this.build(kind, account));
    }

    pickKind() {
        const total = kKinds.reduce((sum, [, weight]) => sum + weight, 0);
        let left = this.random() * total;
        for (const [name, weight] of kKinds) if ((left -= weight) < 0) return name;
        return kKinds[0][0];
    }

    /** `asks`, in `fields`: the actions of the calldata as the API must show them. */
    async send(account, kind, { asks, ...fields }, nonce) {
        const tx = { chainId: this.chainId, nonce: nonce ?? (await this.nextNonce(account)), ...fields };
        const { raw, hash } = await sign(account, tx);
        const entry = {
            hash, from: account.address.toLowerCase(), nonce: tx.nonce, type: kTypeNumbers[tx.type], kind,
            to: tx.to?.toLowerCase() ?? null, value_wei: String(tx.value ?? 0n), gas_limit: Number(tx.gas),
            gas_price_wei: text(tx.gasPrice), max_fee_per_gas_wei: text(tx.maxFeePerGas),
            max_priority_fee_per_gas_wei: text(tx.maxPriorityFeePerGas),
            max_fee_per_blob_gas_wei: text(tx.maxFeePerBlobGas),
            calldata_len: tx.data ? (tx.data.length - 2) / 2 : 0, raw_len: (raw.length - 2) / 2,
            asks, sent_unix_ms: Date.now(),
        };
        try {
            await rpc(this.url, 'eth_sendRawTransaction', [raw]);
        } catch (error) {
            this.refused++;
            this.journal({ ...entry, error: error.message });
            // The nonce was not used: read it from the node next time.
            this.nonces.delete(account.address);
            return null;
        }
        this.counts[kind] = (this.counts[kind] ?? 0) + 1;
        this.remember(account.address, tx.nonce, raw, hash);
        this.journal(entry);
        return entry;
    }

    remember(address, nonce, raw, hash) {
        const own = this.raws.get(address) ?? new Map();
        own.set(nonce, { raw, hash });
        if (own.size > kRememberedPerSender) own.delete(own.keys().next().value);
        this.raws.set(address, own);
    }

    async replace(account, kind) {
        const nonce = await this.nextNonce(account);
        const to = this.inRole('trader').address;
        const bump = 110n + BigInt(Math.floor(this.random() * 90)); // per cent: at least a tenth more
        const first = this.fees(1n);
        await this.send(account, `${kind}_loser`, { ...first, to, value: parseEther('0.01'), gas: 21000n }, nonce);
        await pause(40 + this.random() * 80); // long enough for the first to be announced
        const fees = {
            type: 'eip1559',
            maxFeePerGas: (first.maxFeePerGas * bump) / 100n + 1n,
            maxPriorityFeePerGas: (first.maxPriorityFeePerGas * bump) / 100n + 1n,
        };
        const winner = kind === 'cancel' ? { to: account.address, value: 0n } : { to, value: parseEther('0.02') };
        return this.send(account, kind, { ...fees, ...winner, gas: 21000n }, nonce);
    }

    /** Sends the later nonce now, the earlier one a block or two later. */
    async gap(account) {
        const nonce = await this.nextNonce(account);
        const later = await this.nextNonce(account);
        const to = this.inRole('trader').address;
        const plain = { ...this.fees(), to, value: this.amount(0.001, 0.1), gas: 21000n };
        this.heldBack.push({ dueBlock: this.block + 1 + Math.floor(this.random() * 2), account, nonce, plain });
        return this.send(account, 'nonce_gap', plain, later);
    }

    /** Call after each block. */
    async onBlock(height) {
        this.block = height;
        const due = this.heldBack.filter((held) => held.dueBlock <= height);
        this.heldBack = this.heldBack.filter((held) => held.dueBlock > height);
        for (const { account, nonce, plain } of due) await this.send(account, 'gap_filler', plain, nonce);
        if (height % 4 === 0) await this.mend();
    }

    /** Resends transactions that are no longer on the chain or in the pool (reverted by a reorg, or dropped). */
    async mend() {
        let again = 0;
        for (const [address, own] of this.raws) {
            const reached = Number(await rpc(this.url, 'eth_getTransactionCount', [address, 'pending']));
            const held = new Set(this.heldBack.filter((h) => h.account.address === address).map((h) => h.nonce));
            for (let nonce = reached; own.has(nonce) && !held.has(nonce); nonce++)
                again += await this.resend(own.get(nonce));
        }
        return again;
    }

    async resend({ raw, hash }) {
        try {
            await rpc(this.url, 'eth_sendRawTransaction', [raw]);
        } catch (error) {
            if (/already imported|nonce too low|already known/i.test(error.message)) return 0;
            this.refused++;
            this.journal({ hash, kind: 'resend', error: error.message });
            return 0;
        }
        this.journal({ hash, kind: 'resend', sent_unix_ms: Date.now() });
        return 1;
    }

    /**
     * Replaces the last depth blocks by as many others: about half of their transactions are in the
     * new branch, the others return to the pool, like on a real node.
     */
    async reorg(depth = 1 + Math.floor(this.chance() * 3)) {
        const tip = Number(await rpc(this.url, 'eth_blockNumber'));
        const known = new Map();
        for (const own of this.raws.values()) for (const { raw, hash } of own.values()) known.set(hash, raw);
        const pairs = [];
        const stopped = new Set(); // senders whose later nonces have to wait too
        for (let i = 0; i < depth; i++) {
            const block = await rpc(this.url, 'eth_getBlockByNumber', [hex(tip - depth + 1 + i), true]);
            for (const tx of block.transactions) {
                if (known.has(tx.hash) && !stopped.has(tx.from) && this.chance() < 0.5 && tx.type !== '0x3')
                    pairs.push([known.get(tx.hash), i]);
                else stopped.add(tx.from);
            }
        }
        await rpc(this.url, 'anvil_reorg', [depth, pairs]);
        const again = await this.mend();
        return { depth, tip, kept: pairs.length, resent: again };
    }

    // ---- the kinds of transactions

    async build(kind, account) {
        const { tokens, router, weth } = this.contracts;
        const to = this.inRole('trader').address;
        const token = this.pick(tokens);
        switch (kind) {
            case 'transfer_legacy':
                return { type: 'legacy', gasPrice: 22n * kGwei, to, value: this.amount(0.001, 2), gas: 21000n };
            case 'transfer_access_list':
                return {
                    type: 'eip2930', gasPrice: 23n * kGwei, to: token, gas: 120000n,
                    ...transfer(account, token, to, this.amount(1, 50)),
                    accessList: [{ address: token, storageKeys: [hex32(0), hex32(1)] }],
                };
            case 'transfer':
                return { ...this.fees(), to, value: this.amount(0.001, 2), gas: 21000n };
            case 'erc20_transfer':
                return { ...this.fees(), to: token, gas: 100000n, ...transfer(account, token, to, this.amount(1, 100)) };
            case 'erc20_approve':
                return { ...this.fees(), to: token, gas: 80000n, ...approval(token, router, this.amount(1e6, 2e6) * 1000000n) };
            case 'blob':
                return {
                    ...this.fees(), type: 'eip4844', to, gas: 30000n, maxFeePerBlobGas: kGwei, ...constantBlob(++this.blobs),
                };
            case 'set_code':
                return { ...this.fees(), type: 'eip7702', to, gas: 120000n, authorizationList: [await this.authorization(weth)] };
            default:
                return this.swap(kind, account, token);
        }
    }

    swap(kind, account, token) {
        const { router, weth, tokens } = this.contracts;
        const to = account.address;
        const [a, b] = this.random() < 0.5 ? [tokens[0], tokens[1]] : [tokens[1], tokens[0]];
        const none = 0n;
        const any = parseEther('100000');
        const calls = {
            swap_exact_eth_for_tokens: () => ['swapExactETHForTokens', [none, [weth, token], to, kFarDeadline], this.amount(0.01, 3)],
            swap_exact_tokens_for_tokens: () => ['swapExactTokensForTokens', [this.amount(1, 500), none, [a, b], to, kFarDeadline]],
            swap_exact_tokens_for_eth: () => ['swapExactTokensForETH', [this.amount(1, 500), none, [token, weth], to, kFarDeadline]],
            swap_eth_for_exact_tokens: () => ['swapETHForExactTokens', [this.amount(1, 500), [weth, token], to, kFarDeadline], parseEther('2')],
            swap_tokens_for_exact_tokens: () => ['swapTokensForExactTokens', [this.amount(1, 300), any, [a, b], to, kFarDeadline]],
        };
        const [functionName, args, value = 0n] = calls[kind]();
        const data = encodeFunctionData({ abi: artifacts.router.abi, functionName, args });
        return { ...this.fees(), to: router, value, data, gas: 300000n, asks: asked(functionName, args, value) };
    }

    /**
     * Signed by an account that sends nothing itself, so its nonce is 0. The account exists: anvil
     * (1.7.1) also refunds gas for accounts that do not exist, which EIP-7702 does not.
     */
    async authorization(contractAddress) {
        while (this.existing < this.authorities + kAuthoritiesAhead)
            await rpc(this.url, 'anvil_setBalance', [accountAt(kAuthorityIndex + this.existing++).address, '0x1']);
        const authority = accountAt(kAuthorityIndex + this.authorities++);
        return authority.signAuthorization({ chainId: this.chainId, contractAddress, nonce: 0 });
    }
}

export const kTypeNumbers = { legacy: 0, eip2930: 1, eip1559: 2, eip4844: 3, eip7702: 4 };

function transfer({ address }, token, to, amount) {
    return {
        data: encodeFunctionData({ abi: artifacts.erc20.abi, functionName: 'transfer', args: [to, amount] }),
        asks: { type: 'transfer', token: low(token), from: low(address), to: low(to), amount: text(amount) },
    };
}

function approval(token, spender, amount) {
    return {
        data: encodeFunctionData({ abi: artifacts.erc20.abi, functionName: 'approve', args: [spender, amount] }),
        asks: { type: 'approval', token: low(token), spender: low(spender), amount: text(amount) },
    };
}

/** A call of the router whose last three arguments are path, recipient and deadline. */
function asked(functionName, args, value) {
    const [path, to, deadline] = args.slice(-3);
    const amounts = args.slice(0, -3);
    const exactOut = /ForExact/.test(functionName);
    if (value > 0n) exactOut ? amounts.push(value) : amounts.unshift(value);
    return {
        type: 'swap', kind: exactOut ? 'exact_out' : 'exact_in', path: path.map(low),
        amount: text(amounts[0]), limit: text(amounts[1]), recipient: low(to), deadline: Number(deadline),
    };
}

function low(address) {
    return address.toLowerCase();
}

function text(wei) {
    return wei === undefined ? null : String(wei);
}

function hex(number) {
    return `0x${number.toString(16)}`;
}

function hex32(number) {
    return `0x${number.toString(16).padStart(64, '0')}`;
}
