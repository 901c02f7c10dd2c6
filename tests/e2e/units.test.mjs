// The unit files, by systemd's own tools; no systemd has to run.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanUps } from './support/environment.mjs';
import { binary, temporaryFolder } from './support/process.mjs';

const atEnd = cleanUps();
const kUnits = new URL('../../systemd/', import.meta.url).pathname;
const kServices = ['viz-api.service', 'viz-api@.service'];
const kExposureLimit = 1.5;

const unit = (name) => readFileSync(join(kUnits, name), 'utf8');

function analyze(...args) {
    const { status, stdout, stderr, error } = spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: 60000 });
    if (error) throw error;
    return { status, said: stdout + stderr };
}

/** A folder with the units as they would be installed, the program where it really is. */
function installed(change = (text) => text) {
    const folder = temporaryFolder();
    atEnd(folder.remove);
    for (const name of [...kServices, 'viz-api.socket'])
        writeFileSync(join(folder.path, name), change(unit(name).replaceAll('/usr/bin/viz-api', binary())));
    return folder.path;
}

/** How exposed a service is, by its file in a folder: the figure, or none where it is above the limit. */
function exposure(folder, name) {
    const { status, said } = analyze('security', '--offline=true', `--threshold=${kExposureLimit * 10}`, '--no-pager', join(folder, name));
    const figure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
    assert.ok(!Number.isNaN(figure), said);
    return { figure, within: status === 0 };
}

function verify(folder) {
    return analyze('verify', '--man=no', ...['viz-api.service', 'viz-api@features.service', 'viz-api.socket'].map((name) => join(folder, name)));
}

test('systemd-analyze verify has nothing to say', () => {
    assert.deepEqual(verify(installed()), { status: 0, said: '' });
});

test('systemd-analyze verify would have', () => {
    const { status, said } = verify(installed((text) => text.replace('ProtectSystem=strict', 'ProtectSystm=strict')));
    assert.match(`${status} ${said}`, /ProtectSystm/);
});

for (const name of kServices) {
    test(`${name} is exposed no more than ${kExposureLimit}`, (t) => {
        const folder = installed();
        const { figure, within } = exposure(folder, name);
        t.diagnostic(`exposure of ${name}: ${figure}`);
        assert.ok(within && figure <= kExposureLimit, String(figure));
        const weakened = installed((text) => text.replace(/^(SystemCallFilter|PrivateUsers|NoNewPrivileges)=.*$/gm, ''));
        assert.equal(exposure(weakened, name).within, false, 'the limit would be noticed');
    });

    test(`${name} restarts within limits, as its own user, with its own state and bounds`, () => {
        const text = unit(name);
        for (const line of ['Type=notify', 'User=viz-api', 'Group=viz-api', 'StateDirectory=viz-api', 'RuntimeDirectory=viz-api',
            'EnvironmentFile=-/etc/viz-api/viz-api.env', 'Restart=on-failure', 'RestartPreventExitStatus=2'])
            assert.ok(text.split('\n').includes(line), line);
        for (const setting of ['StartLimitIntervalSec', 'StartLimitBurst', 'RestartSec', 'WatchdogSec', 'TimeoutStartSec', 'TimeoutStopSec',
            'LimitNOFILE', 'MemoryMax', 'TasksMax'])
            assert.match(text, new RegExp(`^${setting}=\\d`, 'm'), setting);
        assert.ok(text.indexOf('StartLimitIntervalSec') < text.indexOf('[Service]'), 'a limit elsewhere is ignored');
    });
}

test('a part in a process of its own is held to the same rules as the service', () => {
    const rules = (name) => unit(name).split('[Service]')[1].split('\n')
        .filter((line) => line.includes('=') && !/^(#|ExecStart=|EnvironmentFile=|Also=)/.test(line));
    assert.deepEqual(rules('viz-api@.service'), rules('viz-api.service'));
    assert.match(unit('viz-api@.service'), /^ExecStart=\/usr\/bin\/viz-api --components %i$/m);
});

test('with the drop-in of releases the service starts what the link names, and is as clean', () => {
    const folder = installed();
    const dropIn = readFileSync(join(kUnits, 'viz-api.releases.conf'), 'utf8');
    assert.match(dropIn, /^ExecStart=\nExecStart=\/opt\/viz-api\/current\/bin\/viz-api$/m);
    mkdirSync(join(folder, 'viz-api.service.d'));
    const write = (text) => writeFileSync(join(folder, 'viz-api.service.d/releases.conf'), text);
    write(dropIn.replace('/opt/viz-api/current/bin/viz-api', binary()));
    assert.deepEqual(verify(folder), { status: 0, said: '' });
    write(dropIn.replace('/opt/viz-api/current/bin/viz-api', '/nowhere/viz-api'));
    assert.match(verify(folder).said, /nowhere/, 'it is looked at');
});

test('the credentials that the units load are those the program knows', () => {
    const help = spawnSync(binary(), ['--help'], { encoding: 'utf8' }).stdout;
    for (const name of kServices) {
        const loaded = [...unit(name).matchAll(/^LoadCredential=(\S+)$/gm)].map(([, id]) => id);
        assert.deepEqual(loaded.sort(), ['viz-api.api-keys', 'viz-api.chains', 'viz-api.eth-http-url', 'viz-api.eth-ws-url',
            'viz-api.relay-urls']);
        for (const id of loaded) assert.ok(help.includes(id), id);
    }
});

test('the socket stands where the example configuration has the API', () => {
    const [, address] = /^ListenStream=(.*)$/m.exec(unit('viz-api.socket'));
    const [, bind] = /^VIZ_API_BIND=(.*)$/m.exec(unit('viz-api.env'));
    assert.equal(address, bind);
});

test('every alert page, unit and rule is installed', () => {
    const rules = readFileSync(new URL('../../tools/cmake/install.cmake', import.meta.url), 'utf8');
    for (const name of [...kServices, 'viz-api.socket', 'systemd/incidents', 'viz-api.rules.yml', 'grafana/viz-api.json', 'viz-api.releases.conf'])
        assert.ok(rules.includes(name), name);
});

test('the user that the services run as is made by systemd-sysusers', () => {
    const root = temporaryFolder();
    atEnd(root.remove);
    mkdirSync(join(root.path, 'etc'));
    const file = join(root.path, 'viz-api.conf');
    cpSync(join(kUnits, 'viz-api.sysusers'), file);
    const made = spawnSync('systemd-sysusers', [`--root=${root.path}`, file], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    assert.match(readFileSync(join(root.path, 'etc/passwd'), 'utf8'), /^viz-api:.*:\/var\/lib\/viz-api:\S*nologin$/m);
    assert.ok(readdirSync(join(root.path, 'etc')).includes('group'));
});
