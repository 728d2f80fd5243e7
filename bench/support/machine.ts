import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { join } from 'node:path';

/** Where, with what and when something was measured; and how long that took. */
export function machineLine(seconds?: number): string {
  const cpus = os.cpus();
  const parts = [
    `${cpus.length} × ${cpus[0]?.model.trim() ?? os.arch()}`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `${os.type()} ${os.release()}`,
    `Node.js ${process.version}`,
    `V8 ${process.versions.v8}`,
    new Date().toISOString().slice(0, 10),
    ...commit(),
    ...(seconds === undefined ? [] : [`took ${seconds.toFixed(0)} s`]),
  ];
  return `*${parts.join(', ')}*`;
}

/** What was measured; in a tree that is not a commit, what it stands on. Nothing where git is not there. */
function commit(): string[] {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: join(__dirname, '..', '..'), encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const changed =
      git('status', '--porcelain', '--', 'src', 'nodes', 'tools', 'package.json', '*.ts') !== '';
    return [`commit ${git('rev-parse', '--short', 'HEAD')}${changed ? ' and changes' : ''}`];
  } catch {
    return [];
  }
}
