const NEWLINE = 10;
const NUMBER = /^:?\s+(\d+)(\s*kB)?\s*$/;

/**
 * The number behind a key at the start of a line: `inactive_file 4096`, `MemAvailable:   812 kB`.
 * Numbers in kB come back as bytes. Null where the key is missing or no plain number follows.
 */
export function numberAfter(text: string, key: string): number | null {
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + 1)) {
    if (at > 0 && text.charCodeAt(at - 1) !== NEWLINE) continue;
    const lineEnd = text.indexOf('\n', at);
    const match = NUMBER.exec(text.slice(at + key.length, lineEnd < 0 ? text.length : lineEnd));
    if (match) return finite(Number(match[1]) * (match[2] ? 1024 : 1));
  }
  return null;
}

/** A file that holds one number; null for `max`, for an empty or a broken one. */
export function plainNumber(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/.test(trimmed) ? finite(Number(trimmed)) : null;
}

/** Hundreds of digits are a broken file, not an endless limit. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
