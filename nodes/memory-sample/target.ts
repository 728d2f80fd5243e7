import { ConfigError, otherSampler, type Sample, type Sampler, selfSampler, type Target } from '../../src';
import { PID_EXPECTED, readPid, type SampleConfig } from './config';

/**
 * What `target` and the resolved `targetValue` mean. A value left empty in the form stands for this Node-RED where a
 * tree is meant; one that a message or the environment lacks is an error.
 */
function targetOf(
  by: Exclude<SampleConfig['target'], 'self'>,
  value: unknown,
  type: SampleConfig['targetValueType'],
): Target {
  const pid = readPid(value);
  if (by === 'pid') {
    if (pid === null) throw new ConfigError([{ field: 'targetValue', value, expected: PID_EXPECTED }]);
    return { by, pid };
  }
  const name = typeof value === 'string' ? value.trim() : '';
  if (by === 'tree') {
    if (pid !== null || name !== '') return { by, root: pid ?? name };
    if (value === '' && type === 'str') return { by, root: process.pid };
  } else if (name !== '') return { by, name };
  throw new ConfigError([
    { field: 'targetValue', value, expected: 'the name of a process, such as python3 or sensor.py' },
  ]);
}

/** One sampler at a time: the same as long as the target stays, so that it knows what came and went. */
export class TargetSampler {
  #sampler: Sampler | null = null;
  #target = '';

  constructor(
    private readonly config: Pick<SampleConfig, 'target' | 'targetValueType' | 'include' | 'intervalMs'>,
  ) {}

  sample(value: unknown): Sample {
    const { target: by, targetValueType, include, intervalMs } = this.config;
    const target = by === 'self' ? null : targetOf(by, value, targetValueType);
    const key = JSON.stringify(target);
    if (!this.#sampler || key !== this.#target) {
      this.close();
      this.#sampler = target
        ? otherSampler(target, { include })
        : selfSampler({ include, observe: intervalMs > 0 });
      this.#target = key;
    }
    return this.#sampler.sample();
  }

  close(): void {
    this.#sampler?.close();
    this.#sampler = null;
  }
}
