import assert from 'node:assert/strict';
import type { FlowNode } from '../../tools/node-red/start';
import { describeEditor } from '../support/describe-editor';

const MODULE = '@headroom/node-red-memory';
const TAB = { id: 'tab', type: 'tab', label: 'Flow' };
const BAD = {
  id: 'bad',
  type: 'memory-sample',
  z: 'bad-tab',
  x: 320,
  y: 240,
  intervalMs: -5,
  target: 'self',
  property: 'a b',
  wires: [[]],
};

describeEditor('memory-sample in the editor', { flows: [TAB], observe: ['*'] }, (session) => {
  let id: string;

  it('is found in the palette and dragged into a flow', async () => {
    const { editor } = session;
    const entry = await editor.findInPalette('memory-sample');
    await editor.screenshot('palette');
    assert.match((await entry.textContent()) ?? '', /sample/);
    id = await editor.dragFromPalette('memory-sample');
    await editor.node(id).waitFor();
    assert.equal(await editor.problems(id), '');
  });

  it('opens with its defaults, every word translated', async () => {
    const { editor } = session;
    await editor.openForm(id);
    await editor.screenshot('memory-sample form');
    assert.equal(await editor.field('intervalMs').inputValue(), '10 s');
    assert.equal(await editor.field('target').inputValue(), 'self');
    assert.deepEqual(await editor.checked('include'), ['container', 'system']);
    assert.doesNotMatch(await editor.formText(), /memory-(sample|runtime)\.|node-red:/);
  });

  it('says below a bad interval what would be right, and falls silent once it is', async () => {
    const { editor } = session;
    await editor.type('intervalMs', 'soon');
    assert.match(await editor.reason('intervalMs'), /^Expected: 0 or .*10/);
    await editor.screenshot('memory-sample bad interval');
    await editor.type('intervalMs', '1 s');
    assert.equal(await editor.reason('intervalMs'), '');
  });

  it('shows which process to sample only when it is another one', async () => {
    const { editor } = session;
    const which = editor.row('targetValue');
    const spaces = editor.field('include').getByText('spaces');
    assert.equal(await which.isVisible(), false);
    assert.equal(await spaces.isVisible(), true);
    await editor.field('target').selectOption('pid');
    assert.equal(await which.isVisible(), true);
    assert.equal(await spaces.isVisible(), false, 'only a process itself knows its heap');
    assert.match(await editor.reason('targetValue'), /pid/);
    await editor.screenshot('memory-sample by pid');
    await editor.type('targetValue', '1');
    assert.equal(await editor.reason('targetValue'), '');
    for (const target of ['name', 'tree']) {
      await editor.field('target').selectOption(target);
      await editor.screenshot(`memory-sample by ${target}`);
      assert.equal(await which.isVisible(), true, target);
    }
    await editor.field('target').selectOption('self');
    assert.equal(await which.isVisible(), false);
  });

  it('is deployed, and its status shows the memory in use', async () => {
    const { editor, red } = session;
    await editor.done();
    await editor.deploy();
    const status = await editor.untilStatus(id, /\d+ MB · \d+ % free/);
    await editor.screenshot('memory-sample status');
    assert.equal(red.status(id)?.text, status);
  });

  it('stores plain numbers for what was typed with units', async () => {
    const { editor, red } = session;
    await editor.openForm(id);
    await editor.type('intervalMs', '0,5 min');
    await editor.type('changePercent', '2.5');
    await editor.done();
    await editor.deploy();
    const response = await fetch(`${red.url}/flows`);
    const stored = ((await response.json()) as FlowNode[]).find((node) => node.id === id);
    assert.equal(stored?.intervalMs, 30_000);
    assert.equal(stored?.changePercent, 2.5);
    assert.deepEqual(stored?.include, ['container', 'system']);
    await editor.openForm(id);
    assert.equal(await editor.field('intervalMs').inputValue(), '30 s');
    await editor.cancel();
  });

  it('leaves a node alone whose form was cancelled', async () => {
    const { editor } = session;
    await editor.openForm(id);
    await editor.type('intervalMs', '7 s');
    await editor.cancel();
    const node = (await editor.flow()).find((candidate) => candidate.id === id);
    assert.equal(node?.intervalMs, 30_000);
  });

  it('brings an example that works once imported and deployed', async () => {
    const { editor, red } = session;
    const from = red.reports.length;
    const nodes = await editor.importExample(MODULE, 'memory-sample', 'import dialog');
    await editor.deploy();
    const flow = await editor.flow();
    const sample = flow.find(({ id, type }) => nodes.includes(id) && type === 'memory-sample')?.id ?? '';
    const button = flow.find(({ id, type }) => nodes.includes(id) && type === 'inject')?.id ?? '';
    await editor.showFlow('Memory sample');
    await editor.pressButton(button);
    await red.until((report) => report.kind === 'message' && report.id === sample, 20_000, from);
    await editor.untilStatus(sample, /% free/);
    await editor.screenshot('memory-sample example');
  });

  it('carries a red triangle with the reasons when its stored values are bad', async () => {
    const { editor } = session;
    const [bad = ''] = await editor.importText([{ ...TAB, id: 'bad-tab', label: 'Bad' }, BAD]);
    await editor.deploy({ anyway: true });
    await editor.showFlow('Bad');
    await editor.untilStatus(bad, /intervalMs: -5 is not valid/);
    const reasons = await editor.problems(bad);
    await editor.screenshot('memory-sample bad stored values');
    assert.match(reasons, /intervalMs: -5 is not valid/);
    assert.match(reasons, /property: "a b" is not valid/);
    await editor.openForm(bad);
    assert.match(await editor.reason('intervalMs'), /0 or .*10/);
    assert.notEqual(await editor.reason('property'), '');
    await editor.screenshot('memory-sample bad form');
    await editor.cancel();
  });
});
