// SPDX-License-Identifier: LGPL-2.1-or-later
// The models of bench_flow in bpmn-engine (npm), a workflow engine for JavaScript:
//
//	node --expose-gc peer_bpmn.mjs FOLDER MODELS [SECONDS [OURS]]
//
// FOLDER is where `npm install bpmn-engine` was run, MODELS what `bench_flow --models` wrote, OURS the
// output of bench_flow in the same run, for the ratios. Models are parsed before the clock runs. One
// JSON object per line; rates are per second of processor time.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, models, seconds = '2', oursFile] = process.argv.slice(2);
if (!models) {
	console.error('usage: node --expose-gc peer_bpmn.mjs FOLDER MODELS [SECONDS [OURS]]');
	process.exit(2);
}

const require = createRequire(path.resolve(folder, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const [{ Engine }, elements, moddleModule, serializer] = await Promise.all(
	['bpmn-engine', 'bpmn-elements', 'bpmn-moddle', 'moddle-context-serializer'].map(load));
const BpmnModdle = moddleModule.BpmnModdle ?? moddleModule.default;
const serialize = serializer.default?.default ?? serializer.default;
const TypeResolver = serializer.TypeResolver ?? serializer.default.TypeResolver;
const { version } = JSON.parse(fs.readFileSync(
	path.join(folder, 'node_modules/bpmn-engine/package.json'), 'utf8'));

// What we did in this run, by name.
const ours = new Map();
for (const line of oursFile ? fs.readFileSync(oursFile, 'utf8').split('\n') : [])
	if (line.startsWith('{')) {
		const figure = JSON.parse(line);
		ours.set(figure.name, figure);
	}

function print(name, figures, against) {
	const peer = { schema: 'efile.bench.v1', name: `peer-${name}`, engine: `bpmn-engine ${version}`,
		       ...figures };
	const mine = ours.get(against)?.per_cpu_second;
	if (mine && figures.per_cpu_second) {
		peer.ours_per_cpu_second = mine;
		peer.ratio = Math.round(mine / figures.per_cpu_second);
	}
	console.log(JSON.stringify(peer));
}

async function parse(model) {
	const text = fs.readFileSync(path.join(models, `${model}.bpmn`), 'utf8');
	const context = await new BpmnModdle().fromXML(text);
	return serialize(context, TypeResolver(elements));
}

// Seconds of processor time since a mark.
function spent(since) {
	const { user, system } = process.cpuUsage(since);
	return (user + system) / 1e6;
}

// Half of the time warms the compiler up.
async function rate(once) {
	const limit = Number(seconds);
	let count = 0;
	for (const begin = process.cpuUsage(); spent(begin) < limit / 2;)
		await once();
	globalThis.gc?.();
	const begin = process.cpuUsage();
	for (; spent(begin) < limit; count++)
		await once();
	return { per_cpu_second: Math.round(count / spent(begin) * 10) / 10, instances: count };
}

async function run(sourceContext) {
	const engine = new Engine({ sourceContext, variables: { x: 8 } });
	const end = engine.waitFor('end');
	await engine.execute();
	await end;
}

for (const model of ['seq10_task', 'par10', 'xor10', 'mi100_par', 'mi100_seq']) {
	const context = await parse(model);
	print(model, await rate(() => run(context)), `flow-${model}`);
}

// A task of a person: begun, its state written as JSON, read again, completed, written again.
const user = await parse('user1');

async function begin() {
	const engine = new Engine({ sourceContext: user });
	await engine.execute();
	return engine;
}

async function state(engine) {
	const text = JSON.stringify(await engine.getState());
	await engine.stop();
	return text;
}

async function roundTrip() {
	const waiting = await state(await begin());
	const engine = new Engine().recover(JSON.parse(waiting));
	const execution = await engine.resume();
	const end = engine.waitFor('end');
	execution.signal({ id: 'approve' });
	await end;
	JSON.stringify(await engine.getState());
}

print('user-task', await rate(roundTrip), 'flow-user-task-by-100');

const WAITING = 1000;
const kept = [];
globalThis.gc?.();
const before = process.memoryUsage().rss;
for (let i = 0; i < WAITING; i++)
	kept.push(await begin());
globalThis.gc?.();
print('waiting-memory', { instances: WAITING,
			  bytes_each: Math.round((process.memoryUsage().rss - before) / WAITING),
			  state_bytes: (await state(kept[0])).length });
process.exit(0);
