import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FlowNode, type NodeRed, startNodeRed } from '../../tools/node-red/start';

/**
 * What happens to a lease in each core node, measured in a real Node-RED; docs/lifetime.md has it as a table.
 * Every row has a pool of its own, so that its statistics tell of nothing else.
 */
interface Row {
  /** `returned`: reused later; `given up`: never reused, for the node may read it after done; `held`: for ever. */
  end: 'returned' | 'given up' | 'held';
  /** Nodes behind the lease; the first gets it. Wires to `check` go to the row's own check node. */
  nodes: FlowNode[];
  /** How many messages reach `check`, each with every byte right. 0: none carries the buffer on. */
  arrive: number;
  /** Leased twice, for nodes that wait for a second message. */
  twice?: boolean;
}

const BYTES = 8_192;
const SOME = { name: '', timeout: '', units: 'ms' };
const DELAY = {
  type: 'delay',
  pauseType: 'delay',
  timeoutUnits: 'milliseconds',
  rate: '1',
  nbRateUnits: '1',
  rateUnits: 'second',
  randomFirst: '1',
  randomLast: '5',
  randomUnits: 'seconds',
  drop: false,
  allowrate: false,
  outputs: 1,
};
const func = (code: string): FlowNode => ({ id: '', type: 'function', func: code, outputs: 1, libs: [] });

function rows(port: number, tcpPort: number, mqttPort: number | null, file: string): Record<string, Row> {
  const to = [['check']];
  const node = (id: string, type: string, more: object = {}): FlowNode => ({
    id,
    type,
    ...SOME,
    wires: to,
    ...more,
  });
  const rows: Record<string, Row> = {
    function: { end: 'returned', arrive: 1, nodes: [{ ...func('return msg;'), id: 'a', wires: to }] },
    'function, new message': {
      end: 'returned',
      arrive: 1,
      nodes: [{ ...func('return { payload: msg.payload };'), id: 'a', wires: to }],
    },
    'function, returns null': {
      end: 'returned',
      arrive: 0,
      nodes: [{ ...func('return null;'), id: 'a', wires: to }],
    },
    'function, throws': {
      end: 'returned',
      arrive: 0,
      nodes: [{ ...func('throw new Error("meant to");'), id: 'a', wires: to }],
    },
    'function, never done': {
      end: 'held',
      arrive: 0,
      nodes: [{ ...func('context.m = msg; if (0) node.done();'), id: 'a', wires: to }],
    },
    delay: { end: 'returned', arrive: 1, nodes: [{ ...DELAY, id: 'a', timeout: '150', wires: to }] },
    split: {
      end: 'returned',
      arrive: 4,
      nodes: [node('a', 'split', { splt: '2048', spltType: 'len' })],
    },
    'split, join': {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'split', { splt: '2048', spltType: 'len', wires: [['b']] }),
        node('b', 'join', { mode: 'auto' }),
      ],
    },
    'join, array of two': {
      end: 'returned',
      arrive: 1,
      twice: true,
      nodes: [node('a', 'join', { mode: 'custom', build: 'array', property: 'payload', count: '2' })],
    },
    'join, waits for ever': {
      end: 'held',
      arrive: 0,
      nodes: [node('a', 'join', { mode: 'custom', build: 'array', property: 'payload', count: '9' })],
    },
    batch: {
      end: 'returned',
      arrive: 2,
      twice: true,
      nodes: [node('a', 'batch', { mode: 'count', count: 2, overlap: 0, interval: 10, topics: [] })],
    },
    switch: {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'switch', {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'nnull' }],
          checkall: 'true',
          outputs: 1,
        }),
      ],
    },
    'switch, no rule fits': {
      end: 'given up',
      arrive: 0,
      nodes: [
        node('a', 'switch', {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'null' }],
          checkall: 'true',
          outputs: 1,
        }),
      ],
    },
    'filter (rbe)': {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'rbe', { func: 'rbe', inout: 'out', property: '_msgid', topi: 'topic', septopics: false }),
      ],
    },
    change: {
      end: 'returned',
      arrive: 1,
      nodes: [node('a', 'change', { rules: [{ t: 'set', p: 'topic', pt: 'msg', to: 'x', tot: 'str' }] })],
    },
    template: {
      end: 'returned',
      arrive: 0,
      nodes: [
        node('a', 'template', {
          field: 'payload',
          fieldType: 'msg',
          syntax: 'plain',
          template: 'text',
          wires: [[]],
        }),
      ],
    },
    'link out, link in': {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'link out', { mode: 'link', links: ['b'], wires: [] }),
        node('b', 'link in', { links: ['a'] }),
      ],
    },
    'link call': {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'link call', { links: ['b'], linkType: 'static', timeout: '30' }),
        node('b', 'link in', { links: [], wires: [['c']] }),
        node('c', 'link out', { mode: 'return', links: [], wires: [] }),
      ],
    },
    'link call, no answer': {
      end: 'held',
      arrive: 0,
      nodes: [
        node('a', 'link call', { links: ['b'], linkType: 'static', timeout: '30' }),
        node('b', 'link in', { links: [], wires: [[]] }),
      ],
    },
    subflow: { end: 'returned', arrive: 1, nodes: [node('a', 'subflow:passing')] },
    'catch (after a throw)': {
      end: 'returned',
      arrive: 1,
      nodes: [
        { ...func('throw new Error("meant to");'), id: 'a', wires: [[]] },
        node('b', 'catch', { scope: ['a'], uncaught: false }),
      ],
    },
    complete: {
      end: 'returned',
      arrive: 1,
      nodes: [
        { ...func('return null;'), id: 'a', wires: [[]] },
        node('b', 'complete', { scope: ['a'], uncaught: false }),
      ],
    },
    debug: {
      end: 'returned',
      arrive: 0,
      nodes: [node('a', 'debug', { active: true, tosidebar: true, wires: [] })],
    },
    trigger: {
      end: 'given up',
      arrive: 2,
      nodes: [
        node('a', 'trigger', {
          op1: '',
          op1type: 'pay',
          op2: '',
          op2type: 'payl',
          duration: '150',
          extend: false,
          units: 'ms',
          outputs: 1,
        }),
      ],
    },
    file: {
      end: 'returned',
      arrive: 1,
      nodes: [
        node('a', 'file', {
          filename: file,
          filenameType: 'str',
          overwriteFile: 'true',
          createDir: false,
          appendNewline: false,
        }),
      ],
    },
    exec: {
      end: 'returned',
      arrive: 0,
      nodes: [
        node('a', 'exec', {
          command: 'echo',
          addpay: 'payload',
          append: '',
          useSpawn: 'false',
          timer: '',
          oldrc: false,
          wires: [[], [], []],
        }),
      ],
    },
    'http request': {
      end: 'returned',
      arrive: 0,
      nodes: [
        node('a', 'http request', {
          method: 'POST',
          ret: 'bin',
          url: `http://127.0.0.1:${port}/sink`,
          wires: [['b']],
        }),
        {
          ...func('if (msg.statusCode !== 200) node.error("status " + msg.statusCode); return null;'),
          id: 'b',
          wires: [[]],
        },
      ],
    },
    'tcp out': {
      end: 'given up',
      arrive: 0,
      nodes: [
        node('a', 'tcp out', {
          host: '127.0.0.1',
          port: String(tcpPort),
          beserver: 'client',
          base64: false,
          end: true,
          wires: [],
        }),
      ],
    },
    'tcp request': {
      end: 'given up',
      arrive: 0,
      nodes: [
        node('a', 'tcp request', {
          server: '127.0.0.1',
          port: String(tcpPort),
          out: 'immed',
          splitc: ' ',
          wires: [[]],
        }),
      ],
    },
    'udp out': {
      end: 'given up',
      arrive: 0,
      nodes: [
        node('a', 'udp out', {
          addr: '127.0.0.1',
          port: String(tcpPort),
          iface: '',
          ipv: 'udp4',
          outport: '',
          base64: false,
          multicast: 'false',
          wires: [],
        }),
      ],
    },
    'websocket out': {
      end: 'given up',
      arrive: 0,
      nodes: [node('a', 'websocket out', { server: 'ws', client: '', wires: [] })],
    },
    'http response': {
      end: 'given up',
      arrive: 0,
      nodes: [node('a', 'http response', { statusCode: '', headers: {}, wires: [] })],
    },
  };
  if (mqttPort !== null) {
    for (const qos of ['0', '1']) {
      rows[`mqtt out, QoS ${qos}`] = {
        end: 'returned',
        arrive: 0,
        nodes: [
          node('a', 'mqtt out', { topic: 'frames', qos, retain: 'false', broker: 'broker', wires: [] }),
        ],
      };
    }
  }
  return rows;
}

const AT = { z: 'flow', x: 100, y: 100 };
const POOL = {
  minBytes: 4096,
  maxBytes: 65536,
  capacityBytes: 1048576,
  onExhausted: 'allocate',
  maxWaitMs: 1000,
  autoReturn: true,
  leakDetection: 'full',
  zeroOnReturn: false,
};

/** pool, lease, the row's nodes under ids of their own, and the check behind them. */
function rowFlow(name: string, row: Row, index: number): FlowNode[] {
  const own = (id: string): string => `r${index}-${id}`;
  const ids = new Set([...row.nodes.map(({ id }) => id), 'check']);
  const rename = (id: unknown): unknown => (typeof id === 'string' && ids.has(id) ? own(id) : id);
  const nodes = row.nodes.map((node) => ({
    ...node,
    ...AT,
    id: own(node.id),
    wires: (node.wires as string[][]).map((wires) => wires.map(rename)),
    ...(Array.isArray(node.links) && { links: node.links.map(rename) }),
    ...(Array.isArray(node.scope) && { scope: node.scope.map(rename) }),
  }));
  return [
    { id: own('pool'), type: 'memory-pool', name, ...POOL },
    {
      id: own('lease'),
      type: 'memory-lease',
      ...AT,
      pool: own('pool'),
      mode: 'copy',
      size: '1',
      sizeType: 'num',
      property: 'payload',
      wires: [[own('a')]],
    },
    ...nodes,
    {
      ...func(
        'const all = [msg.payload].flat();' +
          `const right = all.every((each) => Buffer.isBuffer(each) && each.length > 0 && each.every((byte) => byte === 97));` +
          'return { payload: right };',
      ),
      ...AT,
      id: own('check'),
      wires: [['end']],
    },
  ] as FlowNode[];
}

interface Figures {
  name: string;
  inUse: number;
  returns: number;
  givenUp: number;
}

describe('the life of a lease in the core nodes', function () {
  this.timeout(60_000);
  const file = join(tmpdir(), `headroom-lifetime-${process.pid}`);
  const received: Buffer[] = [];
  let red: NodeRed;
  let tcp: Server;
  let mosquitto: ChildProcess | null = null;
  let table: Record<string, Row>;
  let figures: Figures[];
  let httpAnswer: Buffer;

  before(async () => {
    tcp = createServer((socket) => socket.on('data', (data) => received.push(data)));
    const tcpPort = await listen(tcp);
    const [port, mqttPort] = [await freePort(), await freePort()];
    mosquitto = await startMosquitto(mqttPort);
    table = rows(port, tcpPort, mosquitto ? mqttPort : null, file);
    const entries = Object.entries(table);
    const leases = entries.map(([name, row], index) => ({ name, row, lease: `r${index}-lease` }));
    const pressed = leases.filter(({ name }) => name !== 'http response');
    const own = (name: string): string => leases.find((each) => each.name === name)?.lease ?? '';
    red = await startNodeRed({
      port,
      observe: ['stats', ...leases.map((_each, index) => `r${index}-check`)],
      flows: [
        { id: 'flow', type: 'tab', label: 'Lifetime' },
        ...entries.flatMap(([name, row], index) => rowFlow(name, row, index)),
        { id: 'once', type: 'inject', ...AT, props: [], wires: [['fill']] },
        {
          ...func(
            `msg.headers = { 'content-type': 'application/octet-stream' }; msg.payload = Buffer.alloc(${BYTES}, 97); return msg;`,
          ),
          ...AT,
          id: 'fill',
          wires: [pressed.map(({ lease }) => lease)],
        },
        { id: 'again', type: 'inject', ...AT, props: [], wires: [['refill']] },
        {
          ...func(`msg.payload = Buffer.alloc(${BYTES}, 97); return msg;`),
          ...AT,
          id: 'refill',
          wires: [leases.filter(({ row }) => row.twice).map(({ lease }) => lease)],
        },
        {
          id: 'http',
          type: 'http in',
          ...AT,
          url: '/lease',
          method: 'get',
          upload: false,
          wires: [['fill-http']],
        },
        {
          ...func(`msg.payload = Buffer.alloc(${BYTES}, 97); return msg;`),
          ...AT,
          id: 'fill-http',
          wires: [[own('http response')]],
        },
        {
          id: 'sink',
          type: 'http in',
          ...AT,
          url: '/sink',
          method: 'post',
          upload: false,
          wires: [['answer']],
        },
        {
          ...func(
            `msg.statusCode = Buffer.isBuffer(msg.payload) && msg.payload.length === ${BYTES} && msg.payload.every((byte) => byte === 97) ? 200 : 400; return msg;`,
          ),
          ...AT,
          id: 'answer',
          wires: [['response']],
        },
        { id: 'response', type: 'http response', ...AT, statusCode: '', headers: {}, wires: [] },
        { id: 'ws', type: 'websocket-listener', path: '/ws', wholemsg: 'false' },
        {
          id: 'broker',
          type: 'mqtt-broker',
          broker: '127.0.0.1',
          port: String(mqttPort),
          clientid: '',
          autoConnect: true,
          usetls: false,
          protocolVersion: '4',
          keepalive: '60',
          cleansession: true,
        },
        {
          id: 'passing',
          type: 'subflow',
          name: 'passing',
          in: [{ wires: [{ id: 'inner' }] }],
          out: [{ wires: [{ id: 'inner', port: 0 }] }],
        },
        { id: 'inner', type: 'change', z: 'passing', rules: [], x: 1, y: 1, wires: [[]] },
        { id: 'ask', type: 'inject', ...AT, props: [], wires: [['stats']] },
        {
          ...func('return { payload: engine.poolStatistics(), fault: engine.ledger.lastFault };'),
          ...AT,
          id: 'stats',
          libs: [{ var: 'engine', module: '@headroom/node-red-memory' }],
          wires: [['end']],
        },
        { id: 'end', type: 'debug', ...AT, active: false, wires: [] },
      ],
    });
    await red.inject('once');
    await red.inject('again');
    httpAnswer = Buffer.from(await (await fetch(`${red.url}/lease`)).arrayBuffer());
    // Until the slowest row (150 ms) is through; then ask, until the figures rest.
    let last = '';
    for (let asked = 1; asked <= 40; asked += 1) {
      await pause(250);
      await red.inject('ask');
      const answer = (await red.untilMessages('stats', asked))[asked - 1] as {
        payload: Figures[];
        fault: unknown;
      };
      assert.equal(answer.fault, null);
      figures = answer.payload;
      const now = JSON.stringify(figures);
      if (now === last && asked > 4) break;
      last = now;
    }
  });

  after(async () => {
    await red?.stop();
    tcp?.close();
    mosquitto?.kill();
    rmSync(file, { force: true });
  });

  for (const name of Object.keys(rows(0, 0, 0, ''))) {
    it(`${name}: as the table says`, function () {
      const row = table[name];
      if (!row) return this.skip();
      const index = Object.keys(table).indexOf(name);
      const { inUse, returns, givenUp } = figures.find((each) => each.name === name) as Figures;
      const leases = row.twice ? 2 : 1;
      const ended = { returned: [0, leases, 0], 'given up': [0, 0, leases], held: [leases, 0, 0] }[row.end];
      assert.deepEqual([inUse, returns, givenUp], ended, 'in use, returned, given up');
      const checked = red.messages(`r${index}-check`).map(({ payload }) => payload);
      assert.deepEqual(
        checked,
        Array.from({ length: row.arrive }, () => true),
        'messages with every byte right',
      );
    });
  }

  it('brings every byte to the outside', () => {
    const whole = Buffer.alloc(BYTES, 97);
    assert.ok(httpAnswer.equals(whole), 'http response');
    assert.ok(Buffer.concat(received).equals(Buffer.concat([whole, whole])), 'tcp out and tcp request');
    assert.ok(readFileSync(file).equals(whole), 'file');
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Null where mosquitto is not installed. */
async function startMosquitto(port: number): Promise<ChildProcess | null> {
  const path = [process.env.PATH, '/usr/sbin', '/usr/local/sbin'].join(':');
  const broker = spawn('mosquitto', ['-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, PATH: path },
  });
  const failed = once(broker, 'error').then(() => true);
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const connected = once(socket, 'connect').then(
      () => 'connected',
      () => 'refused',
    );
    const outcome = await Promise.race([connected, failed.then(() => 'failed')]);
    socket.destroy();
    if (outcome === 'failed') return null;
    if (outcome === 'connected') return broker;
    await pause(50);
  }
  return null;
}
