// Creates elements. Text is inserted as text only: no part of the page parses markup.

/**
 * make('td', {class: 'number', title: '…', onclick: f}, child, …). Attributes of null are omitted;
 * children are nodes or text; null children are skipped.
 */
export function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
        else element.setAttribute(key, value === true ? '' : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
}

export const byId = (id) => document.getElementById(id);

/** Sets the text only when it differs, so that unchanged text keeps its layout and selection. */
export function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
}
export function setAttribute(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Makes the children of `parent` match `items`, in order. An item keeps its element while it is listed,
 * with focus and selection; `fill(element, item)` runs when the item is a different object.
 */
export function reconcile(parent, items, { keyOf, create, fill }) {
    const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
    let place = parent.firstElementChild;
    for (const item of items) {
        const key = keyOf(item);
        let element = old.get(key);
        old.delete(key);
        if (!element) {
            element = create(item);
            element.dataset.key = key;
        }
        if (element.item !== item) {
            element.item = item;
            fill(element, item);
        }
        if (element === place) place = place.nextElementSibling;
        else parent.insertBefore(element, place);
    }
    for (const element of old.values()) element.remove();
}

/** A definition list: [[term, text or node], …]. */
export function terms(rows) {
    return make('dl', { class: 'terms' }, rows.filter(Boolean).map(([term, value]) =>
        make('div', {}, make('dt', {}, term), make('dd', {}, value))));
}

/** A small table: [heading, …], then rows of cells. Headings that end in "|n" mark numeric columns. */
export function table(caption, headings, rows) {
    const numeric = headings.map((heading) => heading.endsWith('|n'));
    const head = headings.map((heading, at) =>
        make('th', { scope: 'col', class: numeric[at] ? 'number' : null }, heading.replace('|n', '')));
    return make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
        make('table', {}, make('caption', { class: 'unseen' }, caption), make('thead', {}, make('tr', {}, head)),
            make('tbody', {}, rows.map((cells) =>
                make('tr', {}, cells.map((cell, at) => make('td', { class: numeric[at] ? 'number' : null }, cell)))))));
}

export const badge = (status, text = status) => make('span', { class: `badge is-${toneOf(status)}` }, text.replaceAll('_', ' '));

const kTones = {
    good: ['ok', 'running', 'subscribed', 'ready', 'profitable', 'confirmed_final', 'confirmed_provisional', 'accepted', 'live', 'included', 'succeeded'],
    bad: ['degraded', 'stopped', 'error', 'disconnected', 'failed', 'dropped', 'rejected'],
    warn: ['restarting', 'silent_timeout', 'rotating', 'connecting', 'booting', 'blocked', 'replaced', 'behind', 'displaced', 'unreachable'],
};
function toneOf(status) {
    return Object.keys(kTones).find((tone) => kTones[tone].includes(status)) ?? 'plain';
}
