import type { Item } from '@tieout/matching';

/*
 * Items as COPY ... TO STDOUT writes them: a line per row, tabs between the columns, \N for NULL, backslash escapes. See
 * https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". A run over all items reads millions of them, and most are
 * settled by a few columns: those stand first, and the others are looked at when somebody asks.
 */

/** Columns of comparison_item in the order of a line. */
export const COPIED_COLUMNS = `block, side, item_id, amount, currency, business_date, reference, counterparty, text, legal_entity,
  reverses, changed_at, fields`;

/** Answers the whole lines of what has come so far; what follows the last line end waits for the next chunk. */
export function createLines(): (chunk: Buffer) => string {
  let rest: Buffer | null = null;
  return (chunk) => {
    const bytes = rest === null ? chunk : Buffer.concat([rest, chunk]);
    // A character of several bytes holds no line end: what is cut off here is whole.
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    rest = end === bytes.length ? null : bytes.subarray(end);
    return bytes.toString('utf8', 0, end);
  };
}

/** Where something ends: the position of the next `mark`, of which there is one. */
const endOf = (text: string, mark: string, from: number): number => text.indexOf(mark, from);

/** Visits the items of whole lines in their order. */
export function createItemReader(visit: (block: string, side: number, item: Item) => void): (lines: string) => void {
  let [prefix, block] = ['\n', ''];
  return (lines) => {
    let at = 0;
    while (at < lines.length) {
      if (!lines.startsWith(prefix, at)) {
        prefix = lines.slice(at, endOf(lines, '\t', at) + 1);
        block = unescaped(prefix.slice(0, -1));
      }
      const side = at + prefix.length;
      const end = endOf(lines, '\n', side);
      visit(block, lines.charCodeAt(side) - ZERO, new CopiedItem(lines, side + 2, end));
      at = end + 1;
    }
  };
}

class CopiedItem implements Item {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly date: string | null;
  readonly reference: string | null;
  /** The columns that follow, not taken apart yet. */
  readonly #more: string;
  #cells: readonly string[] | null = null;

  constructor(lines: string, start: number, end: number) {
    const idEnd = endOf(lines, '\t', start);
    const amountEnd = endOf(lines, '\t', idEnd + 1);
    const currencyEnd = endOf(lines, '\t', amountEnd + 1);
    const dateEnd = endOf(lines, '\t', currencyEnd + 1);
    const referenceEnd = endOf(lines, '\t', dateEnd + 1);
    this.id = unescaped(lines.slice(start, idEnd));
    this.amount = lines.slice(idEnd + 1, amountEnd);
    this.currency = unescaped(lines.slice(amountEnd + 1, currencyEnd));
    this.date = nullable(lines.slice(currencyEnd + 1, dateEnd));
    this.reference = nullable(lines.slice(dateEnd + 1, referenceEnd));
    this.#more = lines.slice(referenceEnd + 1, end);
  }

  get counterparty(): string | null {
    return this.#cell(0);
  }
  get text(): string | null {
    return this.#cell(1);
  }
  get legalEntity(): string | null {
    return this.#cell(2);
  }
  get reverses(): string | null {
    return this.#cell(3);
  }
  get changedAt(): string | null {
    return this.#cell(4);
  }
  get fields(): Readonly<Record<string, string>> {
    return JSON.parse(this.#cell(5) ?? '{}') as Record<string, string>;
  }

  #cell(column: number): string | null {
    this.#cells ??= this.#more.split('\t');
    return nullable(this.#cells[column] ?? NULL);
  }
}

const NEWLINE = 10;
const ZERO = 48;
const NULL = '\\N';

function nullable(cell: string): string | null {
  return cell === NULL ? null : unescaped(cell);
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescaped(cell: string): string {
  if (!cell.includes('\\')) return cell;
  return cell.replace(/\\(.)/gsu, (_, letter: string) => ESCAPES[letter] ?? letter);
}
