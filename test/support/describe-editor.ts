import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { currentCell } from '../../tools/node-red/cell';
import { type NodeRed, type StartOptions, startNodeRed } from '../../tools/node-red/start';
import { findChromium, launchChromium } from './chromium';
import { Editor } from './editor';

/** What the tests of one suite share. Filled before the first test. */
export interface EditorSession {
  red: NodeRed;
  editor: Editor;
}

/**
 * A suite in the real editor: one Node-RED with the packed package and one browser for all its tests. Where no
 * Chromium is to be found its tests are counted as pending, and the suite's title says why. An error in the
 * browser fails the test during which it came.
 */
export function describeEditor(
  title: string,
  setup: Omit<StartOptions, 'cell'>,
  tests: (session: EditorSession) => void,
): void {
  const chromium = findChromium();
  const cell = currentCell();
  const shown = chromium ? title : `${title} [skipped: no Chromium on the PATH, nor named by CHROMIUM]`;

  describe(`${shown} (${cell.name})`, function () {
    this.timeout(60_000);
    const session = {} as EditorSession;
    let browser: Browser | undefined;

    before(async function () {
      if (!chromium) this.skip();
      // One after the other: what has started is known, and stopped below, when the next does not start.
      session.red = await startNodeRed({ ...setup, cell });
      browser = await launchChromium(chromium);
      session.editor = await Editor.open(browser, session.red, cell.name);
    });

    afterEach(async function () {
      if (this.currentTest?.isFailed()) {
        await session.editor?.screenshot(`failed ${this.currentTest.title.replace(/\W+/g, '-')}`);
      }
      assert.deepEqual(session.editor?.errors.splice(0) ?? [], []);
    });

    after(async () => {
      await browser?.close();
      await session.red?.stop();
    });

    tests(session);
  });
}
