import { type Field, Invalid } from '../../src/config';

/** Names that metrics have themselves: a label for all series must not hide one of these. */
export const TAKEN = [
  'flow',
  'key',
  'kind',
  'le',
  'limit',
  'node',
  'node_id',
  'nodejs_eventloop_state',
  'pool',
  'pool_id',
  'type',
  'v8js_gc_type',
  'v8js_heap_space_name',
  'v8js_resource_type',
  'watch',
  'watch_id',
] as const;

const NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/;
const MOST = 20;
const LONGEST = 200;

/**
 * Labels for every series: an object of names and texts. A form shows and takes one `name=value` a line; a value in
 * double quotes is read as JSON, so that it can hold a line break.
 */
export function labels(): Field<Readonly<Record<string, string>>> {
  return {
    default: {},
    expected: `at most ${MOST} labels, one name=value a line`,
    format: (value) =>
      Object.entries(value)
        .map(([name, text]) => `${name}=${/[\n"]/.test(text) ? JSON.stringify(text) : text}`)
        .join('\n'),
    parse(raw) {
      const pairs = pairsOf(raw);
      if (!pairs || pairs.length > MOST) return new Invalid();
      for (const [name, value] of pairs) {
        const expected = insteadOf(name, value);
        if (expected) return new Invalid(expected);
      }
      const names = pairs.map(([name]) => name);
      const twice = names.find((name, at) => names.indexOf(name) !== at);
      return twice ? new Invalid(`each name once, ${twice} is there twice`) : Object.fromEntries(pairs);
    },
  };
}

/** What would be right instead of this label; null when it is right. */
function insteadOf(name: string, value: string): string | null {
  if (!NAME.test(name)) return `a name of letters, digits and _ instead of ${name.slice(0, 40)}`;
  if ((TAKEN as readonly string[]).includes(name))
    return `another name than ${name}, which metrics have themselves`;
  return value.length > LONGEST ? `at most ${LONGEST} characters for ${name}` : null;
}

function pairsOf(raw: unknown): [string, string][] | null {
  if (raw === undefined || raw === null) return [];
  if (typeof raw === 'string') return pairsInLines(raw);
  if (typeof raw !== 'object' || Array.isArray(raw)) return null;
  const entries = Object.entries(raw);
  const plain = entries.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return plain ? entries.map(([name, value]) => [name, String(value)]) : null;
}

function pairsInLines(text: string): [string, string][] | null {
  const pairs: [string, string][] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const at = line.indexOf('=');
    if (at < 0) return null;
    const value = unquoted(line.slice(at + 1).trim());
    if (value === null) return null;
    pairs.push([line.slice(0, at).trim(), value]);
  }
  return pairs;
}

function unquoted(text: string): string | null {
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
