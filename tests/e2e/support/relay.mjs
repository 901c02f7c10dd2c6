// Relays on loopback: they keep the requests and answer as scripted.
import { createServer } from 'node:http';

/** A relay that answers what `answer(request)` makes of it: {status, text}. */
export async function startRelay(atEnd, answer) {
    const asked = [];
    const server = createServer((request, response) => {
        let body = '';
        request.on('data', (part) => { body += part; });
        request.on('end', () => {
            asked.push(JSON.parse(body));
            const { status, text } = answer(asked.at(-1));
            response.writeHead(status, { 'content-type': 'application/json' }).end(text);
        });
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    atEnd(() => new Promise((done) => { server.close(done); server.closeAllConnections(); }));
    return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

/** The answer of a relay that finds nothing wrong with a bundle. */
export const taken = ({ id, params }) => ({ status: 200, text: JSON.stringify({ jsonrpc: '2.0', id,
    result: { results: params[0].txs.map(() => ({ gasUsed: 1 })) } }) });
