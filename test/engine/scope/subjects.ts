import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  budgetResource,
  fileResource,
  HeadroomBudget,
  noResource,
  permitResource,
  type Resource,
  type RoomReader,
  temporaryFile,
  temporaryFolder,
} from '../../../src/scope';

/** A resource under the contract, and how to see from outside how much of it is held. */
export interface Subject {
  resource: Resource;
  demand: unknown;
  /** What the body gets looks as promised. */
  isGood(value: unknown): boolean;
  /** How many of it are held; null where nothing is to be seen. */
  held(): number | null;
  dispose(): void;
}

export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'headroom-scope-'));
}

/** The temporary files and folders below a folder, whoever owns them. */
export function temporariesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('scope.'))
    .flatMap((name) => readdirSync(join(folder, name)))
    .filter((name) => !name.startsWith('owner'));
}

/** Room that a test decides on. */
export class FakeRoom implements RoomReader {
  free: number | null = 100;
  limit: number | null = 1_000;
  nearest: 'heap' | 'container' = 'container';
  readers = 0;
  collections = 0;

  read(): ReturnType<RoomReader['read']> {
    const { free, limit, nearest } = this;
    const headroom = free === null ? null : { bytes: free, percent: 10, nearest };
    return { headroom, limits: { heap: 2_000, container: limit, system: null } };
  }

  async collect(): Promise<void> {
    this.collections += 1;
  }

  open = (): RoomReader => {
    this.readers += 1;
    return this;
  };

  close(): void {
    this.readers -= 1;
  }
}

export const PATIENT = { maxWaitMs: 0, maxWaiting: 10_000 };

function inFolder(make: (folder: string) => Omit<Subject, 'dispose'>): () => Subject {
  return () => {
    const folder = scratch();
    return { ...make(folder), dispose: () => rmSync(folder, { recursive: true, force: true }) };
  };
}

/** Files of this process that are open below a folder; Linux tells. */
function openFiles(folder: string): number | null {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  }).length;
}

let permitNumber = 0;

export const SUBJECTS: Record<Resource['kind'], () => Subject> = {
  none: () => ({
    resource: noResource(),
    demand: undefined,
    isGood: (value) => value === undefined,
    held: () => null,
    dispose() {},
  }),
  'temp-file': inFolder((folder) => ({
    resource: temporaryFile({ folder, suffix: '.jpg' }),
    demand: undefined,
    isGood: (value) => typeof value === 'string' && value.startsWith(folder) && value.endsWith('.jpg'),
    held: () => temporariesIn(folder).length,
  })),
  'temp-folder': inFolder((folder) => ({
    resource: temporaryFolder({ folder }),
    demand: undefined,
    isGood(value) {
      writeFileSync(join(String(value), 'inside'), 'something');
      return String(value).startsWith(folder);
    },
    held: () => temporariesIn(folder).length,
  })),
  file: inFolder((folder) => ({
    resource: fileResource({ folder, access: 'append' }),
    demand: 'notes.txt',
    isGood: (value) => (value as { open: boolean }).open,
    held: () => openFiles(folder),
  })),
  permit: () => {
    permitNumber += 1;
    const name = `contract ${permitNumber}`;
    let last = 0;
    return {
      resource: permitResource({ ...PATIENT, count: 3 }),
      demand: name,
      isGood: (value) => {
        last = (value as { inUse: number }).inUse;
        return (value as { name: string }).name === name && last >= 1 && last <= 3;
      },
      held: () => null,
      dispose() {},
    };
  },
  budget: () => {
    const room = new FakeRoom();
    const budget = new HeadroomBudget(room.open);
    return {
      resource: budgetResource(PATIENT, budget),
      demand: 40,
      isGood: (value) => (value as { bytes: number }).bytes === 40 && budget.reservedBytes <= 100,
      held: () => budget.reservedBytes / 40,
      dispose() {},
    };
  },
};
