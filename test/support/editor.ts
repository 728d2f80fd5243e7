import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { ROOT } from '../../tools/node-red/cell';
import type { FlowNode, NodeRed } from '../../tools/node-red/start';

/** Runs in the page: the ids of all nodes on flows. */
const NODE_IDS = 'RED.nodes.createCompleteNodeSet().filter(({ z }) => z).map(({ id }) => id)';
/** What only tells of success lies over the nodes for seconds; what asks stays. */
const NO_NOTIFICATIONS = '.red-ui-notification:not(:has(button)) { display: none !important }';
/** Gone from the palette once its filter works: the filter waits for the end of typing. */
const OF_ANOTHER_NAME = 'comment';
/** What the forms of nodes and of config nodes are called in the page. */
const NODE_FORM = { form: '#dialog-form', field: 'node-input', button: '#node-dialog' };
const CONFIG_FORM = {
  form: '#node-config-dialog-edit-form',
  field: 'node-config-input',
  button: '#node-config-dialog',
};
const GRID_ORIGIN = { x: 240, y: 120 };

/**
 * Node-RED's editor in a browser, driven by what a person sees and does: palette, forms, Deploy, Import.
 * Methods wait for what they cause, so tests need no sleeps.
 */
export class Editor {
  /** What went wrong in the browser itself: uncaught errors and `console.error`. */
  readonly errors: string[] = [];

  /** The form on top. */
  #names = NODE_FORM;

  private constructor(
    readonly page: Page,
    private readonly red: NodeRed,
    private readonly screenshots: string,
  ) {
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (entry) => {
      if (entry.type() === 'error') this.errors.push(`${entry.text()} (${entry.location().url})`);
    });
  }

  static async open(browser: Browser, red: NodeRed, cell: string): Promise<Editor> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    // Node-RED 5 has a dark theme, 4 has not: so that both a dark and a light one are looked at.
    await page.addInitScript("localStorage.setItem('view-dark-theme', 'dark')");
    page.setDefaultTimeout(15_000);
    const editor = new Editor(page, red, join(ROOT, 'build', 'screenshots', cell));
    await page.goto(red.url, { waitUntil: 'commit' });
    await page.locator('.red-ui-palette-node').first().waitFor();
    await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
    await page.locator('#red-ui-header-button-deploy').waitFor();
    await page.addStyleTag({ content: NO_NOTIFICATIONS });
    return editor;
  }

  /** The entry of a node type in the palette, found by typing into the palette's filter. */
  async findInPalette(type: string): Promise<Locator> {
    const filter = this.page.locator('#red-ui-palette-search input');
    await filter.clear();
    await filter.pressSequentially(type);
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
    await entry.waitFor();
    await this.page
      .locator(`.red-ui-palette-node[data-palette-type="${OF_ANOTHER_NAME}"]`)
      .waitFor({ state: 'hidden' });
    return entry;
  }

  /** Drags a node from the palette into the open flow; returns its id. */
  async dragFromPalette(type: string, at = GRID_ORIGIN): Promise<string> {
    const before = await this.nodeIds();
    const entry = await this.findInPalette(type);
    const flow = await this.page.locator('#red-ui-workspace-chart').boundingBox();
    await entry.hover();
    await this.page.mouse.down();
    await this.page.mouse.move((flow?.x ?? 0) + at.x, (flow?.y ?? 0) + at.y, { steps: 5 });
    await this.page.mouse.up();
    const [id = ''] = await this.#untilNew(before);
    return id;
  }

  /** A node as it is drawn in the flow. */
  node(id: string): Locator {
    return this.page.locator(`[id="${id}"]`);
  }

  /** Goes to a flow by its tab. */
  async showFlow(label: string): Promise<void> {
    await this.page.locator('#red-ui-workspace-tabs .red-ui-tab-label', { hasText: label }).click();
  }

  /** Opens a node's form, and waits until it has slid in. */
  async openForm(id: string): Promise<void> {
    await this.node(id).locator('.red-ui-flow-node').dblclick();
    await this.page.locator('#node-dialog-ok').click({ trial: true });
  }

  /** Opens a config node's form from the open form of a node that uses it. */
  async openConfigForm(name: string): Promise<void> {
    await this.page.locator(`#node-input-btn-${name}-edit`).click();
    await this.page.locator('#node-config-dialog-ok').click({ trial: true });
    this.#names = CONFIG_FORM;
  }

  /** The control of a config field in the open form: an input, a select or a box of checkboxes. */
  field(name: string): Locator {
    return this.page.locator(`#${this.#names.field}-${name}`);
  }

  /** The row of a config field in the open form. */
  row(name: string): Locator {
    return this.page.locator(`${this.#names.form} .form-row`, { has: this.field(name) });
  }

  /** Types into a field as a person does; a TypedInput's visible part is found by itself. */
  async type(name: string, text: string): Promise<void> {
    const visible = this.row(name).locator('input[type="text"]:visible, .red-ui-typedInput-input:visible');
    await visible.first().fill(text);
  }

  /** The words whose boxes are checked in a field of checkboxes. */
  async checked(name: string): Promise<string[]> {
    return attributes(this.field(name).locator('input:checked'), 'value');
  }

  /** All that the open form says, hidden rows and placeholders too. */
  async formText(): Promise<string> {
    const form = this.page.locator(this.#names.form);
    const placeholders = await attributes(form.locator('[placeholder]'), 'placeholder');
    return [(await form.textContent()) ?? '', ...placeholders].join('\n');
  }

  /** The reason below a field, or '' where all is well. */
  async reason(name: string): Promise<string> {
    const reason = this.page.locator(`[data-reason="${this.#names.field}-${name}"]:visible`);
    return ((await reason.count()) > 0 && (await reason.textContent())) || '';
  }

  /** All that the open form shows in red: reasons, and fields that Node-RED itself marks. */
  async complaints(): Promise<string[]> {
    const form = this.page.locator(this.#names.form);
    const marked = await attributes(form.locator('.input-error:visible'), 'id');
    return [...(await form.locator('[data-reason]:visible').allTextContents()), ...marked];
  }

  /** The config fields of the open form whose rows do not show. */
  async hiddenFields(): Promise<string[]> {
    const rows = this.page.locator(`${this.#names.form} .form-row[hidden] [id^="${this.#names.field}-"]`);
    return attributes(rows, 'id');
  }

  async done(): Promise<void> {
    await this.#closeForm('ok');
  }

  async cancel(): Promise<void> {
    await this.#closeForm('cancel');
  }

  /** Closes what forms are still open. */
  async closeForms(): Promise<void> {
    while ((await this.page.locator('.red-ui-tray').count()) > 0) await this.cancel();
  }

  /** The form below, if there is one, is then on top. */
  async #closeForm(button: 'ok' | 'cancel'): Promise<void> {
    const pressed = this.page.locator(`${this.#names.button}-${button}`);
    const gone = (timeout: number) => pressed.waitFor({ state: 'detached', timeout });
    await pressed.click();
    // While the form above it is still sliding away, the editor takes no notice of a press: a person presses again.
    const taken = await gone(5_000).then(
      () => true,
      () => false,
    );
    if (!taken) {
      await pressed.click();
      await gone(15_000);
    }
    if (this.#names === CONFIG_FORM) this.#names = NODE_FORM;
    else await this.page.locator('.red-ui-tray').waitFor({ state: 'detached' });
  }

  /** Presses Deploy, and resolves when the flows have started anew. `anyway` also answers the editor's question. */
  async deploy({ anyway = false } = {}): Promise<void> {
    const from = this.red.reports.length;
    await this.page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
    if (anyway) await this.page.locator('#red-ui-deploy-dialog-confirm-deploy-deploy').click();
    await this.red.until(({ kind }) => kind === 'started', 30_000, from);
    await this.page.locator('#red-ui-header-button-deploy.disabled').waitFor();
  }

  /** Presses the button at the side of a node, an inject's for one. */
  async pressButton(id: string): Promise<void> {
    await this.node(id).locator('.red-ui-flow-node-button-button').click();
  }

  /** The text below a node, as soon as it fits. */
  async untilStatus(id: string, fits: RegExp): Promise<string> {
    const label = this.node(id).locator('.red-ui-flow-node-status-label', { hasText: fits });
    await label.waitFor();
    return (await label.textContent()) ?? '';
  }

  /** The reasons shown when the pointer rests on the red triangle of a node, or '' where it has none. */
  async problems(id: string): Promise<string> {
    const triangle = this.node(id).locator('.red-ui-flow-node-error:not(.hide)');
    if ((await triangle.count()) === 0) return '';
    // By the event itself: a pointer brought there would make the flow scroll.
    await triangle.locator('path').dispatchEvent('mouseenter');
    const tooltip = this.page.locator('.red-ui-flow-port-tooltip');
    await tooltip.waitFor();
    return (await tooltip.textContent()) ?? '';
  }

  /** Pastes flows, tabs included, into the Import dialog; returns the ids of the new nodes. */
  async importText(flows: FlowNode[]): Promise<string[]> {
    return this.#import(async (dialog) => {
      const text = dialog.locator('#red-ui-clipboard-dialog-import-text');
      await text.fill(JSON.stringify(flows));
      await text.press('End'); // the dialog looks at what is there when a key goes up
    });
  }

  /** Imports an example of a package from the Import dialog; returns the ids of the new nodes. */
  async importExample(module: string, name: string, screenshot?: string): Promise<string[]> {
    return this.#import(async (dialog) => {
      await dialog.locator('#red-ui-tab-red-ui-clipboard-dialog-import-tab-examples a').click();
      const examples = dialog.locator('#red-ui-clipboard-dialog-import-tab-examples');
      await examples.getByText(module, { exact: true }).click();
      await examples.getByText(name, { exact: true }).click();
      if (screenshot) await this.screenshot(screenshot);
    });
  }

  /** Follows the open form's link to its example, and imports it; returns the ids of the new nodes. */
  async tryExample(screenshot?: string): Promise<string[]> {
    const link = this.page.locator(`${this.#names.form} .headroom-try a`);
    this.#names = NODE_FORM;
    return this.#import(
      async () => {
        await this.page.locator('#red-ui-clipboard-dialog-ok:not(:disabled)').waitFor();
        await this.#chosenExampleInView();
        if (screenshot) await this.screenshot(screenshot);
      },
      () => link.click(),
    );
  }

  /** Fails where a person would have to scroll to see what is chosen. */
  async #chosenExampleInView(): Promise<void> {
    const chosen = '#red-ui-clipboard-dialog-import-tab-examples .red-ui-treeList-label.selected';
    await this.page.waitForFunction(`(() => {
      const label = document.querySelector('${chosen}').getBoundingClientRect();
      const x = label.left + 30, y = label.top + label.height / 2;
      return document.elementFromPoint(x, y)?.closest('${chosen}') !== null;
    })()`);
  }

  async #import(
    choose: (dialog: Locator) => Promise<void>,
    open: () => Promise<void> = () => this.page.keyboard.press('Control+i'),
  ): Promise<string[]> {
    const before = await this.nodeIds();
    await open();
    const dialog = this.page.locator('.ui-dialog', { has: this.page.locator('#red-ui-clipboard-dialog') });
    await choose(dialog);
    await this.page.locator('#red-ui-clipboard-dialog-ok').click();
    await dialog.waitFor({ state: 'hidden' });
    return this.#untilNew(before);
  }

  /** What the editor would export or deploy now. */
  async flow(): Promise<FlowNode[]> {
    return this.page.evaluate('RED.nodes.createCompleteNodeSet()');
  }

  /** Keeps a picture in `build/screenshots/<cell>/`. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(this.screenshots, { recursive: true });
    const path = join(this.screenshots, `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled' });
  }

  async #untilNew(before: readonly string[]): Promise<string[]> {
    await this.page.waitForFunction(`${NODE_IDS}.length > ${before.length}`);
    return (await this.nodeIds()).filter((id) => !before.includes(id));
  }

  async nodeIds(): Promise<string[]> {
    return this.page.evaluate(NODE_IDS);
  }
}

function attributes(elements: Locator, name: string): Promise<string[]> {
  return elements.evaluateAll(
    (found, attribute) => found.map((element) => element.getAttribute(attribute) ?? ''),
    name,
  );
}
