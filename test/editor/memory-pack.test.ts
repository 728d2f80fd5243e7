import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { describeEditor } from '../support/describe-editor';

const SCHEMA = [
  { name: 'time', type: 'time', optional: false, length: 0 },
  { name: 'code', type: 'fixed', optional: false, length: 8 },
  { name: 'value', type: 'f32', optional: true, length: 0 },
];

const pack = { id: 'pack', type: 'memory-pack', z: 'tab', x: 240, y: 120, wires: [[]] };
const flows = [
  { id: 'tab', type: 'tab', label: 'Packing' },
  { ...pack, direction: 'pack', schema: SCHEMA.slice(0, 1) },
];

describeEditor('the list of fields of memory-pack', { flows }, (session) => {
  const list = (): Locator => session.editor.page.locator('#dialog-form .red-ui-editableList');
  const rows = (): Locator => list().locator('.headroom-list-row');
  const cell = (row: number, key: string): Locator => rows().nth(row).locator(`[data-cell="${key}"]`);
  const reasonIn = (row: number): Locator => {
    return list().locator('.red-ui-editableList-item-content').nth(row).locator('[data-reason]:visible');
  };

  async function addField(): Promise<number> {
    await list().locator('.red-ui-editableList-addButton').click();
    return (await rows().count()) - 1;
  }

  it('begins with a field to pack, and with none to unpack; what somebody chose stays', async () => {
    const { editor } = session;
    const id = await editor.dragFromPalette('memory-pack', { x: 240, y: 300 });
    await editor.openForm(id);
    assert.equal(await cell(0, 'name').inputValue(), 'value');
    await editor.field('direction').selectOption('unpack');
    assert.equal(await rows().count(), 0);
    await editor.field('direction').selectOption('pack');
    assert.equal(await rows().count(), 1);
    await cell(0, 'name').fill('level');
    await editor.field('direction').selectOption('unpack');
    assert.equal(await cell(0, 'name').inputValue(), 'level');
    await editor.cancel();
  });

  it('shows what is stored, takes new fields, and stores them', async () => {
    const { editor } = session;
    await editor.openForm('pack');
    assert.equal(await rows().count(), 1);
    assert.equal(await cell(0, 'name').inputValue(), 'time');
    assert.equal(await cell(0, 'type').inputValue(), 'time');

    const code = await addField();
    await editor.page.keyboard.type('code'); // where the new row has put the cursor
    assert.equal(await cell(code, 'length').isVisible(), false);
    await cell(code, 'type').selectOption('fixed');
    assert.match((await reasonIn(code).textContent()) ?? '', /a length of 1 to 65535 bytes/);
    await cell(code, 'length').fill('8');
    assert.equal(await reasonIn(code).count(), 0);

    const value = await addField();
    await cell(value, 'name').fill('value');
    await cell(value, 'type').selectOption('f32');
    await cell(value, 'optional').check();
    await editor.screenshot('memory-pack fields');
    await editor.done();
    assert.deepEqual((await editor.flow()).find(({ id }) => id === 'pack')?.schema, SCHEMA);
  });

  it('says beside the row what is wrong with it, and keeps what was typed', async () => {
    const { editor } = session;
    await editor.openForm('pack');
    for (const [name, reason] of [
      ['', /a name/],
      ['__proto__', /no safe key of an object/],
      ['time', /another name: field 1 is called "time" too/],
    ] as const) {
      await cell(1, 'name').fill(name);
      assert.match((await reasonIn(1).textContent()) ?? '', reason);
      assert.equal(await reasonIn(0).count(), 0);
    }
    await editor.screenshot('memory-pack bad field');
    await editor.done();
    assert.match(await editor.problems('pack'), /in field 2 another name: field 1 is called "time" too/);
    await editor.openForm('pack');
    assert.equal(await cell(1, 'name').inputValue(), 'time');
    await cell(1, 'name').fill('code');
    await editor.done();
    assert.equal(await editor.problems('pack'), '');
  });

  it('does not let a field called __proto__ break the editor', async () => {
    const { editor } = session;
    await editor.openForm('pack');
    await cell(1, 'name').fill('__proto__');
    await editor.done();
    assert.deepEqual(
      await editor.page.evaluate('(() => { for (const key in {}) return key; })()'),
      undefined,
    );
    await editor.openForm('pack');
    await cell(1, 'name').fill('code');
    await editor.done();
  });

  it('lets rows be removed, and says when none is left to pack', async () => {
    const { editor } = session;
    await editor.openForm('pack');
    for (let left = 3; left > 0; left -= 1) {
      await list().locator('.red-ui-editableList-item-remove').first().click();
      await rows()
        .nth(left - 1)
        .waitFor({ state: 'detached' });
    }
    assert.match(await editor.reason('schema'), /at least one field/);
    await editor.field('direction').selectOption('unpack');
    assert.equal(await editor.reason('schema'), '');
    await editor.screenshot('memory-pack unpack');
    await editor.cancel();
    assert.deepEqual((await editor.flow()).find(({ id }) => id === 'pack')?.schema, SCHEMA);
  });

  it('of an example deploys, and the node shows what waits and what it packed', async () => {
    const { editor } = session;
    await editor.importExample('@headroom/node-red-memory', 'memory-pack');
    await editor.deploy();
    const [packing = ''] = (await editor.flow()).flatMap(({ id, name }) =>
      name === '100 or 10 s' ? [id] : [],
    );
    await editor.showFlow('Records waiting for upload');
    await editor.untilStatus(packing, /waiting/);
    const [, flush = ''] = (await editor.flow()).flatMap(({ id, type, z }) => {
      return type === 'inject' && z !== 'tab' ? [id] : [];
    });
    await editor.pressButton(flush);
    await editor.untilStatus(packing, /\d+ in [\d.]+ (B|KB) · [\d.]+ B each/);
    await editor.screenshot('memory-pack example');
  });
});
