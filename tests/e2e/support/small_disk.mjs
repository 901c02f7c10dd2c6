// A disk that is soon full and can be given more room: a small tmpfs; where mounting is not allowed,
// a bound on the size of files that is lifted later.
import { execFileSync, spawnSync } from 'node:child_process';
import { temporaryFolder } from './process.mjs';

const kSmallMib = 8;
const kRoomyMib = 256;

export class SmallDisk {
    constructor() {
        const folder = temporaryFolder();
        this.path = folder.path;
        this.removeFolder = folder.remove;
        const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kSmallMib}m`, 'tmpfs', this.path]);
        this.isTmpfs = mounted.status === 0;
    }

    /** How viz-api is to be started so that it meets the bound. */
    get wrapper() {
        if (this.isTmpfs) return [];
        return ['env', '--ignore-signal=XFSZ', 'prlimit', `--fsize=${(kSmallMib << 20) / 2}:unlimited`];
    }

    grow(pid) {
        if (this.isTmpfs) execFileSync('mount', ['-o', `remount,size=${kRoomyMib}m`, this.path]);
        else execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited']);
    }

    remove() {
        if (this.isTmpfs) spawnSync('umount', ['--lazy', this.path]);
        this.removeFolder();
    }
}
