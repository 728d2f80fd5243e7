// The standard workload, in plain JavaScript so that every Node.js version runs the same: about 50 MB stay alive
// and are renewed slowly, while much more is garbage at once. A fixed amount of work, in turns of the event loop.
// Prints one line of JSON. `--knobs=<flags with commas>` are set after start; `--engine=<file> --profile=<name>
// --budget=<MB>` puts a tuner of the engine in charge;
// `--observe=<engine>` only its observer.
const v8 = require('node:v8');
const { PerformanceObserver } = require('node:perf_hooks');

const options = Object.fromEntries(
  process.argv.slice(2).map((option) => option.replace(/^--/, '').split(/=(.*)/s)),
);
const turns = Number(options.turns ?? 120);
const rows = [];
let next = 0;

function record() {
  next += 1;
  return {
    id: next,
    topic: `plant/line/${next % 97}`,
    value: next * 1.5,
    tags: [`a${next}`, `b${next % 7}`],
  };
}

let minor = 0;
let major = 0;
let gcMs = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.detail.kind === 4) major += 1;
    if (entry.detail.kind === 1) minor += 1;
    gcMs += entry.duration;
  }
});
observer.observe({ entryTypes: ['gc'] });

for (let i = 0; i < 200_000; i += 1) rows.push(record());

let turn = 0;
let sum = 0;
let peak = 0;
let cpu = process.cpuUsage();
let governor = null;

function work() {
  const garbage = [];
  for (let i = 0; i < 20_000; i += 1) garbage.push(record());
  // Some of what looked like garbage stays, and something old goes: the live set keeps its size.
  for (let i = 0; i < 1_500; i += 1) rows[(turn * 7919 + i * 131) % rows.length] = garbage[i * 13];
  const rss = process.memoryUsage.rss();
  sum += rss;
  peak = Math.max(peak, rss);
  turn += 1;
  if (turn < turns) setImmediate(work);
  else finish();
}

function finish() {
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({
      meanRss: sum / turns,
      peakRss: peak,
      cpuMs: (user + system) / 1000,
      gcMs,
      minor,
      major,
      forcedPercent: governor?.tuning.governor?.forcedPercent ?? 0,
    }),
  );
  governor?.close();
  observer.disconnect();
}

function begin() {
  if (options.knobs) for (const flag of options.knobs.split(',')) v8.setFlagsFromString(flag);
  if (options.engine) {
    const { Tuner } = require(options.engine);
    governor = new Tuner({ profile: options.profile, budgetBytes: Number(options.budget ?? 0) * 1_048_576 });
  }
  setTimeout(() => {
    minor = 0;
    major = 0;
    gcMs = 0;
    cpu = process.cpuUsage();
    work();
  }, 300);
}

// Every run starts from the same heap: one full collection that also shrinks new space.
const { Session } = require('node:inspector');
const session = new Session();
session.connect();
session.post('HeapProfiler.collectGarbage', () =>
  setImmediate(() => {
    session.disconnect();
    begin();
  }),
);
