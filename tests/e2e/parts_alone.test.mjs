// The record's file belongs to storage: a component on its own runs where there is none, on another
// host or in another folder, and makes none.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanUps } from './support/environment.mjs';
import { kComponents, kSearching, Part } from './support/parts.mjs';
import { temporaryFolder } from './support/process.mjs';
import { until } from './support/until.mjs';

const atEnd = cleanUps();
const kChains = [{ chain_key: 'none', chain_id: 1, endpoints: [{ ws_url: 'ws://127.0.0.1:1', http_url: 'http://127.0.0.1:1' }] }];
const kReadsTheRecord = ['ingest', 'lifecycle', 'search', 'http'];

for (const component of [...kComponents, ...kSearching].filter((name) => name !== 'storage'))
    test(`${component} alone runs without the record's file`, async () => {
        const folder = temporaryFolder();
        atEnd(folder.remove);
        const part = await Part.start({ chains: kChains, components: [component], settings: {
            VIZ_API_STORAGE_PATH: join(folder.path, 'viz-api.db'), VIZ_API_PEER_WAIT_SECS: '0',
            VIZ_API_SEARCH: 'on', VIZ_API_BIND: '127.0.0.1:0' } });
        atEnd(() => part.stop());
        // The monitor has looked at everything more than once.
        const started = Date.now();
        await until('it has run for some turns', () => {
            assert.equal(part.child.exitCode, null, part.log.slice(-2000));
            return Date.now() - started > 2500;
        });
        const said = part.log.split('\n').filter((line) => line.includes('reason=record_elsewhere'));
        assert.equal(said.length, kReadsTheRecord.includes(component) ? 1 : 0, part.log);
        assert.deepEqual(readdirSync(folder.path), []);
        assert.equal((await part.stop()).code, 0, part.log.slice(-2000));
    });
