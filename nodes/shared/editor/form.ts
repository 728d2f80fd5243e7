import { type Config, Invalid, type Problem } from '../../../src/config';
import { listOf } from './list';
import type { EditorNode } from './red';

export interface FormOptions {
  /** Config nodes have forms of their own prefix. */
  prefix?: 'node-input' | 'node-config-input';
  /** Fields that Node-RED looks after itself: references to config nodes, whose users it counts when it saves. */
  except?: readonly string[];
}

/**
 * The forms that are open over nodes of ours, the topmost last: a config node's form opens over that of its user.
 * Node-RED validates other nodes meanwhile.
 */
const open: { node: EditorNode; values(): Record<string, unknown> }[] = [];

/** What the open form of this node shows at the moment, for checks over several fields. */
export function openValues(node: EditorNode): Record<string, unknown> {
  return open.find((form) => form.node === node)?.values() ?? {};
}

/** Forms of ours are laid out by the style block in `memory-runtime/editor.html`, below this class. */
const FORM_CLASS = 'headroom-form';

/**
 * Brings a form to life, by what its HTML says:
 * `id="node-input-<field>"` on an input, a select, or a box of checkboxes (`data-choices`);
 * `data-show-when="target=pid,name"` on a row, a hint or a choice that matters only then;
 * and below each field the reason when it is wrong. Returns what `oneditsave` calls to store plain values.
 */
export function openForm<C extends object>(
  node: EditorNode,
  config: Config<C>,
  { prefix = 'node-input', except = [] }: FormOptions = {},
): { element: Element | null | undefined; save(): void; close(): void } {
  const names = Object.keys(config.fields) as (keyof C & string)[];
  const elements = new Map<keyof C & string, HTMLElement>();
  for (const name of names) {
    const element = document.getElementById(`${prefix}-${name}`);
    if (element && !except.includes(name)) elements.set(name, element);
  }
  const form = [...elements.values()][0]?.closest('form');
  form?.classList.add(FORM_CLASS);
  const conditional = [...(form?.querySelectorAll<HTMLElement>('[data-show-when]') ?? [])];

  function values(): Record<string, unknown> {
    return Object.fromEntries([...elements].map(([name, element]) => [name, readElement(element)]));
  }

  function refresh(): void {
    const current = { ...node, ...values() };
    const { problems } = config.parse(current);
    for (const part of conditional) part.hidden = !shown(part, current);
    for (const [name, element] of elements) {
      showReason(element, problems.find(({ field }) => field === name) ?? null);
    }
  }

  for (const [name, element] of elements) {
    const field = config.fields[name];
    const parsed = field.parse(node[name]);
    const list = listOf(element);
    if (list) list.fill(parsed instanceof Invalid ? node[name] : parsed);
    else fillElement(element, parsed instanceof Invalid ? node[name] : field.format(parsed), parsed);
    element.addEventListener('input', refresh);
    $(element).on('change', refresh); // by jQuery: Node-RED's widgets tell of changes through it only
    const typed = typedInputOf(element);
    typed?.addEventListener('input', () => {
      // A TypedInput hands on its value when it is left, or at a key; a reason should go with the letter.
      (element as HTMLInputElement).value = String($(element).typedInput('value'));
      $(element).trigger('change');
    });
  }
  open.push({ node, values });
  refresh();

  function close(): void {
    const at = open.findIndex((form) => form.node === node);
    if (at >= 0) open.splice(at, 1);
  }

  return {
    element: form,
    close,
    save() {
      for (const [name, element] of elements) {
        const raw = readElement(element);
        const parsed = config.fields[name].parse(raw);
        node[name] = parsed instanceof Invalid ? storable(raw) : parsed;
        element.removeAttribute('id'); // or Node-RED would store the text over the plain value
      }
      close();
    },
  };
}

function readElement(element: HTMLElement): unknown {
  const list = listOf(element);
  if (list) return list.rows();
  if (element.dataset.choices !== undefined) {
    return [...element.querySelectorAll<HTMLInputElement>('input:checked')].map((box) => box.value);
  }
  if (element instanceof HTMLInputElement && element.type === 'checkbox') return element.checked;
  return (element as HTMLInputElement | HTMLSelectElement).value;
}

function fillElement(element: HTMLElement, text: unknown, value: unknown): void {
  if (element.dataset.choices !== undefined) {
    const chosen = Array.isArray(value) ? value : [];
    for (const box of element.querySelectorAll<HTMLInputElement>('input'))
      box.checked = chosen.includes(box.value);
  } else if (element instanceof HTMLInputElement && element.type === 'checkbox') {
    element.checked = value === true;
  } else if (typedInputOf(element)) {
    $(element).typedInput('value', String(text ?? ''));
  } else {
    (element as HTMLInputElement).value = String(text ?? '');
  }
}

/** Bad values are kept to be mended, but for this text: the editor's search takes texts for keys, and would break. */
function storable(raw: unknown): unknown {
  if (raw === '__proto__') return '';
  if (Array.isArray(raw)) return raw.map(storable);
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, storable(value)]));
}

/** The visible part of an element that Node-RED made a TypedInput of. */
function typedInputOf(element: HTMLElement): HTMLElement | null {
  const next = element.nextElementSibling;
  return next instanceof HTMLElement && next.matches('.red-ui-typedInput-container') ? next : null;
}

function shown(part: HTMLElement, values: Record<string, unknown>): boolean {
  const [field = '', wanted = ''] = (part.dataset.showWhen ?? '').split('=');
  const current = values[field];
  const chosen = Array.isArray(current) ? current : [current];
  return wanted.split(',').some((choice) => chosen.map(String).includes(choice));
}

/** The reason stands below the field or its row of a list, and is read out to those who cannot see it. */
function showReason(element: HTMLElement, problem: Problem | null): void {
  const formRow = element.closest('.form-row');
  if (!formRow) return;
  let reason = formRow.querySelector<HTMLElement>(`[data-reason="${element.id}"]`);
  if (!reason) {
    if (!problem) return;
    reason = document.createElement('div');
    reason.dataset.reason = element.id;
    reason.setAttribute('role', 'alert');
  }
  const list = listOf(element);
  const place = list
    ? list.placeOf(problem?.row)
    : (element.closest('.headroom-inline') ?? typedInputOf(element) ?? element);
  if (place.nextElementSibling !== reason) place.after(reason);
  const { expected = '' } = problem ?? {};
  const text =
    expected === ''
      ? ''
      : RED._('@headroom/node-red-memory/memory-runtime:memory-runtime.expected', { expected });
  if (reason.textContent !== text) reason.textContent = text; // or it would be read out at every letter
  reason.hidden = text === '';
}
