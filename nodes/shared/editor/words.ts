const CATALOG = '@headroom/node-red-memory/memory-runtime:memory-runtime';

/** A word that all forms share, in the editor's language. */
export function word(key: string, values?: Record<string, unknown>): string {
  return RED._(`${CATALOG}.${key}`, values);
}
