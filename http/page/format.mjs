// Values of the API as text. Amounts are decimal strings and stay whole numbers (BigInt): no amount
// ever becomes a float.

const kWeiDigits = 18;
const kGweiDigits = 9;
const kMissing = '–';

/** `digits` (a decimal string, optionally with a minus) divided by 10^decimals, with all its decimals. */
export function exactUnits(digits, decimals) {
    const whole = BigInt(digits);
    const text = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, '0');
    const fraction = text.slice(text.length - decimals).replace(/0+$/, '');
    return (whole < 0n ? '-' : '') + grouped(text.slice(0, text.length - decimals)) + (fraction ? `.${fraction}` : '');
}

/** The same, truncated (not rounded) to `places` decimals; a nonzero amount never appears as zero. */
export function shortUnits(digits, decimals, places) {
    const exact = exactUnits(digits, decimals);
    const [whole, fraction = ''] = exact.split('.');
    const kept = fraction.slice(0, places).replace(/0+$/, '');
    const cut = kept ? `${whole}.${kept}` : whole;
    if (BigInt(digits) !== 0n && /^-?0$/.test(cut)) {
        const least = `0.${'1'.padStart(places, '0')}`;
        return exact.startsWith('-') ? `>-${least}` : `<${least}`;
    }
    return cut;
}

const optional = (write) => (value, ...more) => (value === null || value === undefined ? kMissing : write(value, ...more));

export const ether = optional((wei, places = 6) => shortUnits(wei, kWeiDigits, places));
export const exactEther = optional((wei) => exactUnits(wei, kWeiDigits));
export const gwei = optional((wei) => shortUnits(wei, kGweiDigits, 3));

/** 1234567 as "1,234,567", from a number or a string of digits. */
export function grouped(number) {
    return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
export const count = optional(grouped);
export const text = optional(String);

/** 0x12345678…cdef; short values are unchanged. */
export const shortHash = optional((hash) => (hash.length > 16 ? `${hash.slice(0, 10)}…${hash.slice(-4)}` : hash));

/** The sign of a decimal string: -1, 0, 1. */
export function signOf(digits) {
    const value = BigInt(digits);
    return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** The minimum and maximum of decimal strings, ignoring nulls; null when all are null. */
export function extremes(amounts) {
    const known = amounts.filter((wei) => wei !== null && wei !== undefined).sort((a, b) => signOf(BigInt(a) - BigInt(b)));
    return known.length === 0 ? null : { least: known[0], most: known.at(-1) };
}

export const clock = optional((unixMs) => {
    const time = new Date(unixMs);
    const two = (part) => String(part).padStart(2, '0');
    return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`;
});

/** 950 ms, 12.3 s, 4 min 5 s, 3 h 2 min, 5 d 3 h. */
export const duration = optional((ms) => {
    const sign = ms < 0 ? '-' : '';
    const value = Math.abs(ms);
    if (value < 1000) return `${sign}${Math.round(value)} ms`;
    if (value < 60_000) return `${sign}${(Math.floor(value / 100) / 10).toString()} s`;
    const seconds = Math.floor(value / 1000);
    const pair = (large, largeName, small, smallName) => `${sign}${large} ${largeName}${small ? ` ${small} ${smallName}` : ''}`;
    if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
    if (seconds < 86_400) return pair(Math.floor(seconds / 3600), 'h', Math.floor(seconds / 60) % 60, 'min');
    return pair(Math.floor(seconds / 86_400), 'd', Math.floor(seconds / 3600) % 24, 'h');
});

/** "confirmed_provisional" as "confirmed provisional". */
export const words = optional((name) => name.replaceAll('_', ' '));

/** A transaction's gas fees: its fee cap (or gas price) and its tip, if any. */
export function fees(tx) {
    const cap = tx.max_fee_per_gas_wei ?? tx.gas_price_wei;
    const tip = tx.max_priority_fee_per_gas_wei;
    return tip === null || tip === undefined ? gwei(cap) : `${gwei(cap)} / ${gwei(tip)}`;
}
