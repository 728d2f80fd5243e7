import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ROOT } from '../../tools/node-red/cell';
import type { FlowNode } from '../../tools/node-red/start';
import { describeEditor } from '../support/describe-editor';
import type { Editor } from '../support/editor';
import { manifest } from '../support/package';

interface Form {
  /** A field, a text that it refuses, one that it takes, and what is stored for that. */
  field: string;
  bad: string;
  good: string;
  stored: number | string | string[];
  /** What to choose so that each row of the form shows, one after another: an option, true for a box to check, or a list's word. */
  reveal?: Record<string, string | true | [word: string]>[];
}

const FORMS: Record<string, Form> = {
  'memory-sample': {
    field: 'intervalMs',
    bad: 'soon',
    good: '90 s',
    stored: 90_000,
    reveal: [{ target: 'tree' }],
  },
  'memory-size': { field: 'limitBytes', bad: 'big', good: '64 KB', stored: 65_536 },
  'leak-watch': {
    field: 'limitBytes',
    bad: '96 Mega',
    good: '96 MB',
    stored: 100_663_296,
    reveal: [{ source: 'message', whenLeaking: 'queue' }],
  },
  'memory-gc': {
    field: 'minIntervalMs',
    bad: '-1 s',
    good: '5 min',
    stored: 300_000,
    reveal: [{ whenIdle: true }],
  },
  'memory-tune': { field: 'budgetBytes', bad: '1 KB', good: '1.5 GB', stored: 1_610_612_736 },
  'memory-pool': {
    field: 'capacityBytes',
    bad: '1 KB',
    good: '32 MB',
    stored: 33_554_432,
    reveal: [{ onExhausted: 'wait' }],
  },
  'memory-lease': {
    field: 'property',
    bad: 'a b',
    good: 'data.frame',
    stored: 'data.frame',
    reveal: [{ mode: 'empty' }],
  },
  'memory-profile': {
    field: 'durationMs',
    bad: 'soon',
    good: '10 min',
    stored: 600_000,
    reveal: [{ mode: 'allocated', saveFile: true }],
  },
  'memory-return': { field: 'property', bad: 'a b', good: 'data.frame', stored: 'data.frame' },
  'memory-scope': {
    field: 'timeoutMs',
    bad: 'soon',
    good: '2 min',
    stored: 120_000,
    reveal: ['file', 'permit', 'budget', 'temp-file'].map((resource) => ({ resource })),
  },
  'memory-blackbox': { field: 'sizeBytes', bad: '1 KB', good: '2 MB', stored: 2_097_152 },
  'memory-census': { field: 'top', bad: '0', good: '5', stored: 5, reveal: [{ what: ['heap'] }] },
  'memory-metrics': {
    field: 'otlpUrl',
    bad: 'collector:4318',
    good: 'http://collector:4318/v1/metrics',
    stored: 'http://collector:4318/v1/metrics',
  },
  'memory-lazy': {
    field: 'batch',
    bad: '0',
    good: '100',
    stored: 100,
    reveal: ['range', 'csv', 'chunks'].map((source) => ({ source })),
  },
  'memory-pack': { field: 'batchMs', bad: 'soon', good: '5 min', stored: 300_000 },
  'memory-ring': {
    field: 'fields',
    bad: 'a b',
    good: 'temp, room.hum',
    stored: ['temp', 'room.hum'],
  },
  'memory-tally': {
    field: 'default',
    bad: 'none',
    good: '5',
    stored: '5',
    reveal: [{ operation: 'list' }],
  },
};

const types = Object.keys(manifest['node-red'].nodes);
const CONFIG_TYPE = 'memory-pool';
const USER_OF_CONFIG = 'memory-lease';

function defaultsOf(type: string): Record<string, unknown> {
  return require(join(ROOT, 'nodes', type, 'config')).config.defaults;
}

/** One node of each type, named by its type, with its defaults as a flow file holds them. */
const flows: FlowNode[] = types.map((type, at) => {
  const node = { ...defaultsOf(type), id: type, type };
  if (type === CONFIG_TYPE) return node;
  const place = { z: 'forms', x: 240, y: 60 + 60 * at, wires: [] };
  return { ...node, ...place, ...('pool' in node ? { pool: CONFIG_TYPE } : {}) };
});

async function openForm(editor: Editor, type: string): Promise<void> {
  await editor.openForm(type === CONFIG_TYPE ? USER_OF_CONFIG : type);
  if (type === CONFIG_TYPE) await editor.openConfigForm('pool');
}

async function choose(
  editor: Editor,
  choices: Record<string, string | true | [word: string]>,
): Promise<void> {
  for (const [name, choice] of Object.entries(choices)) {
    if (choice === true) await editor.field(name).check();
    else if (Array.isArray(choice)) await editor.field(name).locator(`[value="${choice[0]}"]`).check();
    else await editor.field(name).selectOption(choice);
  }
}

async function closeForm(editor: Editor, type: string, button: 'done' | 'cancel'): Promise<void> {
  await editor[button]();
  if (type === CONFIG_TYPE) await editor.done();
}

describeEditor(
  'the forms',
  { flows: [{ id: 'forms', type: 'tab', label: 'Forms' }, ...flows] },
  (session) => {
    // What fails leaves its form open, and that would be over all that comes after.
    afterEach(() => session.editor.closeForms());

    it('belong to nodes that can be told apart in a flow', async () => {
      await session.editor.screenshot('all nodes');
      assert.deepEqual(Object.keys(FORMS).sort(), [...types].sort());
    });

    for (const type of types) {
      const { field, bad, good, stored, reveal = [] } = FORMS[type] as Form;

      it(`of ${type} shows each of its rows when it matters, every word translated`, async () => {
        const { editor } = session;
        await openForm(editor, type);
        await editor.screenshot(`forms ${type}`);
        let hidden = await editor.hiddenFields();
        for (const [step, choices] of reveal.entries()) {
          await choose(editor, choices);
          await editor.screenshot(`forms ${type} in full${step > 0 ? ` ${step + 1}` : ''}`);
          const still = await editor.hiddenFields();
          hidden = hidden.filter((id) => still.includes(id));
        }
        assert.deepEqual(hidden, []);
        assert.doesNotMatch(await editor.formText(), /(?:memory|leak)-[a-z]+\.|node-red:/);
        await closeForm(editor, type, 'cancel');
      });

      it(`of ${type} says what is wrong, and stores plain values`, async () => {
        const { editor } = session;
        await openForm(editor, type);
        await editor.type(field, bad);
        assert.match(await editor.reason(field), /^Expected: ./);
        await editor.screenshot(`forms ${type} bad value`);
        await editor.type(field, good);
        assert.equal(await editor.reason(field), '');
        await closeForm(editor, type, 'done');
        const saved = (await editor.flow()).find(({ id }) => id === type) ?? {};
        const before = flows.find(({ id }) => id === type) ?? {};
        for (const name of Object.keys(defaultsOf(type))) {
          const expected = name === field ? stored : (before as Record<string, unknown>)[name];
          assert.deepEqual((saved as Record<string, unknown>)[name], expected, name);
        }
      });
    }

    it('of new nodes need no reading: all is well as it is, or only what has to be chosen is asked for', async () => {
      const { editor } = session;
      for (const type of types.filter((candidate) => candidate !== CONFIG_TYPE)) {
        const id = await editor.dragFromPalette(type, { x: 480, y: 60 });
        await editor.openForm(id);
        await editor.screenshot(`forms ${type} fresh`);
        assert.deepEqual(await editor.complaints(), [], type);
        await editor.done();
        assert.equal(await editor.problems(id), '', type);
        await editor.page.evaluate(`RED.nodes.remove(${JSON.stringify(id)}); RED.view.redraw(true)`);
      }
    });

    it('end, and the Import dialog opens at the example, when its link is followed', async () => {
      const { editor } = session;
      await openForm(editor, CONFIG_TYPE);
      await editor.type('capacityBytes', '8 MB');
      const imported = await editor.tryExample('forms try the example');
      const flow = await editor.flow();
      assert.equal(flow.find(({ id }) => id === CONFIG_TYPE)?.capacityBytes, 8_388_608);
      assert(flow.some(({ id, type }) => imported.includes(id) && type === USER_OF_CONFIG));
    });
  },
);
