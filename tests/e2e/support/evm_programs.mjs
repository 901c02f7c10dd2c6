// Random contracts that do something: every statement leaves the stack as it found it, operands are
// such that most instructions succeed, and what was computed ends in storage, logs and output. A
// small part is made to go wrong.

/** A deterministic generator (splitmix64). */
export class Random {
    constructor(seed) {
        this.state = BigInt(seed) & kWord64;
    }
    next() {
        this.state = (this.state + 0x9e3779b97f4a7c15n) & kWord64;
        let z = this.state;
        z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & kWord64;
        z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & kWord64;
        return z ^ (z >> 31n);
    }
    below(n) {
        return Number(this.next() % BigInt(n));
    }
    oneIn(n) {
        return this.below(n) === 0;
    }
    pick(list) {
        return list[this.below(list.length)];
    }
    hex(bytes) {
        let out = '';
        while (out.length < 2 * bytes) out += this.next().toString(16).padStart(16, '0');
        return out.slice(0, 2 * bytes);
    }
}
const kWord64 = (1n << 64n) - 1n;

const op = {
    STOP: '00', ADD: '01', MUL: '02', SUB: '03', DIV: '04', SDIV: '05', MOD: '06', SMOD: '07',
    ADDMOD: '08', MULMOD: '09', EXP: '0a', SIGNEXTEND: '0b', LT: '10', GT: '11', SLT: '12', SGT: '13',
    EQ: '14', ISZERO: '15', AND: '16', OR: '17', XOR: '18', NOT: '19', BYTE: '1a', SHL: '1b', SHR: '1c',
    SAR: '1d', CLZ: '1e', KECCAK256: '20', ADDRESS: '30', BALANCE: '31', ORIGIN: '32', CALLER: '33',
    CALLVALUE: '34', CALLDATALOAD: '35', CALLDATASIZE: '36', CALLDATACOPY: '37', CODESIZE: '38',
    CODECOPY: '39', GASPRICE: '3a', EXTCODESIZE: '3b', EXTCODECOPY: '3c', RETURNDATASIZE: '3d',
    RETURNDATACOPY: '3e', EXTCODEHASH: '3f', BLOCKHASH: '40', COINBASE: '41', TIMESTAMP: '42',
    NUMBER: '43', PREVRANDAO: '44', GASLIMIT: '45', CHAINID: '46', SELFBALANCE: '47', BASEFEE: '48',
    BLOBHASH: '49', BLOBBASEFEE: '4a', POP: '50', MLOAD: '51', MSTORE: '52', MSTORE8: '53',
    SLOAD: '54', SSTORE: '55', JUMP: '56', JUMPI: '57', PC: '58', MSIZE: '59', GAS: '5a',
    JUMPDEST: '5b', TLOAD: '5c', TSTORE: '5d', MCOPY: '5e', PUSH0: '5f', DUP1: '80', SWAP1: '90',
    LOG0: 'a0', CREATE: 'f0', CALL: 'f1', CALLCODE: 'f2', RETURN: 'f3', DELEGATECALL: 'f4',
    CREATE2: 'f5', STATICCALL: 'fa', REVERT: 'fd', INVALID: 'fe', SELFDESTRUCT: 'ff',
};
const kBinary = ['ADD', 'MUL', 'SUB', 'DIV', 'SDIV', 'MOD', 'SMOD', 'EXP', 'SIGNEXTEND', 'LT', 'GT', 'SLT',
    'SGT', 'EQ', 'AND', 'OR', 'XOR', 'BYTE', 'SHL', 'SHR', 'SAR'];
const kPlain = ['ADDRESS', 'ORIGIN', 'CALLER', 'CALLVALUE', 'CALLDATASIZE', 'CODESIZE', 'GASPRICE',
    'RETURNDATASIZE', 'COINBASE', 'TIMESTAMP', 'NUMBER', 'PREVRANDAO', 'GASLIMIT', 'CHAINID', 'SELFBALANCE',
    'BASEFEE', 'BLOBBASEFEE', 'PC', 'MSIZE', 'GAS', 'PUSH0'];
const kEdges = ['00', '01', '02', '1f', '20', '7f', '80', 'ff', '0100', 'ffff', 'ffffffffffffffff',
    '010000000000000000', 'f'.repeat(32), `80${'00'.repeat(31)}`, 'ff'.repeat(32), `7f${'ff'.repeat(31)}`];

/** The shortest PUSH of a number. */
export function push(number) {
    const digits = BigInt(number).toString(16);
    const even = digits.length % 2 ? `0${digits}` : digits;
    return number === 0 || number === 0n ? op.PUSH0 : pushBytes(even);
}
export function pushBytes(hex) {
    return (0x5f + hex.length / 2).toString(16) + hex;
}

export class ProgramWriter {
    /** others: addresses it may look at and call; fork: prague or osaka. */
    constructor(random, { others, fork }) {
        this.random = random;
        this.others = others;
        this.fork = fork;
    }

    /** Runtime code: statements, then an end. */
    program({ statements = 3 + this.random.below(12) } = {}) {
        this.code = '';
        if (this.random.oneIn(40)) return this.random.hex(1 + this.random.below(60)); // noise
        if (this.random.oneIn(40)) return this.runaway();
        for (let i = 0; i < statements; i += 1) this.statement(2);
        this.end();
        if (this.random.oneIn(15)) this.spoil();
        return this.code;
    }

    /** Creation code that stores a little and returns `runtime`. */
    creation(runtime) {
        this.code = '';
        for (let i = this.random.below(4); i > 0; i -= 1) this.statement(1);
        if (this.random.oneIn(10)) this.end();
        const size = pushBytes((runtime.length / 2).toString(16).padStart(4, '0'));
        const tail = (offset) => `${size}${pushBytes(offset.toString(16).padStart(4, '0'))}${op.PUSH0}`
            + `${op.CODECOPY}${size}${op.PUSH0}${op.RETURN}`;
        const offset = (this.code.length + tail(0).length) / 2;
        return this.code + tail(offset) + runtime;
    }

    emit(...parts) {
        this.code += parts.join('');
    }

    // ---- one word on the stack
    expression(depth) {
        const r = this.random;
        if (depth === 0 || r.oneIn(4)) {
            if (r.oneIn(3)) return this.emit(op[r.pick(kPlain)]);
            if (r.oneIn(2)) return this.emit(pushBytes(r.pick(kEdges)));
            return this.emit(pushBytes(r.hex(1 + r.below(32))));
        }
        switch (r.below(12)) {
            case 0:
                this.expression(depth - 1);
                return this.emit(op[r.pick(['ISZERO', 'NOT', 'CALLDATALOAD'])]);
            case 1:
                if (this.fork !== 'osaka') return this.expression(0);
                this.expression(depth - 1);
                return this.emit(op.CLZ);
            case 2:
                this.expression(depth - 1);
                this.expression(depth - 1);
                this.expression(depth - 1);
                return this.emit(op[r.pick(['ADDMOD', 'MULMOD'])]);
            case 3:
                return this.emit(this.slot(), op[r.pick(['SLOAD', 'TLOAD'])]);
            case 4:
                return this.emit(this.offset(), op.MLOAD);
            case 5:
                this.address();
                return this.emit(op[r.pick(['BALANCE', 'EXTCODESIZE', 'EXTCODEHASH'])]);
            case 6:
                return this.emit(this.size(), this.offset(), op.KECCAK256);
            case 7:
                return this.emit(push(r.below(6)), op.NUMBER, op.SUB, op.BLOCKHASH);
            case 8:
                return this.emit(push(r.below(3)), op.BLOBHASH);
            default:
                this.expression(depth - 1);
                this.expression(depth - 1);
                return this.emit(op[r.pick(kBinary)]);
        }
    }
    slot() {
        return push(this.random.below(5));
    }
    offset() {
        return push(this.random.below(this.random.oneIn(20) ? 5000 : 200));
    }
    size() {
        return push(this.random.oneIn(4) ? 0 : this.random.below(this.random.oneIn(20) ? 1000 : 100));
    }
    address() {
        const r = this.random;
        if (r.oneIn(6)) return this.emit(op[r.pick(['ADDRESS', 'CALLER', 'ORIGIN', 'COINBASE'])]);
        if (r.oneIn(8)) return this.emit(push(1 + r.below(0x13))); // precompiled contracts
        if (r.oneIn(20)) return this.emit(pushBytes(r.hex(20))); // nobody
        return this.emit(pushBytes(r.pick(this.others).slice(2)));
    }

    // ---- statements
    statement(depth) {
        const r = this.random;
        const kinds = ['store', 'store', 'store', 'transient', 'memory', 'memory', 'copy', 'log', 'call', 'call',
            'call', 'returnData', 'refund', 'create', 'branch', 'loop', 'stack'];
        const kind = r.oneIn(40) ? 'destroy' : r.pick(kinds);
        if (depth === 0 && ['branch', 'loop', 'create'].includes(kind)) return this.store();
        return this[kind](depth);
    }
    store() {
        if (this.random.oneIn(3)) this.emit(push(this.random.below(2)));
        else this.expression(3);
        this.emit(this.slot(), op.SSTORE);
    }
    /** One slot set, cleared and set again: the rows of EIP-2200 and EIP-3529. */
    refund() {
        const slot = this.slot();
        for (let i = 2 + this.random.below(3); i > 0; i -= 1)
            this.emit(push(this.random.below(3)), slot, op.SSTORE);
    }
    transient() {
        this.expression(2);
        this.emit(this.slot(), op.TSTORE);
    }
    memory() {
        this.expression(3);
        this.emit(this.offset(), this.random.pick([op.MSTORE, op.MSTORE, op.MSTORE8]));
    }
    copy() {
        const r = this.random;
        const kind = r.pick(['CALLDATACOPY', 'CODECOPY', 'EXTCODECOPY', 'MCOPY']);
        this.emit(this.size(), r.oneIn(10) ? pushBytes(r.pick(kEdges.slice(0, 9))) : this.offset(), this.offset());
        if (kind === 'EXTCODECOPY') this.address();
        this.emit(op[kind]);
    }
    log() {
        const topics = this.random.below(5);
        for (let i = 0; i < topics; i += 1) this.expression(1);
        this.emit(this.size(), this.offset(), (0xa0 + topics).toString(16));
    }
    call() {
        const r = this.random;
        const kind = r.pick(['CALL', 'CALL', 'STATICCALL', 'DELEGATECALL', 'CALLCODE']);
        this.emit(this.size(), this.offset(), this.size(), this.offset());
        if (kind === 'CALL' || kind === 'CALLCODE') this.emit(r.oneIn(3) ? push(r.below(1000)) : op.PUSH0);
        this.address();
        // All that is left, a part of it, or so little that it fails somewhere. Seldom all: contracts
        // that call each other with everything do nothing but run out of gas.
        const gas = r.below(8);
        if (gas === 0) this.emit(op.GAS);
        else if (gas < 5) this.emit(op.GAS, push(gas), op.SHR);
        else this.emit(push(r.below(gas === 5 ? 3000 : 60000)));
        this.emit(op[kind]);
        this.emit(r.oneIn(2) ? op.POP : this.slot() + op.SSTORE);
    }
    returnData() {
        const r = this.random;
        if (r.oneIn(15)) return this.emit(push(r.below(40)), op.PUSH0, this.offset(), op.RETURNDATACOPY);
        return this.emit(op.RETURNDATASIZE, op.PUSH0, this.offset(), op.RETURNDATACOPY);
    }
    create() {
        const r = this.random;
        const inner = new ProgramWriter(r, { others: this.others, fork: this.fork });
        let init = r.oneIn(6) ? this.strangeInit() : inner.creation(inner.program({ statements: r.below(2) }));
        init = init.slice(0, 2 * 480);
        for (let at = 0; at < init.length; at += 64)
            this.emit(pushBytes(init.slice(at, at + 64).padEnd(64, '0')), push(at / 2), op.MSTORE);
        const salted = r.oneIn(2);
        if (salted) this.emit(push(r.below(3)));
        const size = r.oneIn(30) ? 49152 + r.below(2) : init.length / 2; // about the limit of EIP-3860
        this.emit(push(size), op.PUSH0, r.oneIn(3) ? push(r.below(50)) : op.PUSH0,
            salted ? op.CREATE2 : op.CREATE);
        if (r.oneIn(2)) return this.emit(this.slot(), op.SSTORE);
        // Calls what it made.
        this.emit(op.PUSH0, op.PUSH0, op.PUSH0, op.PUSH0, op.PUSH0, '85', op.GAS, op.CALL, op.POP);
        return this.emit(op.POP);
    }
    /** Noise, code that begins with 0xef, code about the limit of EIP-170, its own end. */
    strangeInit() {
        const r = this.random;
        return r.pick([r.hex(32), `60ef${op.PUSH0}${op.MSTORE8}${push(1 + r.below(40))}${op.PUSH0}${op.RETURN}`,
            `${push(24576 + r.below(2))}${op.PUSH0}${op.RETURN}`, `${push(1)}${op.PUSH0}${op.SSTORE}${op.ORIGIN}${op.SELFDESTRUCT}`]);
    }
    branch(depth) {
        this.expression(1);
        const at = this.code.length;
        this.emit(op.ISZERO, '610000', op.JUMPI);
        this.statement(depth - 1);
        this.patch(at + 4);
        this.emit(op.JUMPDEST);
    }
    loop(depth) {
        this.emit(push(1 + this.random.below(5)));
        const start = (this.code.length / 2).toString(16).padStart(4, '0');
        this.emit(op.JUMPDEST);
        this.statement(depth - 1);
        this.emit(push(1), op.SWAP1, op.SUB, op.DUP1, `61${start}`, op.JUMPI, op.POP);
    }
    stack() {
        const r = this.random;
        const height = 1 + r.below(16);
        for (let i = 0; i < height; i += 1) this.emit(r.oneIn(2) ? push(r.below(256)) : op[r.pick(kPlain)]);
        for (let i = r.below(6); i > 0; i -= 1) {
            if (height > 1 && r.oneIn(2)) this.emit((0x90 + r.below(height - 1)).toString(16));
            else this.emit((0x80 + r.below(height)).toString(16), op.POP);
        }
        this.emit(this.slot(), op.SSTORE, op.POP.repeat(height - 1));
    }
    destroy() {
        this.address();
        this.emit(op.SELFDESTRUCT);
    }

    end() {
        const r = this.random;
        switch (r.below(9)) {
            case 0:
                return this.emit(op.STOP);
            case 1:
                return this.emit(this.size(), this.offset(), op.REVERT);
            case 2: // Error("…")
                return this.emit(pushBytes(`08c379a0${'00'.repeat(28)}`), op.PUSH0, op.MSTORE, push(32), push(4),
                    op.MSTORE, push(5), push(36), op.MSTORE, pushBytes(`68656c6c6f${'00'.repeat(27)}`), push(68),
                    op.MSTORE, push(100), op.PUSH0, op.REVERT);
            case 3:
                return this.emit(pushBytes(`4e487b71${'00'.repeat(28)}`), op.PUSH0, op.MSTORE, push(0x11), push(4),
                    op.MSTORE, push(36), op.PUSH0, op.REVERT);
            case 4:
                return r.oneIn(3) ? this.emit(op.INVALID) : this.emit(op.RETURNDATASIZE, op.PUSH0, op.RETURN);
            default:
                return this.emit(this.size(), this.offset(), op.RETURN);
        }
    }
    /** Grows its stack past the limit, takes from an empty one, or jumps where there is nothing. */
    runaway() {
        return this.random.pick([`${op.JUMPDEST}${op.PUSH0}${op.PUSH0}${op.JUMP}`, op.PUSH0 + op.ADD,
            push(this.random.below(40)) + op.JUMP]);
    }
    /** Breaks one byte. */
    spoil() {
        const at = 2 * this.random.below(this.code.length / 2);
        this.code = this.code.slice(0, at) + this.random.hex(1) + this.code.slice(at + 2);
    }
    patch(at) {
        const here = (this.code.length / 2).toString(16).padStart(4, '0');
        this.code = this.code.slice(0, at) + here + this.code.slice(at + 4);
    }
}
