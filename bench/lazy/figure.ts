/** Lines over time as an SVG that needs nothing around it. */
export interface Curve {
  name: string;
  colour: string;
  points: readonly (readonly [number, number])[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [760, 320, 56, 40, 16];
const RIGHT = 240;

export function figure(title: string, xLabel: string, yLabel: string, curves: readonly Curve[]): string {
  const most = (axis: 0 | 1): number =>
    Math.max(1, ...curves.flatMap(({ points }) => points.map((p) => p[axis])));
  const [mostX, mostY] = [most(0), most(1) * 1.05];
  const x = (value: number): number => LEFT + (value / mostX) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / mostY) * (HEIGHT - BOTTOM - TOP);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#444" role="img">`,
    `<title>${title}</title><rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...ticks.map((share) => {
      const [at, level] = [y(mostY * share).toFixed(1), Math.round(mostY * share)];
      return `<path d="M${LEFT} ${at}H${WIDTH - RIGHT}" stroke="#ddd"/><text x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${level}</text>`;
    }),
    ...ticks.map((share) => {
      const seconds = mostX * share;
      return `<text x="${x(seconds).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${seconds.toFixed(mostX < 20 ? 1 : 0)}</text>`;
    }),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${xLabel}</text>`,
    `<text x="14" y="${(HEIGHT - BOTTOM) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(HEIGHT - BOTTOM) / 2})">${yLabel}</text>`,
    ...curves.flatMap(({ name, colour, points }, index) => {
      const step = Math.max(1, Math.floor(points.length / 300));
      const shown = points.filter((_point, at) => at % step === 0 || at === points.length - 1);
      const path = shown.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
      const legend = TOP + 12 + index * 20;
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
        `<path d="M${WIDTH - RIGHT + 12} ${legend - 4}h18" stroke="${colour}" stroke-width="2"/><text x="${WIDTH - RIGHT + 36}" y="${legend}">${name}</text>`,
      ];
    }),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}
