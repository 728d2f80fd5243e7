// Hundreds of scavenges a second: with the engine's observer of collections (`--engine=<file>`), with the engine
// loaded and nothing observed (`--only-loaded` as well), with an observer of Node.js that does nothing (`--bare`), or with none.
const { PerformanceObserver } = require('node:perf_hooks');
// Prints CPU µs and how many collections there were.
const engine = process.argv.find((option) => option.startsWith('--engine='))?.slice(9);
const parts = engine ? require(engine) : null;
const window = parts && !process.argv.includes('--only-loaded') ? new parts.GcWindow() : null;
if (process.argv.includes('--bare')) new PerformanceObserver(() => {}).observe({ entryTypes: ['gc'] });
const kept = [];
let turn = 0;

function work() {
  for (let i = 0; i < 4_000; i += 1) kept[i % 500] = { i, text: `n${i}`, tags: [i, i + 1] };
  turn += 1;
  if (turn < 6_000) setImmediate(work);
  else {
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ cpu: user + system, minor: window?.take()?.minor ?? null }));
    window?.close();
  }
}

const before = process.cpuUsage();
work();
