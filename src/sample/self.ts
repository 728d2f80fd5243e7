import v8 from 'node:v8';
import { poolStatistics } from '../buffer';
import { GcWindow } from '../gc/observe';
import { containerReader } from './container';
import { kernelFiles } from './files';
import { headroomOf } from './headroom';
import { heapLimit } from './heap-limit';
import { readPressure } from './pressure';
import { type HeapSpace, PART_DEFAULTS, type Sample, type SamplePart, type Sampler } from './sample';
import { NO_SHARES, readShares } from './shares';
import { hostCalls, readSystem, type SystemCalls } from './system';

export interface SelfSamplerOptions {
  include?: readonly SamplePart[];
  /** Watch collections between samples, for `gc` and `liveHeap`. Default true. */
  observe?: boolean;
  /** The kernel's files; those of this machine by default. */
  files?: ReturnType<typeof kernelFiles>;
  /** What Node.js knows of the machine. */
  calls?: SystemCalls;
}

/**
 * Samples the process it runs in. Container and system are always read, because headroom needs them;
 * `include` says what of it is told.
 */
export function selfSampler(options: SelfSamplerOptions = {}): Sampler {
  const { include = PART_DEFAULTS, observe = true, files = kernelFiles(), calls = hostCalls } = options;
  const asked = new Set(include);
  const collections = new GcWindow({ passive: !observe });
  const containerOfSelf = containerReader(files);

  function when<T>(part: SamplePart, read: () => T): T | null {
    return asked.has(part) ? read() : null;
  }

  return {
    sample(): Sample {
      const memory = process.memoryUsage();
      const limit = heapLimit();
      const container = containerOfSelf.read();
      const system = readSystem(files, calls);
      const gc = collections.take();
      const { liveHeap } = collections;
      const heap = limit === null ? null : { limit, live: liveHeap ?? memory.heapUsed };
      return {
        time: Date.now(),
        pid: process.pid,
        uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
        ...memory,
        heapLimit: limit,
        liveHeap,
        ...(when('pss', () => readShares(files)) ?? NO_SHARES),
        gc,
        spaces: when('spaces', heapSpaces),
        container: when('container', () => container),
        system: when('system', () => system),
        pressure: when('pressure', () => readPressure(files)),
        headroom: headroomOf({ heap, container, system }),
        pools: when('pools', poolStatistics),
      };
    },
    close() {
      collections.close();
      files.close();
    },
  };
}

function heapSpaces(): HeapSpace[] {
  return v8.getHeapSpaceStatistics().map((space) => ({
    name: space.space_name,
    size: space.space_size,
    used: space.space_used_size,
    available: space.space_available_size,
    physical: space.physical_space_size,
  }));
}
