/** JSON.parse and program text share one copy of each text up to this length, in the whole process. */
export const LONGEST_SHARED_TEXT = 10;

/**
 * Short texts met lately and the walk that met them, by a hash. Shared by all walks and bounded, for a set in each
 * walk would cost more than the walk itself; a collision counts a text twice, no more.
 */
const recentTexts: string[] = new Array(256).fill('');
const recentWalks = new Uint32Array(recentTexts.length);
let walks = 0;

/** A number to tell the walks apart. */
export function nextWalk(): number {
  walks = (walks + 1) >>> 0;
  return walks;
}

/**
 * Whether a short text takes memory of its own that this walk has not counted yet. Short words (`ok`, `celsius`)
 * are vocabulary that all messages share and cost nothing more. Short texts that start or end with a digit (`s12`,
 * `21.5`) are data: each counts once.
 */
export function isNewShortText(text: string, walk: number): boolean {
  const { length } = text;
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(length - 1);
  if (!isDigit(first) && !isDigit(last)) return false;
  const slot = (first * 31 + last * 7 + length + text.charCodeAt(length >> 1)) % recentTexts.length;
  if (recentWalks[slot] === walk && recentTexts[slot] === text) return false;
  recentTexts[slot] = text;
  recentWalks[slot] = walk;
  return true;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
