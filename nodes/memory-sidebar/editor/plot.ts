/** The part of uPlot that the chart uses; its script is loaded from the package's resources when first needed. */
export interface Plot {
  setData(data: Data, resetScales?: boolean): void;
  setSize(size: { width: number; height: number }): void;
  setScale(key: string, range: { min: number; max: number }): void;
  setSeries(index: number, options: { show: boolean }): void;
  setCursor(at: { left: number; top: number }): void;
  valToPos(value: number, scale: string, canvasPixels?: boolean): number;
  batch(work: () => void): void;
  destroy(): void;
  readonly ctx: CanvasRenderingContext2D;
  readonly bbox: { left: number; top: number; width: number; height: number };
  readonly cursor: { idx?: number | null; left?: number };
  readonly scales: Record<string, { min?: number; max?: number }>;
  readonly data: Data;
}

export type Data = (readonly (number | null)[])[];

type PlotClass = new (options: object, data: Data, target: HTMLElement) => Plot;

const RESOURCES = 'resources/@headroom/node-red-memory';

let loading: Promise<PlotClass> | null = null;

/** Loads uPlot once. Rejects when the script does not come; the next call tries again. */
export function loadPlot(): Promise<PlotClass> {
  loading ??= new Promise<PlotClass>((resolve, reject) => {
    const style = document.createElement('link');
    style.rel = 'stylesheet';
    style.href = `${RESOURCES}/uPlot.min.css`;
    const script = document.createElement('script');
    script.src = `${RESOURCES}/uPlot.iife.min.js`;
    script.onload = () => resolve((globalThis as unknown as { uPlot: PlotClass }).uPlot);
    script.onerror = () => reject(new Error('uPlot did not load'));
    document.head.append(style, script);
  }).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}
