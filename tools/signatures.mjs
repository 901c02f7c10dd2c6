#!/usr/bin/env node
// Adds the methods of contract ABIs below the given folders to components/features/signatures.txt:
//   node tools/signatures.mjs FOLDER…
// Reads JSON files that are an ABI, or contain one as "abi" or "compilerOutput.abi"; methods that
// only read state are omitted, since transactions do not call them. Existing entries of the file
// are kept.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kFile = fileURLToPath(new URL('../components/features/signatures.txt', import.meta.url));
const kLongest = 300; // methods with structs of dozens of members have no useful name

function* jsonFiles(folder) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) yield* jsonFiles(path);
        else if (entry.name.endsWith('.json')) yield path;
    }
}

const typeOf = (input) =>
    input.type.startsWith('tuple')
        ? `(${input.components.map(typeOf).join(',')})${input.type.slice('tuple'.length)}`
        : input.type;

function* signatures(path) {
    let json;
    try {
        json = JSON.parse(readFileSync(path));
    } catch {
        return; // not every .json file contains JSON
    }
    const abi = Array.isArray(json) ? json : json?.abi ?? json?.compilerOutput?.abi;
    if (!Array.isArray(abi)) return;
    for (const item of abi) {
        if (item?.type !== 'function' || item.constant === true) continue;
        if (item.stateMutability === 'view' || item.stateMutability === 'pure') continue;
        const text = `${item.name}(${(item.inputs ?? []).map(typeOf).join(',')})`;
        // Methods of libraries use their own type names and have no external ABI.
        if (text.length <= kLongest && /^[A-Za-z_$][\w$]*\([a-z0-9,()[\]]*\)$/.test(text)) yield text;
    }
}

const lines = readFileSync(kFile, 'utf8').split('\n');
const header = lines.filter((line) => line.startsWith('#'));
const known = new Set(lines.filter((line) => line && !line.startsWith('#')));
for (const folder of process.argv.slice(2))
    for (const path of jsonFiles(folder))
        for (const text of signatures(path)) known.add(text);
writeFileSync(kFile, [...header, ...[...known].sort(), ''].join('\n'));
console.log(`${known.size} signatures`);
