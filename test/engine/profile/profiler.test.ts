import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ProfileRun, Profiler, ProfilerBusy, SamplerLost, SamplerTaken } from '../../../src/profile';
import { sizeOf } from '../../../src/size';
import { hooks, type LiveNode, type Msg, world } from '../ledger/flow-world';

const MB = 1_048_576;
const FINE = 32_768;
const FRAME = 262_144;
/** What V8 takes for one pile. */
const PILE_BYTES = sizeOf(pile()).bytes;

/** A pile of small objects. */
function pile(): object[] {
  return Array.from({ length: 13_000 }, (_, n) => ({ n, next: null, tags: [n] }));
}

/** Shows what it keeps to nobody. */
class Vault {
  readonly #never = new Promise(() => {});
  size = 0;

  /** What waits for a promise is in no property, field or variable. */
  keep(value: unknown): void {
    void this.#never.then(() => value);
    this.size += 1;
  }
}

/** A handler with a store of its own. */
function keeps(make: () => unknown): (msg: Msg, send: unknown, done: () => void) => void {
  const kept: unknown[] = [];
  return (_msg, _send, done) => {
    kept.push(make());
    done();
  };
}

describe('profiler', () => {
  let profiler: Profiler;
  let run: ProfileRun | null = null;

  function attach(nodes: ReadonlyMap<string, LiveNode>): void {
    profiler.attach({
      hooks,
      flows: { eachNode: (visit) => [...nodes.values()].forEach(visit), getNode: (id) => nodes.get(id) },
      stores: ['default'],
      emitters: [],
    });
  }

  function flow() {
    const { nodes, node } = world([
      {
        id: 'maker',
        name: 'makes it',
        wires: [['keeper', 'dropper']],
        input: (msg, send, done) => {
          msg.payload = pile();
          send(msg);
          done();
        },
      },
      { id: 'keeper', input: keeps(pile) },
      {
        id: 'dropper',
        input: (_msg, _send, done) => {
          pile();
          done();
        },
      },
    ]);
    attach(nodes);
    return node;
  }

  function start(options: Partial<Parameters<Profiler['start']>[0]> = {}): ProfileRun {
    run = profiler.start({
      mode: 'live',
      sampleBytes: FINE,
      durationMs: 60_000,
      by: 'a test',
      onEnd: async () => {},
      ...options,
    });
    return run;
  }

  beforeEach(() => {
    profiler = new Profiler();
  });

  afterEach(() => {
    run?.stop();
    run = null;
  });

  async function through(node: LiveNode, times: number): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      node.receive({});
      await nextTurn();
      await nextTurn();
    }
  }

  it('names the node that keeps what it makes, and not those that drop it', async () => {
    const node = flow();
    const running = start();
    await through(node('maker'), 8);
    const { report } = await running.read();
    const [first] = report.nodes;
    assert.deepEqual([first?.id, first?.flow], ['keeper', 'Flow 1']);
    assert.ok(first && Math.abs(first.bytes / (8 * PILE_BYTES) - 1) < 0.2, `${first?.bytes} bytes`);
    const others = report.nodes.slice(1).reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(others < MB, `${others} bytes of others`);
    assert.ok(report.unattributed.bytes < 2 * MB);
  });

  it('names who got the Buffers that are kept where it cannot look, and not who dropped them', async () => {
    const vault = new Vault();
    const { nodes, node } = world([
      {
        id: 'camera',
        wires: [['vault'], ['dropper']],
        input: (_msg, send, done) => {
          send([{ payload: Buffer.alloc(FRAME) }, { payload: Buffer.alloc(FRAME) }]);
          done();
        },
      },
      {
        id: 'vault',
        input: (msg, _send, done) => {
          vault.keep(msg.payload);
          done();
        },
      },
      { id: 'dropper', input: (_msg, _send, done) => done() },
    ]);
    attach(nodes);
    const running = start();
    await running.ready();
    await through(node('camera'), 16);
    const { report } = await running.read();
    const [first, ...others] = report.nodes.filter(({ externalBytes }) => externalBytes > FRAME);
    assert.deepEqual([first?.id, others], ['vault', []]);
    const { externalBytes = 0 } = first ?? {};
    assert.ok(Math.abs(externalBytes / (vault.size * FRAME) - 1) < 0.2, `${externalBytes} bytes`);
  });

  it('tells in mode allocated of everything that was made, garbage too', async () => {
    const node = flow();
    const running = start({ mode: 'allocated' });
    await through(node('maker'), 8);
    const { report } = await running.read();
    const bytes = Object.fromEntries(report.nodes.map((each) => [each.id, each.bytes]));
    assert.ok(
      (bytes.dropper ?? 0) > 5 * MB && (bytes.keeper ?? 0) > 5 * MB && (bytes.maker ?? 0) > 10 * MB,
      JSON.stringify(bytes),
    );
  });

  it('tells in mode allocated few large pieces from many small ones, and who should use a pool', async () => {
    const { nodes, node } = world([
      {
        id: 'small',
        wires: [['frames']],
        input: (msg, send, done) => {
          pile();
          send(msg);
          done();
        },
      },
      {
        id: 'frames',
        wires: [['tables']],
        input: (msg, send, done) => {
          msg.payload = Buffer.alloc(65_536);
          send(msg);
          done();
        },
      },
      {
        id: 'tables',
        input: (msg, _send, done) => {
          msg.payload = new Array(50_000).fill(0);
          done();
        },
      },
    ]);
    attach(nodes);
    const running = start({ mode: 'allocated' });
    await through(node('small'), 64);
    const { report } = await running.read();
    const of = (id: string) => report.nodes.find((each) => each.id === id);
    assert.deepEqual([of('small')?.pieces, of('small')?.poolCandidate], ['many', false]);
    assert.equal(of('tables')?.pieces, 'few');
    assert.equal(of('frames')?.poolCandidate, true);
    const { externalBytes = 0 } = of('frames') ?? {};
    assert.ok(externalBytes > 32 * 65_536 && externalBytes < 128 * 65_536, `${externalBytes} bytes`);
  });

  it('has its hooks installed only while somebody profiles', async () => {
    flow();
    assert.equal(hooks.has('onReceive.headroom-profile'), false);
    const running = start();
    const second = profiler.start({
      mode: 'live',
      sampleBytes: FINE,
      durationMs: 0,
      by: 'another',
      onEnd: async () => {},
    });
    running.stop();
    assert.equal(hooks.has('onReceive.headroom-profile'), true);
    second.stop();
    second.stop();
    assert.equal(hooks.has('onReceive.headroom-profile'), false);
    assert.equal(hooks.has('onSend.headroom-profile'), false);
    assert.equal(profiler.armed, false);
    assert.equal(await profiler.live(), null);
  });

  it('refuses a second mode, naming who profiles already', () => {
    start({ by: "memory-profile 'nightly'" });
    assert.throws(
      () =>
        profiler.start({
          mode: 'allocated',
          sampleBytes: FINE,
          durationMs: 0,
          by: 'x',
          onEnd: async () => {},
        }),
      (error) => error instanceof ProfilerBusy && error.message.includes("memory-profile 'nightly'"),
    );
  });

  it('ends by itself, and can be read a last time', async () => {
    let report: unknown;
    const ended = new Promise<void>((resolve) => {
      const running: ProfileRun = start({
        durationMs: 10,
        onEnd: async () => {
          report = (await running.read()).report;
          resolve();
        },
      });
    });
    // The profile's own timer keeps no process alive.
    const keepAlive = setInterval(() => {}, 1000);
    await ended;
    clearInterval(keepAlive);
    await nextTurn();
    assert.ok(report);
    assert.equal(run?.running, false);
    assert.equal(profiler.armed, false);
  });

  describe('beside another tool', () => {
    let other: Session;
    beforeEach(() => {
      other = new Session();
      other.connect();
    });
    afterEach(() => {
      other.post('HeapProfiler.stopSampling');
      other.disconnect();
    });

    it('leaves the sampler to whom it belongs', () => {
      other.post('HeapProfiler.startSampling', { samplingInterval: FINE });
      assert.throws(() => start(), SamplerTaken);
      assert.equal(profiler.armed, false);
      let alive = false;
      other.post('HeapProfiler.getSamplingProfile', (error) => {
        alive = error === null;
      });
      assert.equal(alive, true);
    });

    it('notices that its sampling was stopped, and can start again', async () => {
      flow();
      const running = start();
      other.post('HeapProfiler.stopSampling');
      await assert.rejects(running.read(), SamplerLost);
      assert.equal(running.running, false);
      assert.equal(hooks.has('onReceive.headroom-profile'), false);
      start();
    });
  });
});
