import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { startNodeRed } from '../../tools/node-red/start';
import { describeEditor } from '../support/describe-editor';

const TAB = { id: 'tab', type: 'tab', label: 'Flow' };
const PACKAGE = '@headroom/node-red-memory';
const LEAK = 'forgets nothing';
/** Runs in the page: the names of the selected nodes. */
const SELECTED = '(RED.view.selection().nodes ?? []).map(({ name }) => name)';

/** How often the page asks for the state of memory. */
function countLooks(page: Page): { looks: number } {
  const count = { looks: 0 };
  page.on('request', (request) => {
    if (request.url().includes('/headroom/state')) count.looks += 1;
  });
  return count;
}

describeEditor('the memory tab', { flows: [TAB] }, (session) => {
  let page: Page;
  let tab: Locator;

  const section = (title: string): Locator =>
    tab.locator('section', { has: page.getByRole('heading', { name: title }) });

  /** As a person does by the palette of actions, or a key of their own. */
  async function open(): Promise<void> {
    await tab.waitFor({ state: 'attached' });
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await page.evaluate(`RED.actions.invoke('headroom:show-memory-tab')`);
  }

  before(() => {
    page = session.editor.page;
    tab = page.locator('.headroom-tab');
  });

  it('asks for nothing before it is shown', async () => {
    const count = countLooks(page);
    await page.waitForFunction('performance.now() > 3000');
    assert.equal(count.looks, 0);
    assert.equal(await page.locator('script[src*="uPlot"]').count(), 0);
  });

  it('shows headroom and memory over time, readable without eyes', async () => {
    await open();
    await tab.getByRole('meter', { name: 'Headroom' }).waitFor();
    const meter = tab.getByRole('meter', { name: 'Headroom' });
    assert.match((await meter.getAttribute('aria-valuetext')) ?? '', /^\d+(\.\d)? %, .* until the /);
    await tab.locator('.headroom-chart canvas').waitFor();
    assert.match((await tab.getByRole('img').getAttribute('aria-label')) ?? '', /RSS \d+/);
    assert.match((await tab.locator('.headroom-legend').textContent()) ?? '', /RSS \d+.*heap limit \d+/);
    assert.doesNotMatch((await tab.textContent()) ?? '', /memory-sidebar\./);
  });

  it('names the leak of the tour after a profile; a click on it selects the node on the canvas', async () => {
    const { editor } = session;
    await editor.importExample(PACKAGE, 'tour');
    await editor.deploy();
    await tab.getByRole('button', { name: 'Profile 30 s' }).click();
    await tab.getByRole('button', { name: /^Stop \((1\d|2[0-2]) s\)/ }).click();
    const nodes = section('Heaviest nodes');
    await nodes.getByRole('button', { name: LEAK }).waitFor();
    await tab.getByText(/^Profiled: .* holds most, \d+ %/).waitFor();
    assert.ok((await nodes.locator('tbody button').allTextContents()).indexOf(LEAK) < 2, 'near the top');
    assert.match((await nodes.getByRole('row', { name: LEAK }).textContent()) ?? '', /\d+ (KB|MB)/);
    await nodes.getByRole('button', { name: LEAK }).click();
    assert.deepEqual(await page.evaluate(SELECTED), [LEAK]);
    await page.locator('.red-ui-flow-node-selected', { hasText: LEAK }).waitFor();
    await editor.screenshot('memory tab, leak selected');
  });

  it('lists the watch, the held messages with their age, the pool, and after a census the context with its key', async () => {
    const text = (title: string): Promise<string | null> => section(title).locator('tbody').textContent();
    assert.match((await text('Watches')) ?? '', /this Node-RED.*(learning|healthy|suspect|leaking)/);
    await section('Held messages').getByRole('button', { name: 'held for 10 s' }).waitFor();
    await section('Buffer pools').getByRole('button', { name: 'frames' }).waitFor();
    await tab.getByRole('button', { name: 'Census', exact: true }).click();
    await section('Contexts').getByRole('button', { name: LEAK }).waitFor();
    assert.match((await text('Contexts')) ?? '', /kept \d+.* (KB|MB)/);
  });

  it('is worked by keys: rows, buttons and the figures of the chart', async () => {
    const row = section('Held messages').getByRole('button', { name: 'held for 10 s' });
    await row.focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await page.evaluate(SELECTED), ['held for 10 s']);
    await tab.getByRole('img').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await tab.getByText(/ago\) · GC \d+ minor/).waitFor();
    await page.keyboard.press('+');
    const whole = tab.getByRole('button', { name: 'Whole time' });
    await whole.waitFor();
    await whole.press('Enter');
    await whole.waitFor({ state: 'hidden' });
  });

  it('zooms where the pointer drags; new figures leave the zoom as it is, and a double click ends it', async () => {
    const plot = tab.locator('.headroom-chart .u-over');
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    assert(box);
    const to = (share: number): Promise<void> =>
      page.mouse.move(box.x + share * box.width, box.y + box.height / 2, { steps: 4 });
    const pointed = tab.getByText(/ago\) · GC \d+ minor/);
    const timeAt = async (share: number): Promise<string> => {
      await to(share);
      return ((await pointed.textContent()) ?? '').replace(/ \(.*/s, '');
    };
    await to(0.7);
    await page.mouse.down();
    await to(0.95);
    await page.mouse.up();
    const whole = tab.getByRole('button', { name: 'Whole time' });
    await whole.waitFor();
    const [left, right] = [await timeAt(0.1), await timeAt(0.9)];
    assert.notEqual(left, right);
    for (let look = 0; look < 4; look += 1) await page.waitForResponse(/headroom\/state/);
    assert.deepEqual([await timeAt(0.1), await timeAt(0.9)], [left, right]);
    await session.editor.screenshot('memory tab zoomed');
    await plot.dblclick();
    await whole.waitFor({ state: 'hidden' });
    await page.mouse.move(0, 0);
    await pointed.waitFor({ state: 'hidden' });
  });

  it('writes bytes on the nodes when asked to, and takes them away again', async () => {
    const badge = page.locator('.headroom-badge:not(.hide)');
    await tab.getByLabel('Show bytes on the nodes').check();
    await badge.first().waitFor();
    await tab.getByLabel('Show bytes on the nodes').uncheck();
    await badge.first().waitFor({ state: 'detached' });
  });

  it('downloads a report without values', async () => {
    const download = page.waitForEvent('download');
    await tab.getByRole('button', { name: 'Report' }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^headroom-report-.*\.json$/);
  });

  it('says that a node is gone when its row is clicked after it was deleted', async () => {
    await page.evaluate(
      `RED.nodes.remove(RED.nodes.filterNodes({}).find(({ name }) => name === '${LEAK}').id)`,
    );
    await section('Heaviest nodes').getByRole('button', { name: LEAK }).click();
    await tab.getByText('This node is no longer there.').waitFor();
  });

  it('asks no more while another tab is shown, and goes on with the same history when it comes back', async () => {
    await page.evaluate("RED.sidebar.show('info')");
    await tab.waitFor({ state: 'hidden' });
    const count = countLooks(page);
    await page.waitForFunction('(window.since ??= performance.now()) + 2500 < performance.now()');
    assert.equal(count.looks, 0);
    await open();
    await page.waitForResponse(/headroom\/state\?after=[1-9]/);
  });

  it('keeps its history over a reload of the page', async () => {
    const answer = page.waitForResponse(/headroom\/state/);
    await page.reload();
    await open();
    const { history } = await (await answer).json();
    assert.ok(history.seconds.time.length > 10, `${history.seconds.time.length} samples`);
    await tab.getByRole('meter', { name: 'Headroom' }).waitFor();
  });

  it('says so when Node-RED does not answer, and comes back by itself after a restart', async () => {
    const { port } = session.red;
    await session.red.stop();
    await tab.getByText('Node-RED does not answer').waitFor();
    session.red = await startNodeRed({ flows: [TAB], port });
    await tab.getByText('Node-RED does not answer').waitFor({ state: 'hidden' });
    session.editor.errors.length = 0; // the browser logs every refused request
  });

  it('says once that a permission is lacking, and does not ask again', async () => {
    await page.route('**/headroom/state*', (route) => route.fulfill({ status: 401 }));
    await tab.getByText('lacks the permission memory.read').waitFor();
    const count = countLooks(page);
    await page.waitForFunction('(window.later ??= performance.now()) + 2500 < performance.now()');
    assert.equal(count.looks, 0);
    session.editor.errors.length = 0;
  });
});
