// Markets on a node, a search that follows them, and the means to do really what was found.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { artifacts, calldata, Deployer } from '../../../tools/devnet/contracts.mjs';
import { temporaryFolder, VizApi } from './process.mjs';
import { until } from './until.mjs';
import { accountAt, chainOf, kGwei, loadOn, rpc, Sender, startNode, subscribed } from './environment.mjs';

export const kEther = 10n ** 18n;
export const kFarDeadline = 4_000_000_000n;
export const kMostWei = (1n << 256n) - 1n;
const kSearchDeadlineMs = 30_000;

// The node mines in order of fees.
const fees = (gwei) => ({ maxFeePerGas: (20n + gwei) * kGwei, maxPriorityFeePerGas: gwei * kGwei });
const first = fees(30n);
export const middle = fees(10n); // of victims
const last = fees(1n);

/** The registry's overlay that adds further factories: {name, kind, address, init_code_hash, fee}. */
function overlayOf(chainId, factories) {
    return {
        schema: 2,
        chains: { [chainId]: 'devnet' },
        protocols: factories.map(({ address, ...factory }) => ({
            name: factory.name, category: 'swap',
            factories: [{ ...factory, addresses: { [chainId]: [address] }, source: 'deployed by this test' }],
        })),
    };
}

/**
 * Uniswap V2 on a node, then what prepare(market) deploys as the same owner, then viz-api. Prepare
 * answers {factories, …}: those that search knows, and what is added to the market.
 */
export async function startMarket(atEnd, { prepare = async () => ({}), settings = {} } = {}) {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    const node = await startNode();
    atEnd(() => node.stop());
    const { contracts } = await loadOn(node);
    const market = Object.assign(new Market(node), contracts);
    market.owner = await Deployer.at({ url: node.httpUrl, chainId: node.chainId, account: accountAt(0) });
    const { factories = [], ...more } = await prepare(market);
    Object.assign(market, more);

    const overlay = join(folder.path, 'registry.json');
    // Anew on the same record, where one has ended.
    market.start = async () => {
        market.api = await VizApi.start({
            chains: [chainOf([node])], folder: folder.path,
            settings: { VIZ_API_SEARCH: 'on', VIZ_API_REGISTRY_OVERLAY: overlay, ...settings },
        });
        await subscribed(market.api);
    };
    market.folder = folder.path;
    market.overlay = overlay;
    market.tellOf = (known) => writeFileSync(overlay, JSON.stringify(overlayOf(node.chainId, known)));
    market.tellOf(factories);
    atEnd(() => market.api?.stop());
    await market.start();
    await market.mine();
    await market.mine();
    return market;
}

class Market {
    constructor(node) {
        this.node = node;
        this.url = node.httpUrl;
    }

    call(to, artifact, functionName, args, from = undefined) {
        return rpc(this.url, 'eth_call', [{ from, to, data: calldata(artifact, functionName, args) }, 'latest']);
    }
    async balanceOf(token, who) {
        return BigInt(await this.call(token, artifacts.erc20, 'balanceOf', [who]));
    }
    /** What somebody's transaction would answer now, as a number. */
    async answer(from, { to, value, data }) {
        return BigInt(await rpc(this.url, 'eth_call', [{ from, to, data, value: `0x${value.toString(16)}` }, 'latest']));
    }
    /** What x of the path's first token gives of its last, by a V2 router. */
    async quote(x, path, router = this.router) {
        const words = (await this.call(router, artifacts.router, 'getAmountsOut', [x, path])).slice(2).match(/.{64}/g);
        return BigInt(`0x${words.at(-1)}`);
    }
    /** A transaction to a V2 router. */
    swap(functionName, args, { value = 0n, router = this.router } = {}) {
        return { to: router, value, gas: 400_000n, data: calldata(artifacts.router, functionName, args) };
    }
    /** Sells x of the path's first token at a V2 router, whatever it gives. */
    sell(x, path, who, router = this.router) {
        return this.swap('swapExactTokensForTokens', [x, 0n, path, who, kFarDeadline], { router });
    }

    /** Mines a block two seconds after the one before, whatever the clock says. */
    async mine() {
        const { timestamp, number } = await rpc(this.url, 'eth_getBlockByNumber', ['latest', false]);
        await rpc(this.url, 'evm_setNextBlockTimestamp', [Number(timestamp) + 2]);
        await rpc(this.url, 'evm_mine', []); // answers before the height is known
        await until('a block is mined', async () => (await this.height()) > Number(number));
    }
    async height() {
        return Number(await rpc(this.url, 'eth_blockNumber'));
    }
    /** Mines these; fails unless all succeed, in this order. */
    async mineInOrder(...hashes) {
        await this.mine();
        const receipts = [];
        for (const hash of hashes)
            receipts.push(await until(`${hash} is mined`, () => rpc(this.url, 'eth_getTransactionReceipt', [hash])));
        for (const receipt of receipts) {
            assert.equal(receipt.status, '0x1', `${receipt.transactionHash} succeeds`);
            assert.equal(receipt.blockNumber, receipts[0].blockNumber, 'in one block');
        }
        const places = receipts.map((receipt) => Number(receipt.transactionIndex));
        assert.deepEqual(places, places.slice().sort((a, b) => a - b), 'in this order');
    }

    /**
     * Mines these in this order, each either one that was sent (its hash) or one for the searcher to
     * send. Answers what it brought the searcher of WETH; he has to end with as many tokens as before.
     */
    async mined(searcher, token, steps) {
        const had = await this.balanceOf(this.weth, searcher.address);
        const tokens = await this.balanceOf(token, searcher.address);
        const hashes = [];
        for (const [place, step] of steps.entries())
            hashes.push(step.to ? (await searcher.send({ ...(place === 0 ? first : last), ...step })).hash : step);
        await this.mineInOrder(...hashes);
        assert.equal(await this.balanceOf(token, searcher.address), tokens, 'all that was bought is sold');
        return String(await this.balanceOf(this.weth, searcher.address) - had);
    }

    /** An account that sends, with its nonce as the chain has it. */
    async trader(index) {
        const sender = new Sender(this.node, index);
        sender.next = Number(await rpc(this.url, 'eth_getTransactionCount', [sender.address, 'latest']));
        return sender;
    }
    /** A trader with so much of WETH, and allowances for all tokens. */
    async searcher(index, { funds = 200n * kEther, spenders = [this.router] } = {}) {
        const sender = await this.trader(index);
        const send = (fields) => sender.send({ ...first, value: 0n, gas: 100_000n, ...fields });
        await send({ to: this.weth, value: funds, data: calldata(artifacts.weth, 'deposit') });
        for (const spender of spenders)
            for (const token of [this.weth, ...this.tokens])
                await send({ to: token, data: calldata(artifacts.erc20, 'approve', [spender, kMostWei]) });
        await this.mine();
        assert.equal(await this.balanceOf(this.weth, sender.address), funds);
        return sender;
    }

    /**
     * Buys a token for ether at the first router, as the middle one of a block, with a minimum so many
     * percent below what it would get now.
     */
    async buy(index, token, paid, slackPercent) {
        const trader = await this.trader(index);
        const path = [this.weth, token];
        const minimum = (await this.quote(paid, path)) * (100n - slackPercent) / 100n;
        return trader.send({ ...middle,
            ...this.swap('swapExactETHForTokens', [minimum, path, trader.address, kFarDeadline], { value: paid }) });
    }

    async reported(type, matches = () => true) {
        const events = await this.api.events({ types: type });
        return events.map((event) => event.payload.data).filter(matches);
    }
    /** The newest opportunity that matches and what its simulation came to: {found, done}. */
    opportunity(what, matches) {
        return until(`${what} is found and simulated`, async () => {
            const simulated = await this.reported('SimCompleted');
            for (const found of (await this.reported('OppDetected', matches)).reverse()) {
                const done = simulated.find((each) => each.candidate_id === found.candidate_id);
                if (done) return { found, done };
            }
            return undefined;
        }, { deadlineMs: kSearchDeadlineMs, seen: () => this.reported('OppDetected') });
    }
    /** Fails unless search and simulation agree and the profit has no warnings. */
    assertPlain({ found, done }) {
        assert.equal(done.status, 'succeeded', done.revert_reason);
        assert.equal(done.plainly_profitable, true, JSON.stringify(done));
        assert.equal(done.profit, found.expected_profit, 'search and simulation agree');
        assert.equal(found.base_token, this.weth.toLowerCase());
    }
}
