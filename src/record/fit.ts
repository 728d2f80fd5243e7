import type { Run } from './header';
import { DATA_BYTES } from './slot';

const LONGEST_NAME = 40;
const LONGEST_TEXT = 200;

const fits = (data: unknown): boolean => Buffer.byteLength(JSON.stringify(data)) <= DATA_BYTES;

/** As many of a list's entries as a record holds, texts shortened; the first are the ones that matter. */
export function fitList(list: readonly object[]): object[] {
  const short = list.slice(0, 10).map((entry) => shortened(entry, LONGEST_NAME));
  while (short.length > 0 && !fits(short)) short.pop();
  return short;
}

/** A run without what does not fit; the header has it all. */
export function fitRun(run: Run): Run {
  const short = fits(run) ? run : { ...run, cgroup: null };
  return fits(short) ? short : { ...short, fatal: null };
}

/** An uncaught error in few words: what it is, what it says, where, as far as a record holds them. */
export function fitError(error: unknown, origin: string): object {
  const { name, message, stack } = Object(error) as Partial<Error>;
  const at = typeof stack === 'string' ? (/^\s*at (.*)$/m.exec(stack)?.[1] ?? '') : '';
  const said = typeof message === 'string' ? message : describe(error);
  for (let most = LONGEST_TEXT; most > 0; most = Math.floor(most / 2)) {
    const words = { name: typeof name === 'string' ? name : typeof error, message: said, at, origin };
    const short = shortened(words, most);
    if (fits(short)) return short;
  }
  return { origin };
}

function describe(error: unknown): string {
  try {
    return String(error);
  } catch {
    return '';
  }
}

function shortened(entry: object, most: number): object {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      typeof value === 'string' && value.length > most ? `${value.slice(0, most - 1)}…` : value,
    ]),
  );
}
