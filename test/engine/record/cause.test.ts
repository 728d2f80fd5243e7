import assert from 'node:assert/strict';
import { type BoxSample, fromRow } from '../../../src/record/box-sample';
import { type Cause, type EndedRun, judge, type Surroundings } from '../../../src/record/cause';
import { parseKernelLog } from '../../../src/record/kernel-log';

const last: BoxSample = { ...fromRow(0, 600, []), cgroupKills: 0, machineKills: 4, cgroupProcesses: 1 };
const CGROUP = { folder: '/sys/fs/cgroup/box', inode: 42 };

const ended: EndedRun = {
  ...{ pid: 812, boot: 'a', machinePids: true, cgroup: CGROUP, fatalArmed: true, last },
  ...{
    firstMachineUptime: 1_000,
    lastMachineUptime: 1_600,
    words: { crash: null, exitCode: null, paused: null },
  },
};
const around: Surroundings = {
  ...{ boot: 'a', machineUptime: 1_700, fatal: null, machineKills: 4 },
  cgroupKills: () => 0,
  kernelLog: () => null,
};
const silentWords = ended.words;
const killed = (pid: number, at: number): string =>
  `6,339,${at * 1e6},-;Memory cgroup out of memory: Killed process ${pid} (node-red) total-vm:1kB`;
const logOf = (...lines: string[]) => ({
  kernelLog: () => parseKernelLog(['6,1,10000000,-;Linux version', ...lines]),
});
const report = {
  pid: 812,
  time: 1,
  event: 'Allocation failed - JavaScript heap out of memory',
  trigger: 'OOMError',
};
const crash = {
  name: 'TypeError',
  message: 'x is not a function',
  origin: 'uncaughtException',
  at: 'flow.js:1',
};

const CASES: [string, Partial<EndedRun>, Partial<Surroundings>, Cause, (Cause | null)?][] = [
  ['a marked end', { words: { ...silentWords, exitCode: 0 } }, {}, 'clean'],
  [
    'a marked end though flows were stopped first',
    { words: { crash: null, exitCode: 0, paused: 'stopped' } },
    {},
    'clean',
  ],
  ['an error code', { words: { ...silentWords, exitCode: 3 } }, {}, 'exit'],
  ['an uncaught exception', { words: { ...silentWords, crash, exitCode: 1 } }, {}, 'crash'],
  ['an uncaught exception, then a power cut', { words: { ...silentWords, crash } }, { boot: 'b' }, 'crash'],
  ['an exhausted heap', {}, { fatal: report }, 'heap-limit'],
  ['an exhausted heap, then a reboot', {}, { fatal: report, boot: 'b' }, 'heap-limit'],
  [
    'a fatal error that is none of memory',
    {},
    { fatal: { ...report, trigger: 'FatalError', event: 'v8::ToLocal' } },
    'crash',
  ],
  ["another process's report", {}, { fatal: { ...report, pid: 813 } }, 'unknown'],
  ["a kill in the kernel's log", {}, logOf(killed(812, 1_650)), 'oom-kill'],
  ['a kill of an earlier process of its pid', {}, logOf(killed(812, 500)), 'unknown', null],
  [
    'a kill of another by the log, and a count in the cgroup',
    {},
    { ...logOf(killed(99, 1_650)), cgroupKills: () => 1 },
    'unknown',
    null,
  ],
  [
    'a log that may show pids of another namespace',
    { machinePids: false },
    logOf(killed(812, 1_650)),
    'unknown',
    null,
  ],
  ['a count in its cgroup, where it was alone', {}, { cgroupKills: () => 1, machineKills: 5 }, 'oom-kill'],
  [
    'a count in its cgroup, where others were',
    { last: { ...last, cgroupProcesses: 2 } },
    { cgroupKills: () => 1 },
    'unknown',
    'oom-kill',
  ],
  [
    'a cgroup made anew, a kill on the machine, plenty left',
    { last: { ...last, headroomPercent: 40 } },
    { cgroupKills: () => null, machineKills: 5 },
    'unknown',
    null,
  ],
  [
    'a cgroup made anew, a kill on the machine, little left',
    { last: { ...last, headroomPercent: 2 } },
    { cgroupKills: () => null, machineKills: 5 },
    'unknown',
    'oom-kill',
  ],
  ['another boot', {}, { boot: 'b', machineUptime: 90_000 }, 'reboot'],
  [
    'another boot with kills since',
    {},
    { boot: 'b', cgroupKills: () => 3, machineKills: 9, ...logOf(killed(812, 1_650)) },
    'reboot',
  ],
  ['a lower uptime where there are no boot ids', { boot: null }, { boot: null, machineUptime: 60 }, 'reboot'],
  ['a higher uptime where there are no boot ids', { boot: null }, { boot: null }, 'unknown'],
  ['nothing at all', {}, {}, 'unknown', null],
  [
    'nothing, with a nearly full heap and the report armed',
    { last: { ...last, headroomPercent: 1, nearest: 'heap' } },
    {},
    'unknown',
    null,
  ],
  [
    'nothing, with a nearly full heap and no report possible',
    { fatalArmed: false, last: { ...last, headroomPercent: 1, nearest: 'heap' } },
    {},
    'unknown',
    'heap-limit',
  ],
  ['a stop without an end', { words: { ...silentWords, paused: 'stopped' } }, {}, 'unknown', null],
  [
    'no sample at all',
    { last: null, firstMachineUptime: null, lastMachineUptime: null },
    { cgroupKills: () => 1 },
    'unknown',
    null,
  ],
];

describe('the cause of an end', () => {
  for (const [what, run, now, cause, likely = null] of CASES) {
    it(`after ${what} is ${cause}${likely ? `, likely ${likely}` : ''}`, () => {
      const verdict = judge({ ...ended, ...run }, { ...around, ...now });
      assert.deepEqual([verdict.cause, verdict.likely], [cause, likely]);
      assert(verdict.evidence.length > 0 && verdict.evidence.every((line) => line.length > 10));
    });
  }

  it('never claims that the kernel killed nothing where it has killed', () => {
    const { evidence } = judge(ended, { ...around, machineKills: 6, cgroupKills: () => null });
    assert(
      evidence.some((line) => /has killed 2 on this machine/.test(line)),
      evidence.join('\n'),
    );
  });
});

describe("the kernel's log", () => {
  it('is read as /dev/kmsg hands it out, old and new wording', () => {
    const log = parseKernelLog([
      '5,0,0,-;Linux version 6.1\n SUBSYSTEM=x',
      'broken',
      killed(10, 7),
      '3,400,8000000,-;Out of memory: Killed process 11 (node) total-vm:1kB',
      '3,401,8500000,-;Memory cgroup out of memory: Killed process 12 (node), UID 0',
      '6,402,9000000,-;oom_reaper: reaped process 13 (node)',
      '4,403,9500000,-;app says: Killed process 14 (node)',
    ]);
    assert.equal(log?.from, 0);
    assert.deepEqual(
      log.kills.map(({ pid, at }) => [pid, at]),
      [
        [10, 7],
        [11, 8],
        [12, 8.5],
      ],
    );
    assert.equal(parseKernelLog(['nothing of use']), null);
  });
});
