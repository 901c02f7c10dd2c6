import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clock, duration, ether, exactEther, extremes, fees, grouped, gwei, shortHash, shortUnits, signOf } from '../../../http/page/format.mjs';

const kMostWei = ((1n << 256n) - 1n).toString();

test('wei are shown as ether to the last digit', () => {
    for (const [wei, shown] of [
        ['0', '0'], ['1', '0.000000000000000001'], ['1000000000000000000', '1'], ['1500000000000000000', '1.5'],
        ['-20000000000000001', '-0.020000000000000001'], ['9007199254740993000000000000000000', '9,007,199,254,740,993'],
        [kMostWei, '115,792,089,237,316,195,423,570,985,008,687,907,853,269,984,665,640,564,039,457.584007913129639935'],
    ]) assert.equal(exactEther(wei), shown);
});

test('a short amount is cut, never rounded up', () => {
    assert.equal(ether('1999999999999999999'), '1.999999');
    assert.equal(ether('-1999999999999999999'), '-1.999999');
    assert.equal(ether('1000000000000000001'), '1');
    assert.equal(shortUnits('123456', 3, 0), '123');
});

test('what is not zero is never shown as zero', () => {
    assert.equal(ether('1'), '<0.000001');
    assert.equal(ether('-999999999999'), '>-0.000001');
    assert.equal(ether('1000000000000'), '0.000001');
    assert.equal(ether('0'), '0');
});

test('what is not known is a dash', () => {
    for (const write of [ether, exactEther, gwei, clock, duration, shortHash]) assert.deepEqual([write(null), write(undefined)], ['–', '–']);
});

test('fees are the cap and the tip, or the price alone', () => {
    assert.equal(fees({ max_fee_per_gas_wei: '21000000000', max_priority_fee_per_gas_wei: '1500000000', gas_price_wei: null }), '21 / 1.5');
    assert.equal(fees({ max_fee_per_gas_wei: null, max_priority_fee_per_gas_wei: null, gas_price_wei: '3000000000' }), '3');
    assert.equal(fees({ gas_price_wei: null }), '–');
});

test('extremes are those of numbers, not of texts', () => {
    assert.deepEqual(extremes(['9', '10', null, '-1', '-20']), { least: '-20', most: '10' });
    assert.equal(extremes([null, undefined]), null);
});

test('durations have the two units that matter', () => {
    for (const [ms, shown] of [[0, '0 ms'], [999, '999 ms'], [1000, '1 s'], [12_390, '12.3 s'], [60_000, '1 min'], [245_000, '4 min 5 s'],
        [3_600_000, '1 h'], [10_920_000, '3 h 2 min'], [442_800_000, '5 d 3 h'], [-1500, '-1.5 s']])
        assert.equal(duration(ms), shown);
});

test('digits are grouped, hashes shortened, signs shown', () => {
    assert.deepEqual([grouped(999), grouped(1000), grouped('1234567')], ['999', '1,000', '1,234,567']);
    assert.equal(shortHash(`0x${'ab'.repeat(32)}`), '0xabababab…abab');
    assert.equal(shortHash('0x1234'), '0x1234');
    assert.deepEqual(['-5', '0', '7'].map(signOf), [-1, 0, 1]);
});
