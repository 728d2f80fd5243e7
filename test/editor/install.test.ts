import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { packedTarball } from '../../tools/node-red/user-folder';
import { describeEditor } from '../support/describe-editor';

const TAB = { id: 'tab', type: 'tab', label: 'Flow' };
const NODE_WAITS = 'Array.isArray(globalThis.headroomEditorQueue) && headroomEditorQueue.length > 0';

describeEditor('an installation at run time', { flows: [TAB], bare: true }, (session) => {
  it('brings the node into the open editor, even when its script comes before the shared code', async () => {
    const { editor, red } = session;
    const { page } = editor;
    assert.equal(await page.locator('[data-palette-type="memory-sample"]').count(), 0);
    let waited = false;
    await page.route('**/plugins/@headroom/node-red-memory/memory-runtime*', async (route) => {
      await page.waitForFunction(NODE_WAITS);
      waited = true;
      await route.continue();
    });

    const tarball = packedTarball();
    const upload = new FormData();
    upload.set('tarball', new Blob([readFileSync(tarball)]), basename(tarball));
    const answer = await fetch(`${red.url}/nodes`, { method: 'POST', body: upload });
    assert.equal(answer.status, 200, await answer.text());

    const id = await editor.dragFromPalette('memory-sample');
    assert.equal(waited, true);
    await editor.openForm(id);
    assert.equal(await editor.field('intervalMs').inputValue(), '10 s');
    assert.doesNotMatch(await editor.formText(), /memory-(sample|runtime)\.|node-red:/);
    await editor.screenshot('form after an installation at run time');
    await editor.done();
    await editor.deploy();
    await editor.untilStatus(id, /% free/);
  });
});
