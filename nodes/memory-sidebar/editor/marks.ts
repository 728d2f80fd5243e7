import type { Plot } from './plot';

/** Draws what happened: a mark at the foot for each major collection, a line for each deploy. */
export function drawMarks(
  plot: Plot,
  collections: readonly number[],
  deploys: readonly number[],
  ink: string,
): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  const seen = (times: readonly number[]): number[] =>
    times.filter((time) => time >= min && time <= max).map((time) => plot.valToPos(time, 'x', true));
  const size = 4 * devicePixelRatio;
  const foot = bbox.top + bbox.height;
  ctx.save();
  ctx.fillStyle = ink;
  ctx.strokeStyle = ink;
  ctx.globalAlpha = 0.75;
  for (const x of seen(collections)) {
    ctx.beginPath();
    ctx.moveTo(x, foot - 1.6 * size);
    ctx.lineTo(x - size / 1.4, foot);
    ctx.lineTo(x + size / 1.4, foot);
    ctx.fill();
  }
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  for (const x of seen(deploys)) {
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, foot);
    ctx.stroke();
    ctx.fillRect(x - size, bbox.top, 2 * size, size);
  }
  ctx.restore();
}
