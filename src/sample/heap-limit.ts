import v8 from 'node:v8';

const OLD_SPACE = /^--max[-_]old[-_]space[-_]size(?:=(\d+))?$/;

/** What this process was started with cannot change any more: read once, not with every sample. */
const STARTED_WITH = oldSpaceFlag(process.execArgv, process.env.NODE_OPTIONS);

/**
 * Bytes of live heap at which V8 gives up, null where it does not tell.
 *
 * V8's own `heap_size_limit` adds three times the largest semi-space to what `--max-old-space-size` says, but what
 * stays alive must fit into the old space: with 128 MB it says 176 MB (Node.js 20, 22) or 320 MB (24), and the process
 * ends at 128. Where the flag is set, the flag counts.
 */
export function heapLimit(
  stated: number = v8.getHeapStatistics().heap_size_limit,
  execArgv = process.execArgv,
  nodeOptions = '',
): number | null {
  if (!(stated > 0)) return null;
  const oldSpace = execArgv === process.execArgv ? STARTED_WITH : oldSpaceFlag(execArgv, nodeOptions);
  return oldSpace === null ? stated : Math.min(stated, oldSpace);
}

/** The last mention wins, and 0 means "not set", as V8 reads it. */
function oldSpaceFlag(execArgv: readonly string[], nodeOptions = ''): number | null {
  const options = [...nodeOptions.split(/\s+/), ...execArgv];
  let megabytes = 0;
  options.forEach((option, index) => {
    const match = OLD_SPACE.exec(option);
    if (match) megabytes = Number(match[1] ?? options[index + 1]);
  });
  return megabytes > 0 ? megabytes * 2 ** 20 : null;
}
