// A chain with Uniswap V2 on it, and a viz-api that searches it.
import { artifacts, calldata } from '../../../tools/devnet/contracts.mjs';
import { kGwei, loadOn, rpc, Sender, startWorld } from './world.mjs';

export const kEther = 10n ** 18n;
export const kFarDeadline = 4_000_000_000n;
// The node mines in order of fees.
export const fees = (gwei) => ({ maxFeePerGas: (20n + gwei) * kGwei, maxPriorityFeePerGas: gwei * kGwei });
export const [first, middle, last] = [fees(30n), fees(10n), fees(1n)];

export const call = (url, to, artifact, functionName, args) =>
    rpc(url, 'eth_call', [{ to, data: calldata(artifact, functionName, args) }, 'latest']);
export const balanceOf = async (url, token, who) => BigInt(await call(url, token, artifacts.erc20, 'balanceOf', [who]));
/** What x of a gives of b, by the router. */
export async function quote(url, router, x, path) {
    const words = (await call(url, router, artifacts.router, 'getAmountsOut', [x, path])).slice(2).match(/.{64}/g);
    return BigInt(`0x${words.at(-1)}`);
}

/** Mines a block two seconds after the one before, whatever the clock says. */
export async function mineInTime({ httpUrl }) {
    const { timestamp } = await rpc(httpUrl, 'eth_getBlockByNumber', ['latest', false]);
    await rpc(httpUrl, 'evm_setNextBlockTimestamp', [Number(timestamp) + 2]);
    await rpc(httpUrl, 'evm_mine', []);
}

export const told = async (api, type, hash) =>
    (await api.events({ types: type })).map((event) => event.payload.data).filter((data) => data.hash === hash);

export async function senderAt(node, index) {
    const sender = new Sender(node, index);
    sender.next = Number(await rpc(node.httpUrl, 'eth_getTransactionCount', [sender.address, 'latest']));
    return sender;
}

/** A chain with Uniswap V2, and a search that follows it. */
export async function startMarket(atEnd, settings = {}) {
    const { api, node } = await startWorld(atEnd, { settings: { VIZ_API_SEARCH: 'on', ...settings } });
    const { contracts } = await loadOn(node);
    await mineInTime(node);
    await mineInTime(node);
    const swap = (functionName, args, value = 0n) => ({
        to: contracts.router, value, gas: 400_000n,
        data: calldata(artifacts.router, functionName, args),
    });
    return { api, node, ...contracts, swap, url: node.httpUrl };
}
