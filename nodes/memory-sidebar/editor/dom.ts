type Attributes = Record<string, string | number | boolean>;

/** An element with attributes and children; `true` sets an attribute without a value, `false` leaves it out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * Writes a text only where it is another: what does not change costs no layout, and is not read out again. For elements
 * with nothing but a text in them, which stays the same node: a new one would have its style and box made anew.
 */
export function setText(element: Element, text: string): void {
  const there = element.firstChild;
  if (!there) {
    if (text !== '') element.append(text);
  } else if (there.nodeValue !== text) {
    there.nodeValue = text;
  }
}

export function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
