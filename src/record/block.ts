import { crc32 } from '../storage';

const NEWLINE = 10;
const SPACE = 32;
const CRC_DIGITS = 8;

/**
 * One checksummed line of fixed length: a word that says what it is, the CRC-32 of all behind it, JSON, spaces, and
 * a line end. Text, so that `less` and `grep` read the file on a gateway that has no other tool.
 *
 *     HRB1 5f3a9c01 {"s":1234,…}                    ⏎
 */
export function writeBlock(block: Buffer, word: string, value: object): boolean {
  const from = word.length + CRC_DIGITS + 2;
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > block.length - from - 1) return false;
  block.fill(SPACE);
  block.write(word, 0, 'latin1');
  block.write(json, from, 'utf8');
  block[block.length - 1] = NEWLINE;
  const crc = crc32(block.subarray(from - 1))
    .toString(16)
    .padStart(CRC_DIGITS, '0');
  block.write(crc, word.length + 1, 'latin1');
  return true;
}

/** The JSON of a block; undefined where the word, the checksum or the JSON is not right. */
export function readBlock(block: Buffer, word: string): unknown {
  const from = word.length + CRC_DIGITS + 2;
  if (block.length <= from || block.toString('latin1', 0, word.length) !== word) return undefined;
  const stated = block.toString('latin1', word.length + 1, from - 1);
  const crc = crc32(block.subarray(from - 1))
    .toString(16)
    .padStart(CRC_DIGITS, '0');
  if (stated !== crc || block[word.length] !== SPACE) return undefined;
  try {
    return JSON.parse(block.toString('utf8', from));
  } catch {
    return undefined;
  }
}
