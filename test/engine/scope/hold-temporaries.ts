/** A process that holds temporary files until it is killed, or with nothing else to do: `<folder> <count> stay|leave`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFile, temporaryFolder } from '../../../src/scope';

async function main(folder = '', count = '1', then = 'stay'): Promise<void> {
  const never = new AbortController().signal;
  for (let each = 0; each < Number(count); each += 1) {
    const kept = await temporaryFolder({ folder }).acquire(undefined, never);
    writeFileSync(join(kept.value as string, 'photo.jpg'), 'bytes');
    await temporaryFile({ folder, suffix: '.csv' }).acquire(undefined, never);
  }
  process.send?.('holding');
  if (then === 'stay') setInterval(() => {}, 1_000);
  else process.disconnect();
}

void main(...process.argv.slice(2));
