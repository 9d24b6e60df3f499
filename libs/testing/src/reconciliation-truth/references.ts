import type { Random } from '../random.ts';

const DIGITS = 9;
const PREFIXES = ['INV', 'PAY', 'SO', 'CTR'] as const;

/** The number of a document as its issuer writes it. */
export interface Reference {
  readonly prefix: string;
  readonly digits: string;
  readonly text: string;
}

/** Hands out references of which no two are alike: at least three characters tell any two apart. */
export interface References {
  fresh(random: Random): Reference;
  /** Two numbers that follow each other, as two invoices of one day do. */
  neighbours(random: Random): readonly [Reference, Reference];
}

export function createReferences(): References {
  const taken = new Set<string>();
  const draw = (random: Random, accept: (digits: string) => boolean): string => {
    for (let tries = 0; tries < 10_000; tries += 1) {
      const digits = String(random.int(10 ** (DIGITS - 1), 10 ** DIGITS - 1));
      if (accept(digits) && traces(digits).every((trace) => !taken.has(trace))) return digits;
    }
    throw new Error('no reference is left that differs enough');
  };
  const keep = (digits: string): void => traces(digits).forEach((trace) => taken.add(trace));
  return {
    fresh(random) {
      const digits = draw(random, () => true);
      keep(digits);
      return reference(random.pick(PREFIXES), digits);
    },
    neighbours(random) {
      const digits = draw(random, (drawn) => !drawn.endsWith('9'));
      const next = String(Number(digits) + 1);
      [digits, next].forEach(keep);
      const prefix = random.pick(PREFIXES);
      return [reference(prefix, digits), reference(prefix, next)];
    },
  };
}

function reference(prefix: string, digits: string): Reference {
  return { prefix, digits, text: `${prefix}-${digits}` };
}

/** What is left of the digits without any two of them: numbers that are two edits apart share one of these. */
function traces(digits: string): string[] {
  const found: string[] = [];
  for (let a = 0; a < digits.length; a += 1)
    for (let b = a + 1; b < digits.length; b += 1)
      found.push(digits.slice(0, a) + digits.slice(a + 1, b) + digits.slice(b + 1));
  return found;
}

/** Other ways to write the same number. */
export function rewritten({ prefix, digits }: Reference, random: Random): string {
  return random.pick([
    `${prefix.toLowerCase()}-${digits}`,
    `${prefix} ${digits}`,
    `${prefix}${digits}`,
    ` ${prefix}-${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)} `,
    `${prefix}/${digits}`,
    `#${prefix}_${digits}`,
  ]);
}

/** The number with one slip of the finger. */
export function misspelt({ prefix, digits }: Reference, random: Random): string {
  const at = random.int(1, digits.length - 2);
  const [digit, next] = [digits[at] as string, digits[at + 1] as string];
  const other = String((Number(digit) + random.int(1, 9)) % 10);
  const slips = [
    digits.slice(0, at) + other + digits.slice(at + 1),
    digits.slice(0, at) + digits.slice(at + 1),
    digits.slice(0, at) + digit + digits.slice(at),
    ...(digit === next ? [] : [digits.slice(0, at) + next + digit + digits.slice(at + 2)]),
  ];
  return `${prefix}-${random.pick(slips)}`;
}

/** A remittance text that names the documents. */
export function remittance(references: readonly Reference[], random: Random): string {
  const named = references.map(({ text, digits, prefix }) => random.pick([text, `${prefix} ${digits}`, digits]));
  return random.pick([
    `PAYMENT ${named.join(' ')} THANK YOU`,
    `SEPA CREDIT TRANSFER/REF/${named.join(', ')}`,
    `your invoice(s) ${named.join(' + ')}`,
  ]);
}
