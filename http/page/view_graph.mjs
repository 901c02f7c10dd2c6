// Draws the pending count over time into the page's SVG.
import { setAttribute, setText } from './dom.mjs';
import { clock, count } from './format.mjs';
import { course, thinned } from './graph.mjs';

const kMostPoints = 300;

/** `parts`: {line, area, top, from, to, now} elements; points as in the store. */
export function showGraph(parts, points, width, height) {
    const drawn = course(thinned(points, kMostPoints).map((point) => ({ at: point.timestamp_unix_ms, value: point.pending_count })),
        width, height);
    setAttribute(parts.line, 'd', drawn.line);
    setAttribute(parts.area, 'd', drawn.area);
    setText(parts.top, count(drawn.top));
    setText(parts.from, points.length ? clock(points[0].timestamp_unix_ms).slice(0, 8) : '');
    setText(parts.to, points.length ? clock(points.at(-1).timestamp_unix_ms).slice(0, 8) : '');
    setText(parts.now, points.length ? `${count(points.at(-1).pending_count)} pending now, maximum ${count(drawn.top)} in this period` : 'Nothing recorded yet.');
}
