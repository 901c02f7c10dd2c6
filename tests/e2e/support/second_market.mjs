// Another Uniswap V2 beside a market's own, with a pool of one of its tokens.
import { artifact, artifacts } from '../../../tools/devnet/contracts.mjs';
import { codeHash } from '../../../tools/devnet/wallet.mjs';
import { kEther, kFarDeadline, kMostWei } from './market.mjs';

const kProvideGas = 6_000_000n;
const kFee = 3000; // of both factories, in millionths

/**
 * A second Uniswap V2 with one pool of the first token, which sells so many tokens for each ether;
 * the first pool sells 2,000.
 */
export function secondMarket(tokensPerEther) {
    return async ({ owner, weth, tokens }) => {
        const factory = await owner.deploy(artifacts.factory, [owner.account.address]);
        await owner.mine();
        const router2 = await owner.deploy(artifacts.router, [factory, weth]);
        await owner.call(tokens[0], artifacts.erc20, 'approve', [router2, kMostWei]);
        await owner.mine();
        await owner.call(router2, artifacts.router, 'addLiquidityETH',
            [tokens[0], 500n * kEther * tokensPerEther, 0n, 0n, owner.account.address, kFarDeadline],
            { value: 500n * kEther, gas: kProvideGas });
        await owner.mine();
        const pair = artifact('v2-core/build/UniswapV2Pair');
        return { router2, factories: [
            { name: 'SecondFactory', kind: 'v2', address: factory, init_code_hash: codeHash(pair.bytecode), fee: kFee }] };
    };
}
