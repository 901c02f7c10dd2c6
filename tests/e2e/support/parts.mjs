// One service in two processes: a component on its own, and all the others.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endChild, hasExited, tiedCommand } from '../../../tools/devnet/node.mjs';
import { binary, freePort, VizApi } from './process.mjs';
import { Tap } from './tap.mjs';
import { until } from './until.mjs';

export const kComponents = ['ingest', 'decode', 'lifecycle', 'features', 'sim', 'storage', 'http'];
/** Those that have nothing to do unless there is a search. */
export const kSearching = ['search', 'builder'];
const kStreams = ['pending', 'tx', 'chain', 'query', 'feature', 'candidate', 'simulated', 'journal', 'events', 'verdict'];

/** The settings of a service whose streams may leave the process: `ipc` or `tcp` with a key. */
export async function movable(folder, transport) {
    const of = {
        ipc: async (stream) => `ipc://${join(folder, `${stream}.sock`)}`,
        tcp: async () => `tcp://127.0.0.1:${await freePort()}`,
    }[transport];
    const endpoints = {};
    for (const stream of kStreams) endpoints[stream] = await of(stream);
    const settings = {
        VIZ_API_ENDPOINTS: Object.entries(endpoints).map(([stream, endpoint]) => `${stream}=${endpoint}`).join(','),
        VIZ_API_STORAGE_PATH: join(folder, 'viz-api.db'),
    };
    if (transport === 'tcp') {
        const key = join(folder, 'service.key');
        const made = await Tap.run(['keygen', key]);
        if (made.code !== 0) throw new Error(made.stderr);
        settings.VIZ_API_CURVE_KEY_PATH = key;
    }
    return { settings, endpoints };
}

/** A viz-api without an HTTP API: known by its log. */
export class Part {
    static async start({ chains, components, settings, wait = true }) {
        const part = new Part();
        const [command, args] = tiedCommand(binary(), []);
        const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VIZ_API_')));
        part.log = '';
        part.child = spawn(command, args, {
            env: { ...clean, VIZ_API_CHAINS: JSON.stringify(chains), VIZ_API_COMPONENTS: components.join(','), ...settings },
            stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [part.child.stdout, part.child.stderr]) stream.on('data', (chunk) => (part.log += chunk));
        part.exit = new Promise((resolve) => part.child.once('close', (code, signal) => resolve({ code, signal })));
        if (wait) await part.started();
        return part;
    }

    started() {
        return until('the part is started', () => {
            if (hasExited(this.child)) throw new Error(`the part ended:\n${this.log.slice(-2000)}`);
            return this.log.includes('viz-api started');
        }, { deadlineMs: 20000, seen: () => this.log.slice(-2000) });
    }

    async stop(signal = 'SIGTERM') {
        await endChild(this.child, { signal, deadlineMs: 10000 });
        return this.exit;
    }

    kill() {
        return this.stop('SIGKILL');
    }
}

/**
 * Starts a service with `component` in a process of its own:
 * {main, remote, api, startRemote}; `api` is wherever http runs, startRemote starts the part again.
 */
export async function startSplit({ chains, folder, transport, component, atEnd, more = {} }) {
    const { settings: ofParts, endpoints } = await movable(folder, transport);
    const settings = { ...ofParts, ...more };
    const others = [...kComponents, ...kSearching].filter((name) => name !== component);
    const startHttp = async (components) => {
        const api = await VizApi.start({ chains, folder, settings: { ...settings, VIZ_API_COMPONENTS: components.join(',') } });
        atEnd(() => api.stop());
        return api;
    };
    const startPart = async (components) => {
        const part = await Part.start({ chains, components, settings });
        atEnd(() => part.stop());
        return part;
    };
    const startRemote = () => (component === 'http' ? startHttp([component]) : startPart([component]));
    // Together: the one waits for the other's greeting.
    const [main, remote] = await Promise.all([component === 'http' ? startPart(others) : startHttp(others), startRemote()]);
    return { main, remote, api: component === 'http' ? remote : main, startRemote, settings, endpoints };
}

