/** Fields of a vendor's record that the CRM owns, under the vendor's names; empty text means no value. */
export type OwnedFields = Readonly<Record<string, string>>;

export interface ThreeWay {
  /** Fields to write: ours is new, theirs is what we wrote last. */
  readonly write: OwnedFields;
  /** Fields that somebody else changed in the ERP to something that is not ours. */
  readonly foreign: readonly { readonly field: string; readonly theirs: string; readonly ours: string }[];
  /** What will have been written once `write` is done. */
  readonly written: OwnedFields;
}

/**
 * What we know to have written: a field that shows what an attempt without answer was to put there was put there by us,
 * even when the CRM has moved on since. Null before the first write.
 */
export function confirmedWrite(
  last: OwnedFields | null,
  attempted: OwnedFields | null,
  theirs: OwnedFields,
): OwnedFields | null {
  if (last === null || attempted === null) return last;
  const done = Object.entries(attempted).filter(([field, value]) => theirs[field] === value);
  return { ...last, ...Object.fromEntries(done) };
}

/** Compares last written, theirs and ours field by field: a foreign edit is reported and never overwritten. */
export function compareThreeWays(last: OwnedFields | null, theirs: OwnedFields, ours: OwnedFields): ThreeWay {
  const fields = Object.keys(ours);
  // Never written by us: what stands there was put there by somebody else, and only what differs is a case.
  const base = last ?? theirs;
  const foreign = fields
    .filter((field) => theirs[field] !== base[field] && theirs[field] !== ours[field])
    .map((field) => ({ field, theirs: theirs[field] ?? '', ours: ours[field] ?? '' }));
  const conflicting = new Set(foreign.map(({ field }) => field));
  const due = fields.filter((field) => theirs[field] !== ours[field] && !conflicting.has(field));
  const write = Object.fromEntries(due.map((field) => [field, ours[field] ?? '']));
  const kept = Object.fromEntries([...conflicting].map((field) => [field, base[field] ?? '']));
  return { write, foreign, written: { ...ours, ...kept } };
}
