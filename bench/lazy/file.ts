/** A file of lines of 200 to 1,800 bytes, 1,000 on average, whose lines are all alike in nothing but their length. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LinesFile {
  path: string;
  lines: number;
  bytes: number;
  remove(): void;
}

export function makeLines(bytes: number): LinesFile {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-lazy-'));
  const path = join(folder, 'lines.log');
  const block: string[] = [];
  for (let i = 0; i < 1_024; i += 1) {
    const head = `2026-01-01T00:00:00.000Z device-${i} `;
    block.push(head.padEnd(200 + ((i * 571) % 1_601), 'abcdefghij klmnop '));
  }
  const text = Buffer.from(`${block.join('\n')}\n`);
  const file = openSync(path, 'w');
  let written = 0;
  let lines = 0;
  while (written < bytes) {
    written += writeSync(file, text);
    lines += block.length;
  }
  closeSync(file);
  return { path, lines, bytes: written, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
