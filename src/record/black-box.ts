import fs from 'node:fs';
import { dirname, relative } from 'node:path';
import { kernelFiles, type Sample, type Sampler, selfSampler } from '../sample';
import { toRow } from './box-sample';
import { armFatalReport, earlierReport, type ReportPart } from './fatal-report';
import { fitError, fitList, fitRun } from './fit';
import type { Header, Run } from './header';
import type { LoopRule } from './history';
import { type LastRun, lastRunOf } from './last-run';
import { listenForTheEnd } from './last-words';
import { armSnapshot, snapshotOf } from './near-limit-snapshot';
import { type OpenBox, openBox } from './open-box';
import { Pace } from './pace';
import { namedFile, placeInside } from './place';
import { sameProcess, thisProcess } from './process-identity';
import { remember, remembered, takeNews } from './reports';
import { type Entry, makeRing, openRing, RingWriter } from './ring-file';
import type { Kind } from './slot';
import { describeRun, killCounts, stamp, surroundings } from './surroundings';

/** Who holds memory and messages, the heaviest first; null where nothing weighs or counts them. */
export interface Heaviest {
  nodes: readonly object[] | null;
  held: readonly object[] | null;
}

export interface BlackBoxOptions extends LoopRule {
  /** The folder that the file must lie in. */
  folder: string;
  /** Its path in there. */
  file: string;
  sizeBytes: number;
  /** ms between records; near the limit they come up to four times as often. */
  intervalMs: number;
  /** How much of the last run's samples is told, in ms. */
  tellMs: number;
  /** ms between two looks at whether the file is still there and ours, and at who is heaviest. Default a minute. */
  checkMs?: number;
  /** Heap snapshots near the limit that may lie on the disk; 0: none is made. */
  snapshots: number;
  heaviest(): Heaviest;
  /** Told of each sample taken. */
  onSample(sample: Sample): void;
  /** Something is wrong, and recording goes on or tries to. Each trouble is told once. */
  onTrouble(message: string): void;
  /** Gives up opening while it waits whether another process goes on writing. */
  signal?: AbortSignal;
  /** The file was lost to another process: nothing is recorded any more. */
  onLost(error: Error): void;
}

/** Files that this process records, by real path. */
const boxes = new Map<string, BlackBox>();
const opening = new Set<string>();
const MINUTE_MS = 60_000;

/** Records where memory stands into a ring file, and tells how the run before this one ended. */
export class BlackBox {
  /** Null at the very first start. */
  readonly lastRun: LastRun | null;
  /** Things a person should know of how the file was found. */
  readonly notes: readonly string[];
  readonly #options: BlackBoxOptions;
  readonly #path: string;
  readonly #files = kernelFiles();
  readonly #sampler: Sampler = selfSampler();
  readonly #pace: Pace;
  readonly #run: Run;
  readonly #fatal: ReportPart | null;
  readonly #quiet: () => void;
  #writer: RingWriter;
  #timer: NodeJS.Timeout | null = null;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #waiting: Entry[] = [];
  #troubles = new Set<string>();
  #left = false;
  #lost = false;
  #released = false;

  /**
   * Opens the file, made new where there is none, and begins to record. Each process counts as one run, however often
   * its node is deployed.
   * @throws Error that names the file and the reason: not ours, written by a living process, no room, no right
   */
  static async open(options: BlackBoxOptions): Promise<BlackBox> {
    const path = placeInside(options.folder, options.file);
    await boxes.get(path)?.release();
    if (boxes.has(path) || opening.has(path)) {
      throw new Error(`file: ${path} is recorded by another node already, expected a file of its own`);
    }
    opening.add(path);
    try {
      const self = thisProcess();
      const opened = await openBox({
        folder: options.folder,
        path,
        sizeBytes: options.sizeBytes,
        self,
        signal: options.signal,
      });
      return new BlackBox(options, path, opened);
    } catch (error) {
      throw namedFile(error);
    } finally {
      opening.delete(path);
    }
  }

  private constructor(
    options: BlackBoxOptions,
    path: string,
    { fd, found, header, continues, notes }: OpenBox,
  ) {
    this.#options = options;
    this.#path = path;
    this.#pace = new Pace(options.intervalMs);
    this.#writer = new RingWriter(fd, header, (found.records.at(-1)?.seq ?? -1) + 1);
    const self = thisProcess();
    const around = surroundings(this.#files, self, earlierReport(path, found.header?.run?.fatal ?? null));
    const known = remembered(path);
    this.lastRun = continues
      ? known
      : lastRunOf(found, around, { ...options, now: Date.now(), snapshotOf: (pid) => snapshotOf(pid) });
    this.notes = notes;
    this.#fatal = armFatalReport(`${path}.fatal`);
    const number = continues ? (header.run?.run ?? 0) : (this.lastRun?.run ?? 0) + 1;
    const fatal = this.#fatal && relative(dirname(path), this.#fatal.path);
    this.#run = describeRun(this.#files, self, number, options.intervalMs, fatal);
    this.#begin(continues);
    boxes.set(path, this);
    this.#quiet = listenForTheEnd({
      crash: (error, origin) => {
        this.#lastWord('crash', () => fitError(error, origin));
        setImmediate(() => this.#lastWord('alive', () => null)); // runs only where somebody has caught it after all
      },
      exit: (code) => {
        this.#lastWord('end', () => ({ code }));
        this.#fatal?.release(true);
      },
    });
    this.#schedule(Math.min(options.intervalMs, FIRST_MS));
  }

  /** Takes the file for this run, and writes down what is known of the one before. */
  #begin(continues: boolean): void {
    const { lastRun } = this;
    const change: Partial<Header> = { run: this.#run };
    if (!continues) remember(this.#path, lastRun);
    if (!continues && lastRun) {
      const { uptimeSeconds, downSeconds, cause, safeStart } = lastRun;
      change.past = [...this.#writer.header.past, [uptimeSeconds, downSeconds, cause]];
      change.loopReported = safeStart;
    }
    this.#writer.writeHeader(change);
    this.#writer.writeNow(this.#entry('start', fitRun(this.#run)));
  }

  /** Whether the last run is news: true once in each process, however often its node is deployed. */
  takeNews(): boolean {
    return takeNews(this.#path);
  }

  /**
   * Stops recording. The end of this process is still marked until `release`: a shutdown stops the nodes first. `removed`:
   * nothing will be recorded any more.
   */
  async stop(removed: boolean): Promise<void> {
    if (this.#left) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#waiting = [];
    this.#lastWord('pause', () => ({ removed }));
    this.#left = true;
    this.#sampler.close();
    this.#files.close();
    if (removed) await this.release();
  }

  /** Lets go of the file, once stopped: no successor has come. */
  async release(): Promise<void> {
    if (!this.#left || this.#released) return;
    this.#released = true;
    this.#quiet();
    this.#fatal?.release(!this.#lost);
    if (boxes.get(this.#path) === this) boxes.delete(this.#path);
    await this.#writer.close();
  }

  #schedule(ms: number): void {
    if (this.#left) return;
    this.#timer = setTimeout(() => this.#record(), ms).unref();
  }

  #record(): void {
    let percent: number | null = null;
    try {
      const due = performance.now() - this.#checkedAt >= (this.#options.checkMs ?? MINUTE_MS);
      if (due && !this.#stillOurs()) return;
      const sample = this.#sampler.sample();
      percent = sample.headroom?.percent ?? null;
      this.#waiting = [this.#entry('sample', toRow(sample, killCounts(this.#files)))];
      if (due) this.#addHeaviest();
      this.#writeNext();
      const refused = armSnapshot(sample, this.#options.snapshots);
      if (refused) this.#trouble(refused.reason, refused.lacks);
      this.#options.onSample(sample);
    } catch (error) {
      this.#trouble((error as Error).message);
    }
    this.#schedule(this.#pace.next(percent));
  }

  #addHeaviest(): void {
    const { nodes, held } = this.#options.heaviest();
    if (nodes) this.#waiting.push(this.#entry('nodes', fitList(nodes)));
    if (held) this.#waiting.push(this.#entry('held', fitList(held)));
  }

  /** One after another; what is left when the next sample comes is dropped. */
  #writeNext(): void {
    const entry = this.#waiting[0];
    if (!entry) return;
    const taken = this.#writer.write(entry, (error) => {
      if (error) this.#trouble(`file: ${error.message}`);
      else {
        for (const told of this.#troubles) if (told.startsWith('file:')) this.#troubles.delete(told);
        this.#writeNext();
      }
    });
    if (taken) this.#waiting.shift();
    else this.#trouble('file: the disk is slow, and records are left out');
  }

  /** Whether this process still owns the file; a file that was removed or damaged meanwhile is made anew. */
  #stillOurs(): boolean {
    this.#checkedAt = performance.now();
    if (!this.#writer.isAt(this.#path)) {
      this.#trouble(`file: ${this.#path} was removed or replaced while it was written, and is made anew`);
      void this.#replace();
      return false;
    }
    const there = this.#writer.readHeader();
    if (there?.run && !sameProcess(there.run, this.#run)) {
      this.#lose(
        `file: ${this.#path} was taken over by process ${there.run.pid}, expected a file of its own`,
      );
      return false;
    }
    if (!there) this.#writer.writeHeader({});
    return true;
  }

  async #replace(): Promise<void> {
    try {
      if (fs.existsSync(this.#path))
        throw new Error(`file: ${this.#path} is another file now and is left alone`);
      const { header } = this.#writer;
      const old = this.#writer;
      await makeRing(this.#path, header, []);
      if (this.#left) return;
      this.#writer = new RingWriter(openRing(this.#path), header, 0);
      await old.close();
      this.#writer.writeNow(this.#entry('start', fitRun(this.#run)));
      this.#schedule(0);
    } catch (error) {
      this.#lose((error as Error).message);
    }
  }

  #lose(reason: string): void {
    this.#options.onLost(new Error(reason));
    if (this.#timer) clearTimeout(this.#timer);
    this.#left = true;
    this.#lost = true;
    this.#sampler.close();
    this.#files.close();
    void this.release();
  }

  #entry(kind: Kind, data: unknown): Entry {
    return { kind, data, run: this.#run.run, ...stamp() };
  }

  #lastWord(kind: Kind, data: () => unknown): void {
    try {
      this.#writer.writeNow(this.#entry(kind, data()));
    } catch {
      // Nobody is left to be told; the next start finds no last words, and says so.
    }
  }

  /** @param once - by what it is known, where its words change */
  #trouble(message: string, once = message): void {
    if (this.#troubles.has(once)) return;
    this.#troubles.add(once);
    this.#options.onTrouble(message);
  }
}

/** The first record soon after the start: a gateway in a restart loop has little time. */
const FIRST_MS = 500;
