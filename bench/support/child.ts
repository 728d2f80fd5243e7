import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs `bench/support/<script>.ts` in a process of its own, and returns what its last line says as JSON. */
export function figuresOf<T>(
  script: string,
  args: readonly string[] = [],
  { nodeArgs = [] as readonly string[], env = {} as NodeJS.ProcessEnv } = {},
): T {
  const file = join(__dirname, `${script}.ts`);
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    [...nodeArgs, '--require', 'tsx/cjs', file, ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, ...env } },
  );
  if (status !== 0)
    throw new Error(`${script} ${args.join(' ')} (${status ?? signal}): ${stderr.slice(-2_000)}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}
