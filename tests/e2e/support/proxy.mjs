// A TCP relay in front of a node that can be cut and restored: a node that is unreachable for
// viz-api while it goes on working.
import { connect, createServer } from 'node:net';

export class Proxy {
    static async start(targetPort) {
        const proxy = new Proxy();
        proxy.sockets = new Set();
        proxy.isCut = false;
        proxy.connections = 0;
        proxy.server = createServer((inbound) => proxy.relay(inbound, targetPort));
        await new Promise((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
        proxy.port = proxy.server.address().port;
        proxy.httpUrl = `http://127.0.0.1:${proxy.port}`;
        proxy.wsUrl = `ws://127.0.0.1:${proxy.port}`;
        return proxy;
    }

    relay(inbound, targetPort) {
        if (this.isCut) return inbound.destroy();
        this.connections++;
        const outbound = connect(targetPort, '127.0.0.1');
        for (const [socket, other] of [[inbound, outbound], [outbound, inbound]]) {
            this.sockets.add(socket);
            socket.setNoDelay(true);
            socket.on('error', () => other.destroy());
            socket.on('close', () => {
                this.sockets.delete(socket);
                other.destroy();
            });
            socket.pipe(other);
        }
    }

    /** Ends what is connected and refuses what comes. */
    cut() {
        this.isCut = true;
        for (const socket of this.sockets) socket.destroy();
    }

    restore() {
        this.isCut = false;
    }

    stop() {
        this.cut();
        return new Promise((resolve) => this.server.close(resolve));
    }
}
