// Signs transactions of every type; the caller provides the nonces.
import { bls12_381 } from '@noble/curves/bls12-381';
import { concatHex, fromRlp, keccak256, sha256, toRlp } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { kMnemonic } from './node.mjs';

export function accountAt(index, mnemonic = kMnemonic) {
    return mnemonicToAccount(mnemonic, { addressIndex: index });
}

/** The first accounts of the development mnemonic, as many as anvil funds. */
export function accounts(count) {
    return Array.from({ length: count }, (_, index) => accountAt(index));
}

/** keccak256 of a contract's code, as accounts hold it. */
export function codeHash(code) {
    return keccak256(code);
}

const kFieldElements = 4096; // EIP-4844 FIELD_ELEMENTS_PER_BLOB
const kPointAtInfinity = `0xc0${'00'.repeat(47)}`;

/**
 * A valid EIP-4844 sidecar without a trusted setup: the blob holds the constant polynomial c, whose
 * commitment is c times the generator and whose quotient, and so the proof, is zero (the point at
 * infinity). value: 1 to 2^64. Returns the fields of a type 3 transaction.
 */
export function constantBlob(value) {
    const element = BigInt(value).toString(16).padStart(64, '0');
    const commitment = `0x${bls12_381.G1.ProjectivePoint.BASE.multiply(BigInt(value)).toHex(true)}`;
    return {
        blobVersionedHashes: [`0x01${sha256(commitment).slice(4)}`],
        sidecars: [{ blob: `0x${element.repeat(kFieldElements)}`, commitment, proof: kPointAtInfinity }],
    };
}

const kCellsPerBlob = 128; // EIP-7594 CELLS_PER_EXT_BLOB

/** The network form of blob transactions since Osaka; each proof equals constantBlob's. */
function withCellProofs(consensus, sidecars) {
    const proofs = Array(kCellsPerBlob * sidecars.length).fill(kPointAtInfinity);
    const body = fromRlp(`0x${consensus.slice(4)}`, 'hex');
    return concatHex(['0x03', toRlp(
        [body, '0x01', sidecars.map(({ blob }) => blob), sidecars.map(({ commitment }) => commitment), proofs])]);
}

/**
 * Signs; returns {raw, hash}. A blob transaction's hash excludes the sidecar; cells: with the proofs
 * of EIP-7594 instead of those of EIP-4844.
 */
export async function sign(account, tx, { cells = false } = {}) {
    if (tx.type !== 'eip4844' || !tx.sidecars) {
        const raw = await account.signTransaction(tx);
        return { raw, hash: keccak256(raw) };
    }
    const consensus = await account.signTransaction({ ...tx, sidecars: false });
    const raw = cells ? withCellProofs(consensus, tx.sidecars) : await account.signTransaction(tx);
    return { raw, hash: keccak256(consensus) };
}
