import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sizeOf } from '../../../src/size';
import { KINDS } from './kinds';

/** Run in a process of its own: prints what one copy of the named kind takes by the heap, and by `sizeOf`. */
const kind = KINDS.find(({ name }) => name === process.argv[2]);
if (!kind) throw new Error(`no kind of message is named ${process.argv[2]}`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function used(): number {
  for (let i = 0; i < 4; i += 1) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

// On the global object, or the optimizing compiler finds that nobody reads the copies and lets them go early.
const copies: unknown[] = new Array(kind.copies).fill(null);
for (let i = 0; i < 1000; i += 1) copies[i] = kind.make(i);
copies.fill(null);
Object.assign(globalThis, { copies });
const before = used();
for (let i = 0; i < kind.copies; i += 1) copies[i] = kind.make(i);
const truth = (used() - before) / kind.copies;
const estimate = sizeOf(copies[kind.copies - 1]);
process.stdout.write(JSON.stringify({ truth, ...estimate }));
