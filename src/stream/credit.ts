import type { Ledger, Token, TokenSpec } from '../ledger';

/** What one portion may take into the flow, and brings back: its token, and whether it was counted already. */
export class Credit implements TokenSpec {
  readonly kind = 'credit';
  readonly descends = true;
  /** It came back: gathered first and ended later counts once. */
  spent = false;
  // Held here and by the run, for the ledger holds what is long under way only weakly.
  #token: Token | null = null;

  constructor(readonly cameBack: (credit: Credit, ended: boolean) => void) {}

  openOn(ledger: Ledger): Token {
    const token = ledger.open(this);
    this.#token = token;
    return token;
  }

  end(): void {
    this.#token?.end();
  }

  onEnd(): void {
    this.cameBack(this, true);
  }

  onGathered(): void {
    this.cameBack(this, false);
  }
}
