import type { Ledger, Token, TokenSpec } from '../ledger';

/** Hears of the credits of a run. */
export interface CreditKeeper {
  /** The portion's messages have all completed, or only nodes that gather hold them. */
  cameBack(): void;
  /** What was gathered flows on: it is in the flow again. */
  takenAgain(): void;
  ended(credit: Credit): void;
}

/** What one portion takes into the flow, and brings back: once, or again each time that it was gathered and flows on. */
export class Credit implements TokenSpec {
  readonly kind = 'credit';
  readonly descends = true;
  readonly token: Token;
  /** Its place among the credits of the run. */
  at = -1;
  #out = true;

  constructor(
    ledger: Ledger,
    readonly keeper: CreditKeeper,
  ) {
    // The run holds its credits: the ledger holds what is long under way only weakly.
    this.token = ledger.open(this);
  }

  onEnd(): void {
    this.keeper.ended(this);
    this.onGathered();
  }

  onGathered(): void {
    if (!this.#out) return;
    this.#out = false;
    this.keeper.cameBack();
  }

  onFlowsOn(): void {
    if (this.#out) return;
    this.#out = true;
    this.keeper.takenAgain();
  }
}
