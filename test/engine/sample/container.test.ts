import assert from 'node:assert/strict';
import type { KernelFiles } from '../../../src';
import { containerReader } from '../../../src/sample/container';
import { machine } from '../../support/machines';

const read = (files: KernelFiles) => containerReader(files).read();

describe('the memory limit of a container', () => {
  it('is read from a v1 cgroup whose mount shows only its own branch', () => {
    assert.deepEqual(read(machine('container-v1')), {
      version: 1,
      limit: 268435456,
      used: 201326592,
      workingSet: 201326592 - 33554432,
      oomKills: 2,
    });
  });

  it('is read from a v2 cgroup in a namespace of its own', () => {
    assert.deepEqual(read(machine('container-v2')), {
      version: 2,
      limit: 536870912,
      used: 314572800,
      workingSet: 314572800 - 41943040,
      oomKills: 1,
    });
  });

  it('counts no kills where the kernel does not', () => {
    assert.deepEqual(read(machine('old-kernel')), {
      version: 1,
      limit: 134217728,
      used: 100663296,
      workingSet: 100663296 - 16777216,
      oomKills: null,
    });
  });

  it('is null where nothing limits: v1 sentinels of 32 and 64 bits, v2 without memory controller', () => {
    for (const name of ['pi-32', 'hybrid', 'no-psi', 'pi-64', 'macos', 'windows'] as const) {
      assert.equal(read(machine(name)), null, name);
    }
  });

  it('is null where v1 says the sentinel of a kernel with pages of 16 or 64 KiB', () => {
    for (const pageBytes of [16_384n, 65_536n]) {
      const sentinel = ((2n ** 63n - 1n) / pageBytes) * pageBytes;
      const files = machine('container-v1', {
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${sentinel}\n`,
        '/sys/fs/cgroup/memory/memory.stat': `hierarchical_memory_limit ${sentinel}\n`,
      });
      assert.equal(read(files), null);
    }
  });

  it('is null where v2 says max', () => {
    assert.equal(read(machine('container-v2', { '/sys/fs/cgroup/memory.max': 'max\n' })), null);
  });

  it('is null, and no error, where the files hold nonsense', () => {
    assert.equal(read(machine('malformed')), null);
  });

  it('is told without a working set to subtract from when memory.stat is broken', () => {
    for (const stat of ['', 'inactive_file', 'inactive_file -5\n', null]) {
      const container = read(machine('container-v2', { '/sys/fs/cgroup/memory.stat': stat }));
      assert.equal(container?.workingSet, 314572800);
    }
  });

  it('has a working set of 0 at least, however stale memory.stat is', () => {
    const files = machine('container-v2', { '/sys/fs/cgroup/memory.stat': 'inactive_file 999999999999\n' });
    assert.equal(read(files)?.workingSet, 0);
  });
});

describe('nested limits', () => {
  const POD =
    '/sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8d1c2f6e_4b5a_4c3d_9e8f_7a6b5c4d3e2f.slice';
  const OWN = `${POD}/cri-containerd-9b1e5c7d2f3a4b6c8d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e.scope`;

  it('are decided by the parent when the parent is tighter', () => {
    assert.deepEqual(read(machine('kubepods-v2')), {
      version: 2,
      limit: 268435456,
      used: 209715200,
      workingSet: 209715200 - 20971520,
      oomKills: 4,
    });
  });

  it('are decided by the own cgroup when that is tighter', () => {
    assert.deepEqual(read(machine('kubepods-v2', { [`${OWN}/memory.max`]: '201326592\n' })), {
      version: 2,
      limit: 201326592,
      used: 188743680,
      workingSet: 188743680 - 10485760,
      oomKills: 1,
    });
  });

  it('are decided by the parent with the larger limit when its other children have filled it', () => {
    const container = read(
      machine('kubepods-v2', {
        [`${OWN}/memory.max`]: '209715200\n',
        [`${POD}/memory.current`]: '268000000\n',
      }),
    );
    assert.equal(container?.limit, 268435456);
    assert.equal(container?.used, 268000000);
  });

  it('are decided by the first that says a limit when the own says max', () => {
    const files = machine('kubepods-v2', { [`${OWN}/memory.max`]: 'max\n', [`${POD}/memory.max`]: 'max\n' });
    assert.equal(read(files)?.limit, 32000000000);
  });

  it('above the mount of a v1 container are known by its memory.stat', () => {
    const stat = 'total_inactive_file 33554432\nhierarchical_memory_limit 251658240\n';
    for (const own of ['9223372036854771712\n', '268435456\n']) {
      const files = machine('container-v1', {
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': own,
        '/sys/fs/cgroup/memory/memory.stat': stat,
      });
      assert.equal(read(files)?.limit, 251658240);
    }
  });
});

describe('a reader of container limits', () => {
  it('sees a limit that is changed', () => {
    const changed: Record<string, string> = {};
    const reader = containerReader(machine('container-v2', changed));
    assert.equal(reader.read()?.limit, 536870912);
    changed['/sys/fs/cgroup/memory.max'] = '400000000\n';
    changed['/sys/fs/cgroup/memory.current'] = '350000000\n';
    assert.deepEqual(reader.read(), {
      version: 2,
      limit: 400000000,
      used: 350000000,
      workingSet: 350000000 - 41943040,
      oomKills: 1,
    });
  });

  it('sees a limit that is lifted at once, and one that is set within a minute', () => {
    let now = 0;
    const changed: Record<string, string> = { '/sys/fs/cgroup/memory.max': 'max\n' };
    const reader = containerReader(machine('container-v2', changed), 'self', () => now);
    assert.equal(reader.read(), null);
    changed['/sys/fs/cgroup/memory.max'] = '536870912\n';
    now += 60_000;
    assert.equal(reader.read()?.limit, 536870912);
    changed['/sys/fs/cgroup/memory.max'] = 'max\n';
    assert.equal(reader.read(), null);
  });

  it('gives a limit again after files that could not be read for a while', () => {
    const changed: Record<string, string | null> = {};
    const reader = containerReader(machine('container-v2', changed));
    assert.equal(reader.read()?.limit, 536870912);
    changed['/sys/fs/cgroup/memory.current'] = null;
    assert.equal(reader.read(), null);
    delete changed['/sys/fs/cgroup/memory.current'];
    assert.equal(reader.read()?.limit, 536870912);
  });

  it('follows a process into another cgroup within a minute', () => {
    let now = 0;
    const changed: Record<string, string> = {};
    const reader = containerReader(machine('kubepods-v2', changed), 'self', () => now);
    assert.equal(reader.read()?.limit, 268435456);
    changed['/proc/self/cgroup'] = '0::/kubepods.slice\n';
    now += 60_000;
    assert.equal(reader.read()?.limit, 32000000000);
  });
});
