/**
 * What a node of V8's graph is called: objects by their constructor, all else by its kind. The text of a string, a
 * regular expression or a symbol is a value, and values are never told.
 */
const KINDS: Record<string, string> = {
  hidden: '(system)',
  array: '(array)',
  string: '(string)',
  'concatenated string': '(string)',
  'sliced string': '(string)',
  code: '(compiled code)',
  closure: '(closure)',
  regexp: '(regexp)',
  number: '(number)',
  synthetic: '(roots)',
  symbol: '(symbol)',
  bigint: '(bigint)',
  'object shape': '(object shape)',
};

/** Null where the node's own name is its type's: objects, and what lies outside V8's heap. */
export function kindName(nodeType: string): string | null {
  return KINDS[nodeType] ?? null;
}

const LONGEST_NAME = 120;

export function shortName(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

/** Node-RED's debug sidebar takes whatever has the type `Buffer` for one, and fails on what is none. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([['Buffer', 'Buffer (Uint8Array)']]);

/** What an object's type is called here; the name it goes by here stays the same. */
export function typeName(name: string): string {
  return OTHER_NAMES.get(name) ?? shortName(name);
}
