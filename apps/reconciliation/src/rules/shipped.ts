import { drafted, proposed, rejected, type RuleSetVersion, type Signed, type Transition } from './rule-set-version.ts';

export interface Shipped {
  readonly name: string;
  readonly hash: string;
}

/**
 * What to do with the rules that come with the service. The first of a name are active at once: there is nothing to compare with.
 * Later ones are proposed, never activated, and an older proposal of ours that nobody has decided goes. Rules that were shipped before
 * are not proposed again, whatever people made of them.
 * @param versions of the name, the latest first
 * @returns null when they are known; `first` is a new version's
 */
export function shippedTransitions(
  { name, hash }: Shipped,
  versions: readonly RuleSetVersion[],
  signed: Signed,
): { readonly first: Transition; readonly then: readonly Transition[] } | null {
  if (versions.some((known) => known.hash === hash && (known.origin === 'shipped' || known.status === 'active')))
    return null;
  const active = versions.find(({ status }) => status === 'active') ?? null;
  const version = (versions[0]?.version ?? 0) + 1;
  const first = drafted({ name, version, origin: 'shipped', hash, basedOn: active?.version ?? null }, signed);
  if (versions.length === 0) return { first, then: [activated(first.after, signed)] };
  const over = versions.filter(({ origin, status }) => origin === 'shipped' && status === 'proposed');
  const reason = `version ${version} was shipped instead`;
  return { first, then: [proposed(first.after, signed), ...over.map((one) => rejected(one, { ...signed, reason }))] };
}

function activated(before: RuleSetVersion, signed: Signed): Transition {
  const after = { ...before, status: 'active', approved: signed } as const;
  return { before, after, act: { action: 'activated', signed, details: { origin: 'shipped' } } };
}
