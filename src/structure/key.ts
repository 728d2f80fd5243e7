import { shown } from './number';

/** Keys live as long as their content: longer ones are more likely a payload than a name. */
export const LONGEST_KEY = 500;

/** The key of messages that name none. */
export const NO_KEY = '';

/**
 * The key that a message brings, as a text of its own. Undefined and null are the key `''`.
 * @param name - where it was found, for the error: `topic`
 * @throws TypeError when it is an object, a function, or longer than 500 characters
 */
export function keyOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return NO_KEY;
  if (typeof value === 'string' && value.length <= LONGEST_KEY) return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    const text = String(value);
    if (text.length <= LONGEST_KEY) return text;
  }
  const got = typeof value === 'string' ? `${shown(value)}… of ${value.length} characters` : shown(value);
  throw new TypeError(
    `key: msg.${name} is ${got}, expected a text or number of at most ${LONGEST_KEY} characters`,
  );
}

/** V8 cuts a text of its own from shorter ones; longer ones may be a window on the text they were cut from. */
const SHORTEST_CUT = 13;
const scratch = Buffer.allocUnsafeSlow(LONGEST_KEY);

/** A text that shares no memory with the one it was cut from: a key kept for long must not hold a whole payload. */
export function ownText(text: string): string {
  if (text.length < SHORTEST_CUT) return text;
  if (text.length <= LONGEST_KEY) {
    const own = scratch.toString('latin1', 0, scratch.write(text, 'latin1'));
    if (own === text) return own;
  }
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
