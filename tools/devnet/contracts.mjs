// Deploys WETH9, Uniswap V2 (factory, router, pairs with liquidity) and three ERC-20 tokens, from
// the artifacts in Uniswap's own npm packages.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
    encodeAbiParameters, encodeDeployData, encodeFunctionData, getContractAddress, maxUint256, parseEther,
} from 'viem';
import { mine, rpc } from './rpc.mjs';
import { sign } from './wallet.mjs';

const require = createRequire(import.meta.url);
const kGasPrice = 3_000_000_000n;
const kDeployGas = 6_000_000n;
const kCallGas = 400_000n;
const kFarDeadline = 4_000_000_000n; // the year 2096

/** A compiled contract of one of Uniswap's packages: {abi, bytecode}. */
export function artifact(name) {
    const { abi, bytecode } = JSON.parse(readFileSync(require.resolve(`@uniswap/${name}.json`)));
    return { abi, bytecode: bytecode.startsWith('0x') ? bytecode : `0x${bytecode}` };
}

export const artifacts = {
    weth: artifact('v2-periphery/build/WETH9'),
    erc20: artifact('v2-periphery/build/ERC20'),
    factory: artifact('v2-core/build/UniswapV2Factory'),
    router: artifact('v2-periphery/build/UniswapV2Router02'),
};

/** Encodes the calldata of a function of one of the artifacts. */
export function calldata({ abi }, functionName, args = []) {
    return encodeFunctionData({ abi, functionName, args });
}

/** ABI-encodes values of the given types. */
export function encoded(types, values) {
    return encodeAbiParameters(types.map((type) => ({ type })), values);
}

/** Sends transactions of one account in order, without waiting for each. */
export class Deployer {
    constructor(url, chainId, account, nonce) {
        Object.assign(this, { url, chainId, account, nonce, hashes: [] });
    }

    static async at({ url, chainId, account }) {
        const nonce = Number(await rpc(url, 'eth_getTransactionCount', [account.address, 'latest']));
        return new Deployer(url, chainId, account, nonce);
    }

    /** Returns the address of the created contract if the transaction has no recipient. */
    async send(tx, gas) {
        const nonce = this.nonce++;
        const { raw, hash } = await sign(this.account, {
            type: 'legacy', chainId: this.chainId, gasPrice: kGasPrice, nonce, gas, ...tx });
        await rpc(this.url, 'eth_sendRawTransaction', [raw]);
        this.hashes.push(hash);
        return getContractAddress({ from: this.account.address, nonce: BigInt(nonce) });
    }

    deploy({ abi, bytecode }, args, gas = kDeployGas) {
        return this.send({ data: encodeDeployData({ abi, bytecode, args }) }, gas);
    }

    call(to, artifact, functionName, args, { value = 0n, gas = kCallGas } = {}) {
        return this.send({ to, value, data: calldata(artifact, functionName, args) }, gas);
    }

    /** Mines until all sent transactions are included; throws when one failed. */
    async mine() {
        await mine(this.url, 1);
        for (const hash of this.hashes.splice(0)) {
            let receipt = null;
            for (let blocks = 0; blocks < 20 && !receipt; blocks++) {
                receipt = await rpc(this.url, 'eth_getTransactionReceipt', [hash]);
                if (!receipt) await mine(this.url, 1);
            }
            if (receipt?.status !== '0x1') throw new Error(`set-up transaction ${hash} failed`);
        }
    }
}

/**
 * owner: deploys and provides liquidity. traders: each receives tokens and approves the router.
 * Returns {weth, factory, router, tokens, pairs}, all addresses.
 */
export async function deployContracts({ url, chainId, owner, traders = [] }) {
    const sender = await Deployer.at({ url, chainId, account: owner });
    const { weth: wethCode, erc20, factory: factoryCode, router: routerCode } = artifacts;

    const weth = await sender.deploy(wethCode, []);
    const factory = await sender.deploy(factoryCode, [owner.address]);
    const tokens = [];
    for (let i = 0; i < 3; i++) tokens.push(await sender.deploy(erc20, [parseEther('1000000000')]));
    await sender.mine();
    const router = await sender.deploy(routerCode, [factory, weth]);
    for (const token of tokens) await sender.call(token, erc20, 'approve', [router, maxUint256]);
    await sender.mine();

    const provide = (name, args, value) =>
        sender.call(router, routerCode, name, args, { value, gas: kDeployGas });
    for (const token of tokens)
        await provide('addLiquidityETH',
            [token, parseEther('2000000'), 0n, 0n, owner.address, kFarDeadline], parseEther('1000'));
    await provide('addLiquidity', [tokens[0], tokens[1], parseEther('1000000'), parseEther('1000000'),
        0n, 0n, owner.address, kFarDeadline]);
    await sender.mine();
    const pairs = await readPairs(url, factory, [...tokens.map((t) => [t, weth]), [tokens[0], tokens[1]]]);

    await endow({ url, chainId, sender, erc20, tokens, router, traders });
    return { weth, factory, router, tokens, pairs };
}

async function readPairs(url, factory, of) {
    const pairs = [];
    for (const [a, b] of of) {
        const data = calldata(artifacts.factory, 'getPair', [a, b]);
        const word = await rpc(url, 'eth_call', [{ to: factory, data }, 'latest']);
        pairs.push(`0x${word.slice(26)}`);
    }
    return pairs;
}

async function endow({ url, chainId, sender, erc20, tokens, router, traders }) {
    for (const trader of traders) {
        const own = await Deployer.at({ url, chainId, account: trader });
        for (const token of tokens) {
            await sender.call(token, erc20, 'transfer', [trader.address, parseEther('1000000')]);
            await own.call(token, erc20, 'approve', [router, maxUint256]);
        }
        sender.hashes.push(...own.hashes);
    }
    await sender.mine();
}
