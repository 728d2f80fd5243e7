import type { RecordSchema } from '../../config';
import { type BatchOptions, RecordBatch } from './batch';

export interface CollectorLimits {
  /** A batch is due with so many records. */
  records: number;
  /** It is due so many ms after its first record; 0: time does not matter. */
  ms: number;
  /** It is due when it takes so many bytes before it is packed; 0: its size does not matter. */
  bytes: number;
}

/** Collects single records, as columns and not as objects, until they are enough, old enough or large enough. */
export class RecordCollector {
  #batch: RecordBatch | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** `onOld` is called when time makes a batch due; for the other limits ask `due`. */
  constructor(
    private readonly schema: RecordSchema,
    private readonly limits: CollectorLimits,
    private readonly options: BatchOptions,
    private readonly onOld: () => void,
  ) {}

  /** Records that wait. */
  get count(): number {
    return this.#batch?.count ?? 0;
  }

  /** Whether what waits is enough, or large enough. */
  get due(): boolean {
    const { records, bytes } = this.limits;
    return this.count >= records || (bytes > 0 && (this.#batch?.bytes ?? 0) >= bytes);
  }

  /** Throws a RecordError for a record that does not fit; what waits is as before. */
  add(record: unknown): void {
    const batch = this.#batch ?? new RecordBatch(this.schema, this.options);
    batch.add(record);
    this.#batch = batch;
    const { ms } = this.limits;
    if (ms > 0) this.#timer ??= setTimeout(this.onOld, ms).unref();
  }

  /** What waits, to be packed; null when nothing does. From now on a new batch is collected. */
  take(): RecordBatch | null {
    const batch = this.#batch;
    this.#batch = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    return batch;
  }
}
