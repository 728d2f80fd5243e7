/** What files and packets need, whoever writes them: a path that stays in its folder, checksums, errors in words. */
export { crc32 } from './crc32';
export { codeOf, reasonOf, refusal } from './errors';
export { isInside, resolveInside } from './inside';
