// Uniswap V3 on a market: factory, router, and a pool of WETH and a token.
import { artifact, artifacts, calldata } from '../../../tools/devnet/contracts.mjs';
import { codeHash } from '../../../tools/devnet/wallet.mjs';
import { kEther, kFarDeadline, kMostWei } from './market.mjs';

export const kPoolFee = 3000n; // millionths
const kTickSpacing = 60; // of that fee
const kWidestTick = 887_220; // the last one that the spacing allows
const kNarrow = 2 * kTickSpacing; // to each side
const kNarrowPart = 100n; // of the wide position: that much less
const kDeployGas = 8_000_000n;

export const v3 = {
    factory: artifact('v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory'),
    pool: artifact('v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool'),
    router: artifact('v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter'),
    positions: artifact(
        'v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/NonfungiblePositionManager'),
};

/** The largest integer whose square is not above n. */
function squareRoot(n) {
    let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
    for (;;) {
        const next = (root + n / root) / 2n;
        if (next >= root) return root;
        root = next;
    }
}

/**
 * So much ether and so many times that of the token for all prices, and a little more of both in a
 * narrow range, which a swap of some size leaves.
 */
async function provide({ owner, weth }, positions, token, ether, tokensPerEther) {
    const wethFirst = BigInt(weth) < BigInt(token);
    const [token0, token1] = wethFirst ? [weth, token] : [token, weth];
    const tokens = ether * tokensPerEther;
    const [amount0, amount1] = wethFirst ? [ether, tokens] : [tokens, ether];
    const me = owner.account.address;
    await owner.call(weth, artifacts.weth, 'deposit', [], { value: 2n * ether });
    for (const each of [weth, token]) await owner.call(each, artifacts.erc20, 'approve', [positions, kMostWei]);
    await owner.call(positions, v3.positions, 'createAndInitializePoolIfNecessary',
        [token0, token1, kPoolFee, squareRoot((amount1 << 192n) / amount0)], { gas: kDeployGas });
    const tick = Math.log(Number(amount1) / Number(amount0)) / Math.log(1.0001);
    const middle = Math.round(tick / kTickSpacing) * kTickSpacing;
    const mint = (tickLower, tickUpper, part) => owner.call(positions, v3.positions, 'mint', [{
        token0, token1, fee: kPoolFee, tickLower, tickUpper, amount0Desired: amount0 / part,
        amount1Desired: amount1 / part, amount0Min: 0n, amount1Min: 0n, recipient: me, deadline: kFarDeadline }],
    { gas: kDeployGas });
    await mint(-kWidestTick, kWidestTick, 1n);
    await mint(middle - kNarrow, middle + kNarrow, kNarrowPart);
    await owner.mine();
}

/** Answers {v3Router, v3Factory, factories}: a pool of WETH and the first token is there. */
export async function deployV3(market) {
    const { owner, weth, tokens } = market;
    const v3Factory = await owner.deploy(v3.factory, [], kDeployGas);
    const v3Router = await owner.deploy(v3.router, [v3Factory, weth]);
    const positions = await owner.deploy(v3.positions, [v3Factory, weth, v3Factory], kDeployGas);
    await owner.mine();
    await provide(market, positions, tokens[0], 500n * kEther, 2000n);
    return { v3Router, v3Factory, factories: [
        { name: 'DevnetV3Factory', kind: 'v3', address: v3Factory, init_code_hash: codeHash(v3.pool.bytecode) }] };
}

/** A swap in that pool by the router: transaction fields. */
export function v3Swap(market, [tokenIn, tokenOut], amountIn, { least = 0n, recipient, value = 0n }) {
    return { to: market.v3Router, value, gas: 600_000n, data: calldata(v3.router, 'exactInputSingle', [{
        tokenIn, tokenOut, fee: kPoolFee, recipient, deadline: kFarDeadline, amountIn, amountOutMinimum: least,
        sqrtPriceLimitX96: 0n }]) };
}
