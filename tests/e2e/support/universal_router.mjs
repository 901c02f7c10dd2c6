// Uniswap's Universal Router and Permit2 on a market.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { artifact, artifacts, calldata, encoded } from '../../../tools/devnet/contracts.mjs';
import { codeHash } from '../../../tools/devnet/wallet.mjs';
import { kFarDeadline, kMostWei } from './market.mjs';
import { deployV3, kPoolFee, v3 } from './uniswap_v3.mjs';

const kPackage = '../../../tools/devnet/node_modules/@uniswap/universal-router';
const kNobody = `0x${'00'.repeat(20)}`;
const kSender = '0x0000000000000000000000000000000000000001'; // as the router writes its caller
const kItself = '0x0000000000000000000000000000000000000002'; // and itself
const kMostAllowance = (1n << 160n) - 1n;
const command = { v3ExactIn: '00', v2ExactIn: '08', wrap: '0b' };

/** The package has no artifact of it: its creation code is text in the sources made for TypeScript. */
function permit2Code() {
    const source = readFileSync(
        fileURLToPath(new URL(`${kPackage}/typechain/factories/Permit2__factory.ts`, import.meta.url)), 'utf8');
    return /const _bytecode =\s*"(0x[0-9a-f]+)"/.exec(source)[1];
}

const permit2Abi = [{
    type: 'function', name: 'approve', stateMutability: 'nonpayable', outputs: [],
    inputs: ['address', 'address', 'uint160', 'uint48'].map((type) => ({ type })),
}];

/** V3 as well; the markets of other protocols that the router may know are nobody's. */
export async function deployUniversalRouter(market) {
    const { owner, weth, factory } = market;
    const more = await deployV3(market);
    const { abi, bytecode } = artifact('universal-router/artifacts/contracts/UniversalRouter.sol/UniversalRouter');
    const permit2 = await owner.deploy({ abi: [], bytecode: permit2Code() }, []);
    const [{ components }] = abi.find((each) => each.type === 'constructor').inputs;
    const nobody = components.filter(({ type }) => type === 'address').map(({ name }) => [name, kNobody]);
    const universalRouter = await owner.deploy({ abi, bytecode }, [{
        ...Object.fromEntries(nobody), permit2, weth9: weth, v2Factory: factory, v3Factory: more.v3Factory,
        pairInitCodeHash: codeHash(artifact('v2-core/build/UniswapV2Pair').bytecode),
        poolInitCodeHash: codeHash(v3.pool.bytecode),
    }]);
    await owner.mine();
    return { ...more, permit2, universalRouter, universalRouterAbi: { abi } };
}

/** Commands with their inputs, [name, types, values] each, as a transaction. */
function program({ universalRouter, universalRouterAbi }, steps, value = 0n) {
    return { to: universalRouter, value, gas: 800_000n, data: calldata(universalRouterAbi, 'execute', [
        `0x${steps.map(([name]) => command[name]).join('')}`,
        steps.map(([, types, values]) => encoded(types, values)),
        kFarDeadline]) };
}

/** Wraps ether and swaps it for a token in V2. */
export function buyWithEther(market, token, paid, least) {
    return program(market, [
        ['wrap', ['address', 'uint256'], [kItself, paid]],
        ['v2ExactIn', ['address', 'uint256', 'uint256', 'address[]', 'bool'],
            [kSender, paid, least, [market.weth, token], false]],
    ], paid);
}

/** Swaps the sender's WETH, by Permit2, for a token in V3. */
export function buyByPermit2(market, token, paid, least) {
    const path = `${market.weth}${kPoolFee.toString(16).padStart(6, '0')}${token.slice(2)}`;
    return program(market, [
        ['v3ExactIn', ['address', 'uint256', 'uint256', 'bytes', 'bool'], [kSender, paid, least, path, true]]]);
}

/** What has to be sent before: WETH, and both allowances. */
export function allowPermit2({ weth, permit2, universalRouter }, paid) {
    return [
        { to: weth, value: paid, data: calldata(artifacts.weth, 'deposit') },
        { to: weth, value: 0n, data: calldata(artifacts.erc20, 'approve', [permit2, kMostWei]) },
        { to: permit2, value: 0n, data: calldata({ abi: permit2Abi }, 'approve',
            [weth, universalRouter, kMostAllowance, Number(kFarDeadline)]) },
    ];
}
