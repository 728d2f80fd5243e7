/**
 * Whether V8's flags must be left alone. Under `--freeze-flags-after-init`, setting a flag does not fail: it
 * aborts the process. V8 takes `_` for `-`, and the last mention wins.
 */
export function flagsFrozen(execArgv: readonly string[] = process.execArgv): boolean {
  const options = [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...execArgv];
  let frozen = false;
  for (const option of options) {
    const name = option.replaceAll('_', '-');
    if (name === '--freeze-flags-after-init') frozen = true;
    if (name === '--no-freeze-flags-after-init') frozen = false;
  }
  return frozen;
}
