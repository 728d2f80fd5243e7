/** The sections of `bench/results.md` by the name of their bench. */
export function sectionsOf(results: string): Map<string, string> {
  const parts = results.split(/^## (.+)$/m).slice(1);
  return new Map(parts.flatMap((part, at) => (at % 2 === 0 ? [[part, (parts[at + 1] ?? '').trim()]] : [])));
}
