/** CPU time of one call in µs: median over rounds, each long enough to be told from noise. */
export interface Measured {
  median: number;
  /** Least and most of the rounds. */
  spread: [number, number];
}

const ROUNDS = 7;

/** Measures calls side by side: one round of each in turn, so that what disturbs the machine disturbs all alike. */
export async function sideBySide<N extends string>(
  calls: Readonly<Record<N, () => unknown>>,
  timesPerRound: number,
): Promise<Record<N, Measured>> {
  const names = Object.keys(calls) as N[];
  const rounds = new Map<N, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of names) {
      const call = calls[name];
      const before = process.cpuUsage();
      for (let i = 0; i < timesPerRound; i += 1) {
        const pending = call();
        if (pending instanceof Promise) await pending;
      }
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) rounds.get(name)?.push((user + system) / timesPerRound); // the first round warms up
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(rounds.get(name) ?? [])])) as Record<
    N,
    Measured
  >;
}

export function summarise(values: readonly number[]): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), spread: [at(0), at(sorted.length - 1)] };
}

export function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
