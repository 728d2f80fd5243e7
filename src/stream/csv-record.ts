const QUOTE = '"';

/** Whether a quoted field is still open behind a line; `open`: whether one was before it. */
export function leavesQuoteOpen(line: string, delimiter: string, open: boolean): boolean {
  if (!line.includes(QUOTE)) return open;
  let inQuotes = open;
  let atFieldStart = !open;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (inQuotes) {
      if (letter !== QUOTE) continue;
      if (line[at + 1] === QUOTE) at += 1;
      else inQuotes = false;
    } else if (letter === QUOTE && atFieldStart) {
      inQuotes = true;
      atFieldStart = false;
    } else {
      // A quote in the middle of a field opens nothing; the parser refuses it.
      atFieldStart = letter === delimiter;
    }
  }
  return inQuotes;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** More digits than this do not fit into a number. */
const MOST_DIGITS = 15;

/** A field that is written as a number, as a number. `007` and ids of twenty digits stay as they are. */
export function numberOrText(field: string): number | string {
  if (!NUMBER.test(field)) return field;
  return field.length <= MOST_DIGITS || field.replace(/[eE].*|\D/g, '').length <= MOST_DIGITS
    ? Number(field)
    : field;
}

const REASONS: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
  INVALID_OPENING_QUOTE: 'has a quote inside a field that is not quoted',
  CSV_INVALID_CLOSING_QUOTE: 'has text behind a closing quote',
};

/** What the parser found, in words that do not show what the file says. */
export function csvProblem(error: unknown): string {
  return REASONS[(error as { code?: string }).code ?? ''] ?? 'is not valid CSV';
}
