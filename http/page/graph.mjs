// A count over time as one SVG path. Pure.

/** At most `most` evenly selected points, including the last. */
export function thinned(points, most) {
    if (points.length <= most) return points;
    const step = (points.length - 1) / (most - 1);
    return Array.from({ length: most }, (_, index) => points[Math.round(index * step)]);
}

/**
 * {line, area, top}: path data in a box of width by height for points {at, value} in time order, and
 * the largest value. Fewer than two points in time draw nothing.
 */
export function course(points, width, height) {
    const top = Math.max(0, ...points.map((point) => point.value));
    const first = points.at(0)?.at;
    const span = points.length > 1 ? points.at(-1).at - first : 0;
    if (span <= 0) return { line: '', area: '', top };
    const place = ({ at, value }) =>
        `${(((at - first) / span) * width).toFixed(1)},${(height - (value / Math.max(1, top)) * height).toFixed(1)}`;
    // A count is valid until the next one: steps, not slopes.
    let line = `M${place(points[0])}`;
    for (let i = 1; i < points.length; i++)
        line += `L${place({ at: points[i].at, value: points[i - 1].value })}L${place(points[i])}`;
    return { line, area: `${line}L${width},${height}L0,${height}Z`, top };
}
