/**
 * `npx tsx tools/screenshots.ts`: every picture in `docs/images/`, taken from the real editor with the packed package.
 * Of each node its form, filled in as in the example of its name, and that example on the canvas; and the memory tab
 * over the tour, which runs for it, with `HEADROOM_CELL=nr5` in the themes of that version. `-- leak-watch tour` takes only these. Needs Chromium (`CHROMIUM` names one).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../test/support/chromium';
import { Editor } from '../test/support/editor';
import { nodeTypes } from './build/layout';
import { currentCell, ROOT } from './node-red/cell';
import { type FlowNode, startNodeRed } from './node-red/start';

const IMAGES = join(ROOT, 'docs', 'images');
const TOUR = 'tour';
/** The versions that all pictures but those of other themes are taken with. */
const HOME_CELL = 'nr4';
/** High enough for the longest form and the longest flow. */
const CANVAS = { width: 1500, height: 1700 };
const WINDOW = { width: 1180, height: 960 };
const SHOW_TAB = "RED.actions.invoke('headroom:show-memory-tab')";
const MARGIN = 10;
/** As on the small machines that this is for. */
const HEAP_LIMIT = '--max-old-space-size=96';
/** For the tab to have something to show: a curve, and a leak that a profile can name. */
const TOUR_RUNS_MS = 45_000;
/** Nothing that makes pictures big or different each time. */
const PLAIN = `
  .red-ui-workspace-chart-grid, .red-ui-navigator-container, .red-ui-tourGuide-popover { display: none !important }
  .red-ui-flow-node-changed, .red-ui-flow-node-error { display: none !important }
  *:focus { outline: none !important; box-shadow: none !important }`;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

async function main(asked: readonly string[]): Promise<void> {
  const chromium = findChromium();
  if (!chromium) throw new Error('No Chromium on the PATH, nor named by CHROMIUM');
  mkdirSync(IMAGES, { recursive: true });
  const wanted = (name: string): boolean => asked.length === 0 || asked.includes(name);
  const cell = currentCell();
  const red = await startNodeRed({ flows: wanted(TOUR) ? example(TOUR) : [], nodeArgs: [HEAP_LIMIT] });
  const browser = await launchChromium(chromium);
  try {
    const editor = await Editor.open(browser, red, cell.name);
    const { page } = editor;
    if (wanted(TOUR)) {
      await page.setViewportSize(WINDOW);
      await takeMemoryTab(page, cell.name);
    }
    await page.addStyleTag({ content: PLAIN });
    await page.setViewportSize(CANVAS);
    for (const type of nodeTypes(ROOT).filter(wanted)) await takeNode(page, type);
  } finally {
    await browser.close();
    await red.stop();
  }
}

function example(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8'));
}

/** From the top: the gauge, which says what this is about, down to the nodes that a profile named. */
async function takeMemoryTab(page: Page, cell: string): Promise<void> {
  await page.evaluate(`${SHOW_TAB}; RED.actions.invoke('core:toggle-palette')`);
  const tab = page.locator('.headroom-tab');
  await tab.getByRole('button', { name: 'Profile 30 s' }).click();
  await page.waitForTimeout(TOUR_RUNS_MS);
  const all = { x: 0, y: 0, ...WINDOW };
  if (cell === HOME_CELL) {
    await shoot(page, 'memory-tab', all);
    return;
  }
  await dragBelow(page, tab, WINDOW.height - 90);
  await shoot(page, `memory-tab.${cell}-dark`, all);
  await page.addInitScript("localStorage.setItem('view-dark-theme', 'light')");
  await page.reload();
  await tab.waitFor({ state: 'attached' });
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
  await page.evaluate(SHOW_TAB);
  await tab.locator('.headroom-chart canvas').waitFor();
  await page.waitForResponse(/headroom\/state\?after=[1-9]/);
  await dragBelow(page, tab, WINDOW.height - 90);
  await shoot(page, `memory-tab.${cell}-light`, all);
}

/** Node-RED 5 has two tabs one above the other: the line between them is drawn down to this height. */
async function dragBelow(page: Page, tab: Locator, to: number): Promise<void> {
  const box = await tab.boundingBox();
  if (!box || box.y + box.height > to) return;
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height + 5);
  await page.mouse.down();
  await page.mouse.move(x, to, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1_500); // the chart is drawn at the next look
}

/** Shown as the editor shows flows it has just loaded: nothing is deployed, so nothing runs meanwhile. */
async function takeNode(page: Page, type: string): Promise<void> {
  const flow = example(type);
  const node = flow.find((candidate) => candidate.type === type);
  const tab = flow.find((candidate) => candidate.type === 'tab');
  if (!node || !tab) throw new Error(`examples/${type}.json: expected a tab and a node of that type`);
  await page.evaluate(`RED.nodes.clear(); RED.nodes.import(${JSON.stringify(flow)});
    RED.workspaces.show(${JSON.stringify(tab.id)}); RED.view.redraw(true, true)`);
  await shoot(page, `${type}.flow`, await union(page, '.red-ui-flow-node-group, .red-ui-flow-group-body'));

  const id = JSON.stringify(node.id);
  const [open, form, cancel] = node.z
    ? [`RED.editor.edit(RED.nodes.node(${id}))`, '#dialog-form', '#node-dialog-cancel']
    : [
        `RED.editor.editConfig('', ${JSON.stringify(type)}, ${id})`,
        '#node-config-dialog-edit-form',
        '#node-config-dialog-cancel',
      ];
  await page.evaluate(open);
  await page.locator(cancel).click({ trial: true });
  await shoot(page, `${type}.form`, await union(page, `${form} .form-row, ${form} h4`));
  await page.locator(cancel).click();
  await page.locator('.red-ui-tray').waitFor({ state: 'detached' });
}

/** With few colours where `pngquant` is installed: a third of the bytes, and nobody sees it. */
async function shoot(page: Page, name: string, box: Box): Promise<void> {
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path, clip: box, animations: 'disabled' });
  spawnSync('pngquant', ['--force', '--strip', '--output', path, '48', path]);
}

/** What all visible elements take together, with a margin. */
function union(page: Page, selector: string): Promise<Box> {
  return page.locator(selector).evaluateAll((elements, margin) => {
    const boxes = elements
      .map((element) => element.getBoundingClientRect())
      .filter(({ height }) => height > 0);
    const x = Math.min(...boxes.map(({ left }) => left)) - margin;
    const y = Math.min(...boxes.map(({ top }) => top)) - margin;
    const right = Math.max(...boxes.map((box) => box.right)) + margin;
    const bottom = Math.max(...boxes.map((box) => box.bottom)) + margin;
    return { x, y, width: right - x, height: bottom - y };
  }, MARGIN);
}

main(process.argv.slice(2).filter((argument) => argument !== '--')).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
