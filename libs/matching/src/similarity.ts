/*
 * How alike two texts are, from 0 (nothing in common) to 1 (equal). The texts are taken as they are: normalise them before.
 * Deterministic, symmetric, and rounded to four digits, so that a threshold means the same everywhere.
 */

/** The better of what words and single letters say: for names and references alike. 1 only for equal texts. */
export function similarity(a: string, b: string): number {
  return a === b ? 1 : Math.min(0.99, Math.max(wordSimilarity(a, b), editSimilarity(a, b)));
}

/**
 * Share of letters that need no edit, for references: 1 - distance / longer length, where inserting, deleting, replacing and
 * swapping neighbours cost 1 each. After F. J. Damerau, "A Technique for Computer Detection and Correction of Spelling Errors",
 * CACM 7 (1964), in its restricted form (optimal string alignment).
 */
export function editSimilarity(a: string, b: string): number {
  if (a === b) return 1;
  const [x, y] = [[...a], [...b]];
  const longer = Math.max(x.length, y.length);
  return rounded(1 - editDistance(x, y) / longer);
}

/**
 * Rewards a common beginning, for single words and names. After W. E. Winkler, "String Comparator Metrics and Enhanced Decision
 * Rules in the Fellegi-Sunter Model of Record Linkage" (1990), on M. A. Jaro's metric (1989): prefix scale 0.1, up to 4 letters.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  // Letters are assigned first come, first served, which is not symmetric by itself.
  const [x, y] = a < b ? [[...a], [...b]] : [[...b], [...a]];
  const jaro = jaroOf(x, y);
  const common = x.findIndex((letter, n) => n === 4 || letter !== y[n]);
  return rounded(jaro + Math.min(4, common === -1 ? x.length : common) * 0.1 * (1 - jaro));
}

/**
 * Words in any order, for the names of companies: each word is compared with the word of the other text that is most like it, and
 * the results are weighed by the words' lengths, in both directions, of which the mean counts. After A. E. Monge and C. P. Elkan,
 * "The Field Matching Problem" (1996), with Jaro-Winkler inside, edits for words with digits. A word that is alike by less than 0.8
 * counts nothing: short words resemble each other by chance.
 */
export function wordSimilarity(a: string, b: string): number {
  if (a === b) return 1;
  const [x, y] = [wordsOf(a), wordsOf(b)];
  if (x.length === 0 || y.length === 0) return 0;
  return rounded((coverage(x, y) + coverage(y, x)) / 2);
}

/**
 * Whether a reference stands in a text, as a whole and not as a part of a longer number: `INV-12` is in `PAYMENT INV-12/13`, not
 * in `INV-123`. What separates the parts of the reference does not matter.
 */
export function isMentioned(reference: string, text: string): boolean {
  const parts = reference.toUpperCase().match(/[\p{L}]+|[0-9]+/gu);
  if (parts === null) return false;
  const pattern = parts.map((part) => (/^[0-9]/.test(part) ? `0*${part.replace(/^0+(?=[0-9])/, '')}` : part));
  return new RegExp(String.raw`(?<![\p{L}0-9])${pattern.join('[^\\p{L}0-9]*')}(?![0-9])`, 'u').test(text.toUpperCase());
}

export const SIMILARITIES = {
  any: similarity,
  edit: editSimilarity,
  'jaro-winkler': jaroWinkler,
  words: wordSimilarity,
} as const;
export type Similarity = keyof typeof SIMILARITIES;

const LIKE = 0.8;

function coverage(words: readonly string[], others: readonly string[]): number {
  let [score, weight] = [0, 0];
  for (const word of words) {
    const best = Math.max(...others.map((other) => wordLikeness(word, other)));
    weight += word.length;
    if (best >= LIKE) score += best * word.length;
  }
  return score / weight;
}

/** A number is another one with each digit: a common beginning says nothing. */
function wordLikeness(a: string, b: string): number {
  return /[0-9]/.test(a + b) ? editSimilarity(a, b) : jaroWinkler(a, b);
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{Nd}]+/u).filter((word) => word !== '');
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, n) => n)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, isSwapped ? at(before, j - 2) + 1 : Infinity);
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}

/** The mean of the shares of common letters of either text and of those of them that are in order. */
function jaroOf(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const [inA, inB] = commonLetters(a, b);
  if (inA.length === 0) return 0;
  const common = inA.length;
  const outOfOrder = inA.filter((letter, n) => letter !== inB[n]).length / 2;
  return (common / a.length + common / b.length + (common - outOfOrder) / common) / 3;
}

/** Letters that stand in the other text, too, not further away than half its length; as each text orders them. */
function commonLetters(a: readonly string[], b: readonly string[]): [string[], string[]] {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const isTaken = b.map(() => false);
  const inA = a.filter((letter, i) => {
    for (let j = Math.max(0, i - reach); j <= Math.min(b.length - 1, i + reach); j += 1) {
      if (isTaken[j] === true || b[j] !== letter) continue;
      isTaken[j] = true;
      return true;
    }
    return false;
  });
  return [inA, b.filter((_, j) => isTaken[j])];
}

const at = (row: readonly number[], n: number): number => row[n] ?? 0;
const rounded = (score: number): number => Math.round(score * 10_000) / 10_000;
