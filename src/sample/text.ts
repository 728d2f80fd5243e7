/**
 * The number behind a key at the start of a line: `inactive_file 4096`, `MemAvailable:   812 kB`.
 * Numbers in kB come back as bytes. Null where the key is missing or no plain number follows.
 */
export function numberAfter(text: string, key: string): number | null {
  let at = text.indexOf(key);
  while (at > 0 && text.charCodeAt(at - 1) !== NEWLINE) at = text.indexOf(key, at + 1);
  if (at < 0) return null;
  const lineEnd = text.indexOf('\n', at);
  const rest = text.slice(at + key.length, lineEnd < 0 ? text.length : lineEnd);
  const match = /^:?\s+(\d+)(\s*kB)?\s*$/.exec(rest);
  return match ? Number(match[1]) * (match[2] ? 1024 : 1) : null;
}

/** A file that holds one number; null for `max`, for an empty or a broken one. */
export function plainNumber(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/.test(trimmed) ? Number(trimmed) : null;
}

const NEWLINE = 10;
