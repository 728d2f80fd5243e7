import type { NodeAPI } from 'node-red';
import {
  Census,
  type CensusResult,
  collect,
  GuidedProfile,
  LiveView,
  ledger,
  profiler,
  StateReader,
  storeNames,
} from '../../../src';
import type { CensusRequest } from './requests';

/** Entries of each list that the tab shows: what is sent every second is to stay small. */
const TAB_TOP = 8;

/** What the admin API works with: all of it at rest until somebody asks. */
export class Instruments {
  readonly view: LiveView;
  readonly profile = new GuidedProfile(profiler);
  readonly #RED: NodeAPI;
  #census: { asked: string; census: Census } | null = null;
  #lastCensus: CensusResult | null = null;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
    this.view = new LiveView({
      open: () => {
        const deployed = (): void => this.view.deployed();
        RED.events.on('flows:started', deployed);
        return {
          reader: new StateReader({ top: TAB_TOP, countMessages: true }),
          close: () => {
            RED.events.off('flows:started', deployed);
            this.#endCensus();
          },
        };
      },
    });
  }

  collect(kind: 'minor' | 'major'): ReturnType<typeof collect> {
    return collect({ kind, execution: 'async' });
  }

  /** While somebody looks on, the next census of the same parts tells what was added; else each stands alone. */
  async census(request: CensusRequest): Promise<CensusResult> {
    const asked = JSON.stringify(request);
    if (this.#census?.asked !== asked) {
      this.#endCensus();
      const { contextStorage } = this.#RED.settings;
      const census = new Census({
        ...request,
        compare: true,
        ledger,
        flows: this.#RED.nodes,
        stores: storeNames(contextStorage),
      });
      this.#census = { asked, census };
    }
    const result = await this.#census.census.take();
    if (this.view.watched) this.#lastCensus = result;
    else this.#endCensus();
    return result;
  }

  /** The newest census made while somebody looks on. */
  get lastCensus(): CensusResult | null {
    return this.#lastCensus;
  }

  #endCensus(): void {
    this.#census?.census.stop();
    this.#census = null;
    this.#lastCensus = null;
  }
}
