import { type Knobs, knobsAvailable, knobsNow, setKnobs, usualKnobs } from './flags';
import {
  Governor,
  type GovernorState,
  type LimitReader,
  machineLimits,
  USUAL_TARGET_PERCENT,
} from './govern';
import { type StartLines, type StartOptions, startLines, startOptions } from './start';
import { collect } from './trigger';

/** Most careful with memory first: of two that disagree, the earlier in this list wins. */
export const PROFILES = ['govern', 'low-memory', 'balanced', 'throughput', 'off'] as const;
export type Profile = (typeof PROFILES)[number];

/** What each profile turns, besides `govern`, which decides by itself all the time. */
const FIXED: Record<Exclude<Profile, 'govern'>, Partial<Knobs>> = {
  'low-memory': { 'heap-growing-percent': 25 },
  balanced: { 'heap-growing-percent': 60 },
  throughput: { 'heap-growing-percent': 300 },
  off: {},
};

export interface TunerOptions {
  profile: Profile;
  /** Bytes the process may use in all; 0 = what the container or the system allows. */
  budgetBytes?: number;
  /** Of the budget, for `govern`. Default 95. */
  targetPercent?: number;
  onChange?: (tuning: Tuning) => void;
  /** Names this tuner where another must give way to it. */
  name?: string;
  limits?: () => LimitReader;
}

/** How V8 is set, and why. */
export interface Tuning {
  profile: Profile;
  /** Knobs as this tuner set them; empty while another one holds them. */
  applied: Partial<Knobs>;
  /** What would help further but counts only at start, with the lines to set it. */
  startOnly: Partial<StartOptions>;
  nodeOptions: string;
  lines: StartLines | null;
  reason: string;
  /** Another tuner wants something else, and won. */
  refused: boolean;
  governor: GovernorState | null;
}

/** All tuners of this process that want something; V8's flags are the process's, so one of them holds them. */
const claims: Tuner[] = [];
let holder: Tuner | null = null;

/**
 * One wish for how V8 should use memory. V8 has one set of flags per process. Of several tuners the one most
 * careful with memory holds them: `govern` before `low-memory` before `balanced` before `throughput`; of two
 * that govern, the smaller budget, then the smaller share of it; of equals, the earlier. Tuners that want the
 * same agree. The others are refused, told why, and take over when the holder ends.
 */
export class Tuner {
  #options: TunerOptions;
  #governor: Governor | null = null;
  #closed = false;
  #reason = '';

  constructor(options: TunerOptions) {
    this.#options = options;
    claims.push(this);
    settle(this);
  }

  get profile(): Profile {
    return this.#options.profile;
  }

  get name(): string {
    return this.#options.name ?? 'another tuner';
  }

  get tuning(): Tuning {
    const { profile } = this.#options;
    const refused = holder !== null && holder !== this && profile !== 'off' && !agrees(this, holder);
    const startOnly = this.#startOnly();
    const lines = startLines(startOnly);
    const governor = this.#governor?.state ?? null;
    return {
      profile,
      applied: holder === this ? (profile === 'govern' ? knobsNow() : FIXED[profile]) : {},
      startOnly,
      nodeOptions: lines?.nodeOptions ?? '',
      lines,
      reason: refused
        ? `${holder?.name} has set ${holder?.profile}, which is more careful with memory than ${profile}`
        : (governor?.reason ?? this.#reason),
      refused,
      governor,
    };
  }

  /** Wants another profile from now on. */
  switch(profile: Profile): void {
    if (this.#closed || profile === this.#options.profile) return;
    if (holder === this) this.#release();
    this.#options = { ...this.#options, profile };
    settle(this);
  }

  /** Wants nothing any more; the defaults come back, or another tuner's wishes. Closing twice does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    claims.splice(claims.indexOf(this), 1);
    if (holder !== this) return;
    this.#release();
    settle(null);
  }

  /** @internal Takes V8's flags in hand. */
  hold(): void {
    const { profile, limits, onChange: _, ...rest } = this.#options;
    holder = this;
    if (!knobsAvailable()) {
      this.#reason = 'V8 flags are frozen in this process (--freeze-flags-after-init): only a restart helps';
    } else if (profile === 'govern') {
      this.#governor = new Governor({
        ...rest,
        ...(limits ? { limits: limits() } : {}),
        onChange: () => this.tell(),
      });
    } else if (profile !== 'off') {
      this.#reason = `${profile} is in force`;
      setKnobs(FIXED[profile]);
      // The percentage is read at the end of a full collection. Where none can be had, the next natural one does.
      if (profile === 'low-memory') collect({ kind: 'major', execution: 'async' }).catch(() => null);
    }
  }

  #release(): void {
    holder = null;
    this.#governor?.close();
    this.#governor = null;
    setKnobs(usualKnobs());
  }

  /** @internal */
  giveWay(): void {
    this.#release();
  }

  /** @internal */
  tell(): void {
    if (!this.#closed) this.#options.onChange?.(this.tuning);
  }

  /** @internal Less is more careful with memory. */
  get rank(): readonly number[] {
    const { profile, budgetBytes = 0, targetPercent = USUAL_TARGET_PERCENT } = this.#options;
    const governs = profile === 'govern';
    const budget = budgetBytes > 0 ? budgetBytes : Number.MAX_SAFE_INTEGER;
    return [PROFILES.indexOf(profile), governs ? budget : 0, governs ? targetPercent : 0];
  }

  #startOnly(): Partial<StartOptions> {
    const { profile, budgetBytes = 0, limits = machineLimits } = this.#options;
    if (profile === 'off' || profile === 'balanced') return {};
    if (profile === 'throughput') return { 'max-semi-space-size': 32 };
    if (budgetBytes > 0) return startOptions(budgetBytes);
    const reader = limits();
    const [nearest] = reader.read(process.memoryUsage.rss());
    reader.close();
    return nearest ? startOptions(nearest.limit) : {};
  }
}

function compare(a: Tuner, b: Tuner): number {
  const [left, right] = [a.rank, b.rank];
  const at = left.findIndex((value, i) => value !== right[i]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function agrees(a: Tuner, b: Tuner): boolean {
  return compare(a, b) === 0;
}

/** Gives the flags to whom they belong now, and tells everybody for whom that changed something. */
function settle(changed: Tuner | null): void {
  const [first = null] = claims.filter(({ profile }) => profile !== 'off').sort(compare);
  const before = holder;
  if (first !== before) {
    before?.giveWay();
    first?.hold();
  }
  for (const tuner of [...claims]) {
    if (tuner === changed || first !== before) tuner.tell();
  }
}
