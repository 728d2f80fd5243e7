import { join } from 'node:path';
import { type KernelFiles, kernelFiles } from '../../src';
import type { SystemCalls } from '../../src/sample/system';

export type Machine =
  | 'pi-64'
  | 'pi-32'
  | 'container-v1'
  | 'container-v2'
  | 'kubepods-v2'
  | 'hybrid'
  | 'no-psi'
  | 'old-kernel'
  | 'malformed'
  /** macOS and Windows have neither `/proc` nor `/sys`: a folder that is not there. */
  | 'macos'
  | 'windows';

const MACHINES = join(__dirname, '..', 'fixtures', 'machines');

/** The kernel's files of one of the machines in `test/fixtures/machines`, some changed; null takes a file away. */
export function machine(name: Machine, changed: Readonly<Record<string, string | null>> = {}): KernelFiles {
  const files = kernelFiles(join(MACHINES, name));
  const text = (path: string, read: (path: string) => string | null): string | null =>
    path in changed ? (changed[path] ?? null) : read(path);
  return {
    ...files,
    read: (path) => text(path, files.read),
    reread: (path) => text(path, files.reread),
  };
}

/** What Node.js would say on a machine of this platform with 8 GiB, 1 GiB of it free. */
export function callsOf(platform: NodeJS.Platform): SystemCalls {
  return { platform, totalmem: () => 8 * 2 ** 30, freemem: () => 2 ** 30 };
}
