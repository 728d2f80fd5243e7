/** One reader or taker of heap snapshots in a process of its own; prints its figures as JSON. */
import { statSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';
import { selfSampler } from '../../src';
import { HeapCensus } from '../../src/census/heap/heap-census';
import { histogramOf } from '../../src/census/heap/histogram';
import { sideBySide } from './measure';
import { unlessQuick } from './quick';

class Reading {
  readonly time: number;
  readonly value: number;
  readonly unit: string;
  constructor(at: number) {
    this.time = 1_700_000_000_000 + at;
    this.value = at / 3;
    this.unit = `unit ${at}`;
  }
}

const HEAP = Number(process.env.HEAP_MB ?? unlessQuick(100, 20)) * 1e6;
const kept: Reading[] = [];

function fillHeap(): void {
  while (process.memoryUsage().heapUsed < HEAP) {
    for (let i = 0; i < 10_000; i += 1) kept.push(new Reading(kept.length));
  }
}

/** The two longest gaps between turns of the event loop. */
function watchTurns(): () => [number, number] {
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    const [longest = 0, next = 0] = gaps.sort((a, b) => b - a);
    return [Math.round(longest), Math.round(next)];
  };
}

const peakRss = (): number => process.resourceUsage().maxRSS * 1024;

/** CPU µs of a sample, beside so large a heap. */
async function sampleCost(): Promise<number> {
  const sampler = selfSampler();
  const { sample } = await sideBySide({ sample: () => sampler.sample() }, 1_000);
  sampler.close();
  return sample.median;
}

async function take(what: 'types' | 'chains', folder: string): Promise<object> {
  fillHeap();
  const sampleUs = await sampleCost();
  const census = new HeapCensus({ folder, top: 20, compare: false });
  const ended = watchTurns();
  const nobody = { nodes: new Map(), scopes: new Map() };
  const taken = what === 'types' ? await census.types() : await census.retainers('Reading', () => nobody);
  if ('refused' in taken && taken.refused) throw new Error(taken.refused.reason);
  const { blockMs, readMs, fileBytes } = taken;
  const [, nextMs] = ended();
  census.close();
  return { ms: readMs, blockMs, nextMs, fileBytes, sampleUs };
}

function timed(read: () => void): object {
  const before = process.memoryUsage.rss();
  const began = performance.now();
  read();
  return { ms: Math.round(performance.now() - began), extraRss: peakRss() - before };
}

async function main([what = '', file = '', peer = '']: string[]): Promise<void> {
  let figures: object = {};
  if (what === 'types' || what === 'chains') {
    figures = await take(what, file);
  } else if (what === 'v8') {
    fillHeap();
    const began = performance.now();
    writeHeapSnapshot(file);
    figures = { blockMs: Math.round(performance.now() - began), fileBytes: statSync(file).size };
  } else if (what === 'histogram') {
    figures = timed(() => histogramOf(file));
  } else {
    const { getFullHeapFromFile } = require(peer);
    const before = process.memoryUsage.rss();
    const began = performance.now();
    await getFullHeapFromFile(file);
    figures = { ms: Math.round(performance.now() - began), extraRss: peakRss() - before };
  }
  console.log(JSON.stringify({ ...figures, peakRss: peakRss(), kept: kept.length }));
  process.exit();
}

main(process.argv.slice(2));
