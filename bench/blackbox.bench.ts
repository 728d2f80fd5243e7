/** What the black box keeps through 200 kills and in damaged files, what a record costs, and what reaches a card. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BlackBox, type LastRun } from '../src';
import { SLOTS_AT } from '../src/record/header';
import { openRing, RingWriter } from '../src/record/ring-file';
import { type BoxRecord, SLOT_BYTES } from '../src/record/slot';
import { headerOf, readRingAt, recordsOf, writeRing } from '../test/support/ring';
import { table } from '../tools/table';
import { type Card, makeCard } from './blackbox/card';
import { printAgainst } from './support/against';
import { figure, over, sideBySide, told } from './support/measure';
import { unlessQuick } from './support/quick';

const KILLS = unlessQuick(200, 6);
const AT_ONCE = 2;
const DAMAGES = 5;
const WEAR_SECONDS = unlessQuick(150, 5);
/** So long after a start nothing is written that it had to write. */
const START_MS = unlessQuick(40_000, 1_000);
const CHILD = join(__dirname, '..', 'test', 'support', 'blackbox-child.ts');

interface Killed {
  /** Records that the kernel had taken when the process was killed, as the process itself told. */
  complete: number;
  newest: number;
  gaps: number;
  damaged: number;
  cause: string;
}

/** Starts a process that records every millisecond, and kills it at a random moment. */
async function killOne(folder: string): Promise<Killed> {
  const child = spawn(process.execPath, ['-r', 'tsx/cjs', CHILD, folder, 'wait', 'announce'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
  });
  let told = '';
  const pipe = child.stdio[4] as NodeJS.ReadableStream;
  pipe.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  await once(pipe, 'data');
  await wait(Math.random() * 400);
  child.kill('SIGKILL');
  await once(child, 'close');
  // A number cut off by the kill is none.
  const complete = Number(told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1));
  const { records, damaged } = await readRingAt(join(folder, 'box.ring'));
  const run = records.at(-1)?.run;
  const seqs = records.filter((record) => record.run === run).map(({ seq }) => seq);
  const gaps = seqs.filter((seq, at) => at > 0 && seq !== (seqs[at - 1] ?? 0) + 1).length;
  const cause = await judgeOf(folder);
  return { complete, newest: records.at(-1)?.seq ?? -1, gaps, damaged, cause };
}

async function judgeOf(folder: string): Promise<string> {
  const copy = fs.mkdtempSync(join(folder, 'judge-'));
  fs.copyFileSync(join(folder, 'box.ring'), join(copy, 'box.ring'));
  // The copy lies in another folder: the header says so too, as if the folder had been moved with it.
  const { header } = await readRingAt(join(copy, 'box.ring'));
  if (!header) return 'no header';
  const writer = new RingWriter(openRing(join(copy, 'box.ring')), header, 0);
  writer.writeHeader({ owner: { ...header.owner, folder: copy } });
  await writer.close();
  const box = await openQuietly(copy);
  const { cause } = box.lastRun as LastRun;
  await box.stop(true);
  fs.rmSync(copy, { recursive: true });
  return cause;
}

function openQuietly(folder: string, intervalMs = 3_600_000): Promise<BlackBox> {
  return BlackBox.open({
    ...{ folder, file: 'box.ring', sizeBytes: 65_536, intervalMs, tellMs: 600_000, snapshots: 0 },
    ...{ loopRestarts: 3, loopWithinMs: 300_000, heaviest: () => ({ nodes: null, held: null }) },
    onSample() {},
    onTrouble() {},
    onLost() {},
  });
}

async function killTable(below: string): Promise<void> {
  const kills: Killed[] = [];
  async function some(count: number): Promise<void> {
    const folder = fs.mkdtempSync(join(below, 'kill-'));
    for (let i = 0; i < count; i += 1) kills.push(await killOne(folder));
  }
  await Promise.all(Array.from({ length: AT_ONCE }, () => some(KILLS / AT_ONCE)));
  const lost = kills.filter(({ complete, newest }) => newest < complete).length;
  const causes = new Map<string, number>();
  for (const { cause } of kills) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  console.log('kill -9 at random moments, of a process that writes a record every 1 to 2 ms:\n');
  console.log(
    table(
      ['kills', 'last complete record recovered', 'lost', 'gaps', 'damaged records', 'told as'],
      [
        [
          ...[kills.length, kills.length - lost, lost].map(String),
          ...[
            kills.reduce((sum, { gaps }) => sum + gaps, 0),
            kills.reduce((sum, { damaged }) => sum + damaged, 0),
          ].map(String),
          [...causes].map(([cause, count]) => `${cause} ${count}`).join(', '),
        ],
      ],
    ),
  );
}

/** Damages whole files in a way, and compares what comes back with what nobody touched. */
async function damageTable(folder: string): Promise<void> {
  const slots = 96;
  const path = join(folder, 'damaged.ring');
  const written = recordsOf(
    Array.from({ length: 150 }, (_, seq): ['sample', number[]] => ['sample', [0, seq]]),
  );
  await writeRing(path, headerOf(folder, slots), written);
  const whole = fs.readFileSync(path);
  const random = (most: number): number => Math.floor(Math.random() * most);
  const ways: Record<string, (file: Buffer) => Buffer> = {
    'scribbled at 1 to 5 places, up to 2 KB each': (file) => {
      for (let places = 1 + random(DAMAGES); places > 0; places -= 1) {
        const at = random(file.length);
        for (let i = random(2_048); i >= 0 && at + i < file.length; i -= 1) file[at + i] = random(256);
      }
      return file;
    },
    'cut off anywhere': (file) => file.subarray(0, random(file.length)),
    'both headers gone': (file) => file.fill(random(256), 0, SLOTS_AT),
    'a record torn at any byte': (file) => {
      const at = SLOTS_AT + random(slots) * SLOT_BYTES;
      return file.fill(0, at + random(SLOT_BYTES), at + SLOT_BYTES);
    },
  };
  const rows: string[][] = [];
  for (const [way, damage] of Object.entries(ways)) {
    let [recovered, missing, wrong] = [0, 0, 0];
    for (let i = 0; i < KILLS; i += 1) {
      const after = damage(Buffer.from(whole));
      fs.writeFileSync(path, after);
      const { records } = await readRingAt(path);
      const untouched = written.slice(-slots).filter(({ seq }) => {
        const at = SLOTS_AT + (seq % slots) * SLOT_BYTES;
        return after.subarray(at, at + SLOT_BYTES).equals(whole.subarray(at, at + SLOT_BYTES));
      });
      const known = new Map(written.map((record) => [record.seq, JSON.stringify(record.data)]));
      wrong += records.filter(
        (record: BoxRecord) => known.get(record.seq) !== JSON.stringify(record.data),
      ).length;
      recovered += records.length;
      missing += Math.max(0, untouched.length - records.length);
    }
    rows.push([way, String(KILLS), String(recovered), String(missing), String(wrong)]);
  }
  console.log('\nWhole files of 96 records, damaged:\n');
  console.log(table(['damage', 'files', 'records recovered', 'whole ones missed', 'misread'], rows));
}

async function costTable(folder: string): Promise<void> {
  const path = join(folder, 'cost.ring');
  const header = headerOf(folder, 2_000);
  await writeRing(path, header, []);
  const writer = new RingWriter(openRing(path), header, 0);
  const row = Array.from({ length: 18 }, (_, i) => 100_000_000 + i * 12_345);
  const [entry] = recordsOf([['sample', row]]) as [BoxRecord];
  const line = `${JSON.stringify(entry)}\n`;
  const log = join(folder, 'peer.log');
  const costs = await sideBySide(
    {
      'a record, as written (async)': () =>
        new Promise<void>((resolve) => writer.write(entry, () => resolve())),
      'a record, at once (sync: last words)': () => writer.writeNow(entry),
      'peer: appendFile of the same as a JSON line': () => fs.promises.appendFile(log, line),
      'peer: one small timer and nothing else': () => new Promise<void>((resolve) => setImmediate(resolve)),
    },
    500,
  );
  const block: number[] = [];
  for (let i = 0; i < 2_000; i += 1) {
    const before = performance.now();
    writer.writeNow(entry);
    block.push((performance.now() - before) * 1_000);
  }
  await writer.close();
  const peer = costs['peer: appendFile of the same as a JSON line'];
  console.log('\nCPU µs each, all threads:\n');
  console.log(
    table(
      ['write', 'µs', '÷ appendFile'],
      Object.entries(costs).map(([name, cost]) => [name, told(cost), told(over(cost, peer))]),
    ),
  );
  printAgainst({
    nodes: 'memory-blackbox',
    peer: 'appendFile of a JSON line',
    of: 'CPU of a record',
    ratio: over(costs['a record, as written (async)'], peer),
  });
  block.sort((a, b) => a - b);
  const at = (share: number): string => figure(block[Math.floor(share * (block.length - 1))] ?? 0);
  console.log(
    `\nA sync write holds the event loop up for ${at(0.5)} µs (median), ${at(0.99)} (p99), ${at(1)} (most).`,
  );
  const started = performance.now();
  const open = await openQuietly(folder);
  await open.stop(true);
  fs.rmSync(join(folder, 'box.ring'));
  console.log(`\nMaking a file of 64 KB and opening it: ${figure(performance.now() - started)} ms.`);
}

async function wear(card: Card): Promise<() => void> {
  const idleFrom = card.written();
  await wait(WEAR_SECONDS * 200);
  const idle = card.written().bytes - idleFrom.bytes;
  const box = await openQuietly(card.folder, 10_000);
  await wait(START_MS);
  const from = card.written();
  await wait(WEAR_SECONDS * 1_000);
  const to = card.written();
  await box.stop(true);
  const perDay = (count: number): number => (count * 86_400) / WEAR_SECONDS;
  return () => {
    const bytes = to.bytes - from.bytes;
    console.log(
      `\nWhat reaches an ext4 with its defaults at one record every 10 s, over ${WEAR_SECONDS} s:\n`,
    );
    console.log(
      table(
        ['', 'measured', 'a day'],
        [
          ['written by the node', '7.5 KB', `${figure(perDay(15 * 512) / 1e6)} MB`],
          [
            'reached the device, journal included',
            `${figure(bytes / 1e3)} KB`,
            `${figure(perDay(bytes) / 1e6)} MB`,
          ],
          [
            'requests to the device',
            String(to.requests - from.requests),
            figure(perDay(to.requests - from.requests)),
          ],
          ['the same, nothing recorded (30 s)', `${figure(idle / 1e3)} KB`, ''],
        ],
      ),
    );
  };
}

async function main(): Promise<void> {
  const below = fs.realpathSync(fs.mkdtempSync(join(os.tmpdir(), 'headroom-blackbox-')));
  const card = makeCard(below);
  const wearing = card ? wear(card) : null;
  await killTable(below);
  await damageTable(below);
  await costTable(below);
  (await wearing)?.();
  card?.remove();
  fs.rmSync(below, { recursive: true, force: true });
}

main();
