// SPDX-License-Identifier: GPL-3.0-or-later
// Evaluates expressions with the reference: one JSON request a line on standard input, one JSON
// answer a line on standard output, in the same order.
//   {"expression": text, "data": JSON text or absent, "bindings": object}
//   {"result": canonical text} or {"code", "position", "token"}; code "js" is a bare JS exception.
import jsonata from 'jsonata';
import { readFileSync } from 'node:fs';

// What the reference takes for the present; Date.now() stays true for its own time limit.
const TrueDate = Date;
const present = 1790000000000;
globalThis.Date = class extends TrueDate {
    constructor(...given) {
        super(...(given.length === 0 ? [present] : given));
    }
};

const limits = { timeout: 2000, stack: 200, sequence: 200000 };

function isFunction(value) {
    return typeof value === 'function' || value._jsonata_function === true ||
        value._jsonata_lambda === true;
}

// Tells undefined from null; keys in sorted order, so that their order does not count.
function canonical(value, depth = 0) {
    if (value === undefined) return 'undefined';
    if (value === null || typeof value === 'boolean') return String(value);
    if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value);
    if (typeof value === 'string') return JSON.stringify(value);
    if (isFunction(value)) return 'function';
    if (depth > 100) return '...';
    if (Array.isArray(value))
        return '[' + Array.from(value, (item) => canonical(item, depth + 1)).join(',') + ']';
    const members = Object.keys(value).filter((key) => value[key] !== undefined).sort();
    return '{' + members.map((key) => JSON.stringify(key) + ':' + canonical(value[key], depth + 1))
        .join(',') + '}';
}

async function answer(request) {
    try {
        const compiled = jsonata(request.expression, limits);
        const data = request.data === undefined ? undefined : JSON.parse(request.data);
        const result = await compiled.evaluate(data, request.bindings);
        return { result: canonical(result) };
    } catch (error) {
        if (typeof error.code !== 'string')
            return { code: 'js', message: String(error.message) };
        return { code: error.code, position: error.position, token: error.token };
    }
}

for (const line of readFileSync(0, 'utf8').split('\n')) {
    if (line !== '')
        process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + '\n');
}
