// SPDX-License-Identifier: GPL-3.0-or-later
// What bench.mjs does not measure: a steady rate (open loop), and the start with many stored events.
//   node more.mjs --targets FILE --bin DIR --modules DIR --only a,b [--rate 100] [--seconds 15]
//                 [--rounds 3] [--stored 100000] [--nice -10]
// Targets are described as for bench.mjs. `--stored 0` leaves the second part out.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const args = Object.fromEntries(process.argv.slice(2).join(' ').split('--').filter(Boolean).map(a => {
    const [name, ...value] = a.trim().split(' ');
    return [name, value.join(' ')];
}));
const number = (name, fallback) => Number(args[name] ?? fallback);
const bin = path.resolve(args.bin ?? '.');
const sinkUrl = 'http://127.0.0.1:21500';
const secret = 'whsec_bench';
const only = (args.only ?? 'tidewire').split(',');
const targets = JSON.parse(fs.readFileSync(args.targets, 'utf8')).filter(t => only.includes(t.name));
const folder = path.dirname(path.resolve(args.targets));
const niceness = number('nice', 0);
const nice = (file, rest) => niceness ? ['nice', ['-n', String(niceness), file, ...rest]] : [file, rest];
let firstId = Math.floor(Date.now() / 1000) % 1e6 * 1e5 + 5e4;

const environment = t => ({
    ...process.env, SINK_URL: sinkUrl, STRIPE_WEBHOOK_SECRET: secret, PORT: new URL(t.url).port,
    DATA: path.join(os.tmpdir(), `more-${t.name}`), MODULES: path.resolve(args.modules ?? '.', 'node_modules'), ...t.env,
});

function start(t) {
    const [file, rest] = nice('/bin/sh', ['-c', t.start]);
    return spawn(file, rest, { cwd: folder, env: environment(t), stdio: 'ignore' });
}

async function stop(child) {
    child.kill('SIGTERM');
    if (child.exitCode === null && child.signalCode === null)
        await new Promise(done => child.once('exit', done));
}

function load(t, options) {
    const [file, rest] = nice(path.join(bin, 'load'), ['--url', t.url, '--secret', secret, '--label', t.name,
        '--template', path.join(bin, 'event.template.json'), '--first', String(firstId), ...options.map(String)]);
    firstId += 3e5;
    return new Promise(resolve => {
        const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', d => { text += d; });
        child.on('close', () => { try { resolve(JSON.parse(text)); } catch { resolve(null); } });
    });
}

const sinkGet = async p => (await fetch(sinkUrl + p)).text();
const waitReady = t => load(t, ['--connections', 1, '--seconds', 0.2, '--wait-ready', 120]);
const prepare = t => spawnSync('/bin/sh', ['-c', t.prepare], { cwd: folder, env: environment(t), stdio: 'ignore' });
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const rows = new Map();
function keep(row) {
    console.log(JSON.stringify(row));
    for (const [name, value] of Object.entries(row)) {
        if (typeof value === 'number' && name !== 'round') {
            const key = `${row.kind}, ${row.target}, ${name}`;
            rows.set(key, [...(rows.get(key) ?? []), value]);
        }
    }
}

async function steady(t, round) {
    prepare(t);
    const child = start(t);
    await waitReady(t);
    await sinkGet('/__sink/set?latency_ms=50');
    await load(t, ['--connections', 64, '--rate', number('rate', 100), '--seconds', 2]);
    await sleep(1000);
    await sinkGet('/__sink/reset');
    const r = await load(t, ['--connections', 64, '--rate', number('rate', 100), '--seconds', number('seconds', 15), '--pid', child.pid]);
    await sleep(1500);
    const sink = JSON.parse(await sinkGet('/__sink/stats'));
    keep({ kind: `${number('rate', 100)}/s`, target: t.name, round, p50_ms: r.p50_ms, p99_ms: r.p99_ms,
           cpu_ms: r.processes[0].cpu_s_per_1000, refused: r.refused, calls_per_1000: Math.round(sink.calls * 1000 / r.accepted) });
    await stop(child);
}

async function stored(t, round) {
    await sinkGet('/__sink/set?latency_ms=0');
    prepare(t);
    let child = start(t);
    await waitReady(t);
    for (let events = 0; events < number('stored', 100000);)
        events += (await load(t, ['--connections', 64, '--seconds', 3])).accepted;
    await sleep(2000);
    await stop(child);
    for (let time = 0; time < 3; ++time) {
        child = start(t);
        const ready = await waitReady(t);
        keep({ kind: `start with ${number('stored', 100000)} events`, target: t.name, round, ready_s: ready.ready_s });
        await stop(child);
    }
}

const [sinkFile, sinkArgs] = nice(path.join(bin, 'sink'), ['--port', '21500', '--status', '201']);
const sink = spawn(sinkFile, sinkArgs, { stdio: 'ignore' });
await sleep(300);
try {
    for (let round = 1; round <= number('rounds', 3); ++round)
        for (const t of targets)
            await steady(t, round);
    if (number('stored', 100000) > 0)
        for (const t of targets.filter(one => !one.name.startsWith('nodered')))
            await stored(t, 1);
} finally {
    sink.kill();
}
console.log('\nmedians [min..max]');
for (const [key, list] of rows)
    console.log(`${key}: ${median(list)} [${Math.min(...list)}..${Math.max(...list)}]`);
