import { loadSimulator } from './bundle.ts';
const sim = await loadSimulator();
const [first = '1', count = '20'] = process.argv.slice(2);
const start = Date.now();
let virtual = 0, steps = 0, bad = 0, commits = 0, runs = 0;
const points = new Set<string>();
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const o = await sim.runSeed(seed);
  virtual += o.virtualMs; steps += o.steps; commits += o.commits; runs += o.runs;
  for (const p of o.crashPoints) points.add(p);
  if (o.failure) { bad += 1; console.log(`SEED ${seed}: ${o.failure.message.split('\n')[0]}`); if (count === "1") console.log(o.failure.message, '\n' + o.failure.trace.join('\n')); }
}
console.log({ bad, s: (Date.now() - start) / 1000, hours: virtual / 3.6e6, steps, commits, runs, points: points.size });
