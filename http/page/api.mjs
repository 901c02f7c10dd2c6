// Requests to the service. The API key, where required, is kept for this tab only (sessionStorage).

const kKeyName = 'viz-api-key';
const kTimeoutMs = 10_000;

/** A refused request, with its status and, for 429, how long to wait. */
export class Refused extends Error {
    constructor(status, message, retryAfterMs) {
        super(message);
        this.status = status;
        this.retryAfterMs = retryAfterMs;
    }
}

export const key = {
    get: () => sessionStorage.getItem(kKeyName) ?? '',
    set: (value) => (value ? sessionStorage.setItem(kKeyName, value) : sessionStorage.removeItem(kKeyName)),
};

/** The response with its body unread; throws Refused for any status but 200. */
export async function open(path, { headers = {}, signal } = {}) {
    const own = key.get();
    // Relative, so that the page also works below a proxy's path.
    const response = await fetch(new URL(path, document.baseURI), {
        signal, cache: 'no-store', credentials: 'same-origin', headers: { ...headers, ...(own ? { 'x-api-key': own } : {}) },
    }).catch((error) => {
        // The browser's text for a refused connection does not help a reader.
        throw error instanceof TypeError ? new Error('the service cannot be reached', { cause: error }) : error;
    });
    if (response.status === 200) return response;
    const seconds = Number(response.headers.get('Retry-After'));
    throw new Refused(response.status, await messageOf(response), seconds > 0 ? seconds * 1000 : undefined);
}

async function messageOf(response) {
    try {
        return (await response.json()).error.message;
    } catch {
        return `status ${response.status}`;
    }
}

export async function get(path) {
    const response = await open(path, { signal: AbortSignal.timeout(kTimeoutMs), headers: { Accept: 'application/json' } });
    return response.json();
}

/** Null when the service answers 404. */
export async function find(path) {
    try {
        return await get(path);
    } catch (error) {
        if (error instanceof Refused && error.status === 404) return null;
        throw error;
    }
}

/** /health also has a body when the service is degraded. */
export async function health() {
    const response = await fetch(new URL('health', document.baseURI), { signal: AbortSignal.timeout(kTimeoutMs), cache: 'no-store' });
    return response.json();
}
