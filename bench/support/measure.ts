import { unlessQuick } from './quick';

/** What was measured several times. From `sideBySide`: CPU time of one call in µs. */
export interface Measured {
  median: number;
  /** Least and most of the rounds. */
  spread: [number, number];
  /** In the order in which they were measured. */
  rounds: readonly number[];
}

const ROUNDS = unlessQuick(7, 2);

/** Measures calls side by side: one round of each in turn, so that what disturbs the machine disturbs all alike. */
export async function sideBySide<N extends string>(
  calls: Readonly<Record<N, () => unknown>>,
  timesPerRound: number,
): Promise<Record<N, Measured>> {
  const names = Object.keys(calls) as N[];
  const times = Math.max(1, Math.round(unlessQuick(timesPerRound, timesPerRound / 10)));
  const rounds = new Map<N, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of names) {
      const call = calls[name];
      const before = process.cpuUsage();
      for (let i = 0; i < times; i += 1) {
        const pending = call();
        if (pending instanceof Promise) await pending;
      }
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) rounds.get(name)?.push((user + system) / times); // the first round warms up
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(rounds.get(name) ?? [])])) as Record<
    N,
    Measured
  >;
}

export function summarise(rounds: readonly number[]): Measured {
  const sorted = [...rounds].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), spread: [at(0), at(sorted.length - 1)], rounds };
}

/** One measure in a unit that is so much smaller or larger. */
export function scaled({ rounds }: Measured, factor: number): Measured {
  return summarise(rounds.map((value) => value * factor));
}

/** A ratio with its spread, round by round: what disturbed one round disturbed both sides of it. */
export function over(one: Measured, other: Measured): Measured {
  return summarise(one.rounds.map((value, round) => value / (other.rounds[round] ?? Number.NaN)));
}

/** `0.82 (0.79 to 0.91)`: the median, and least to most. */
export function told(measured: Measured, write: (value: number) => string = figure): string {
  const { median, spread, rounds } = measured;
  return rounds.length > 1 ? `${write(median)} (${spread.map(write).join(' to ')})` : write(median);
}

export function figure(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** `12 % (9 % to 15 %)`: how much more a ratio is than one. */
export function moreThanOne(ratio: Measured): string {
  return told(ratio, (value) => `${((value - 1) * 100).toFixed(1)} %`);
}
