import assert from 'node:assert/strict';
import { test } from 'node:test';
import { course, thinned } from '../../../http/page/graph.mjs';

test('a count holds until the next one', () => {
    const { line, top } = course([{ at: 0, value: 0 }, { at: 5, value: 4 }, { at: 10, value: 2 }], 100, 40);
    assert.equal(line, 'M0.0,40.0L50.0,40.0L50.0,0.0L100.0,0.0L100.0,20.0');
    assert.equal(top, 4);
});

test('nothing pending is a line at the bottom', () => {
    const { line, top } = course([{ at: 0, value: 0 }, { at: 1, value: 0 }], 10, 5);
    assert.equal(line, 'M0.0,5.0L10.0,5.0L10.0,5.0');
    assert.equal(top, 0);
});

test('the area below is closed at the bottom', () => {
    const { line, area } = course([{ at: 0, value: 1 }, { at: 1, value: 1 }], 10, 5);
    assert.equal(area, `${line}L10,5L0,5Z`);
});

test('without two moments nothing is drawn', () => {
    for (const points of [[], [{ at: 3, value: 7 }], [{ at: 3, value: 7 }, { at: 3, value: 9 }]])
        assert.equal(course(points, 10, 10).line, '');
    assert.equal(course([], 10, 10).top, 0);
});

test('many points are thinned evenly, first and last kept', () => {
    const points = Array.from({ length: 1000 }, (_, n) => n);
    const few = thinned(points, 101);
    assert.equal(few.length, 101);
    assert.deepEqual([few[0], few[50], few[100]], [0, 500, 999]);
    assert.equal(thinned(points, 1000), points);
});
