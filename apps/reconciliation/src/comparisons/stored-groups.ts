import { EXACT } from '@tieout/matching';
import type { ExactKind } from '@tieout/matching';
import { decodePairs } from './exact-pairs.ts';
import type { GroupPart, StoredGroup } from './stored-group.ts';

/*
 * The text of the column `groups` of comparison_block; nobody else reads or writes it. Most groups are one item against one item
 * and say the same but for the two ids. What they say stands once, as a kind, and each of them is [kind, left id, right id]:
 * {"exact": null, "kinds": [...], "groups": [[0, "L-1", "R-1"], {...}, [0, "L-2", "R-2"]]}. `exact` is what the exact pairs say,
 * [rule, currency, confidence, evidence]; their ids are in a column of their own.
 */

/** What a pair says beside its ids. */
type Kind = Omit<GroupPart, 'left' | 'right' | 'work'>;
type Entry = readonly [kind: number, left: string, right: string] | StoredGroup;
interface Stored {
  /** Not there in what was stored before there was such a thing. */
  readonly exact?: readonly [ExactKind['rule'], ExactKind['currency'], number, ExactKind['evidence']] | null;
  readonly kinds: readonly Kind[];
  readonly groups: readonly Entry[];
}

/**
 * Equal text for equal groups, in their order.
 * @param exact what the exact pairs of the block say; null where it has none
 */
export function encodeGroups(groups: readonly StoredGroup[], exact: ExactKind | null = null): string {
  const kinds: GroupPart[] = [];
  let entries = '';
  for (const group of groups) entries += `${entries === '' ? '' : ','}${entryOf(group, kinds)}`;
  return `{"exact":${exact === null ? 'null' : exactText(exact)},"kinds":[${kinds.map(kindText).join(',')}],"groups":[${entries}]}`;
}

const EXACT_TEXTS = new WeakMap<ExactKind, string>();

/** The blocks of a currency share it. */
function exactText(exact: ExactKind): string {
  let text = EXACT_TEXTS.get(exact);
  if (text === undefined) {
    const { rule, currency, confidence, evidence } = exact;
    EXACT_TEXTS.set(exact, (text = JSON.stringify([rule, currency, confidence, evidence])));
  }
  return text;
}

function exactOf([rule, currency, confidence, evidence]: NonNullable<Stored['exact']>): ExactKind {
  return { ...EXACT, ...{ rule, currency, confidence, evidence } };
}

function kindText(part: GroupPart): string {
  const { side, outcome, rule, type, difference, currency, confidence, expectedClearing, evidence } = part;
  const kind: Kind = { side, outcome, rule, type, difference, currency, confidence, expectedClearing, evidence };
  return JSON.stringify(kind);
}

function entryOf(group: StoredGroup, kinds: GroupPart[]): string {
  const pair = pairOf(group);
  const kind = pair === null ? -1 : kindOf(pair, kinds);
  if (pair === null || kind < 0) return JSON.stringify(group);
  return `[${kind},${quoted(pair.left[0] as string)},${quoted(pair.right[0] as string)}]`;
}

/** -1 for one kind too many: evidence that differs from pair to pair saves nothing, and would make the search for a kind slow. */
function kindOf(pair: GroupPart, kinds: GroupPart[]): number {
  for (let kind = 0; kind < kinds.length; kind += 1) if (saysTheSame(kinds[kind] as GroupPart, pair)) return kind;
  return kinds.length === MOST_KINDS ? -1 : kinds.push(pair) - 1;
}

/**
 * What `encodeGroups` was given, and behind it the exact pairs; a driver may have parsed the text already.
 * @param pairs the column of that name; none for who only looks for work
 */
export function decodeGroups(stored: unknown, pairs = ''): readonly StoredGroup[] {
  const { exact = null, kinds, groups } = (typeof stored === 'string' ? JSON.parse(stored) : stored) as Stored;
  const others = groups.map((entry) => {
    if (!('length' in entry)) return entry;
    const [kind, left, right] = entry;
    const part = { ...kinds[kind], left: [left], right: [right] } as GroupPart;
    return { outcome: part.outcome, parts: [part] };
  });
  return exact === null || pairs === '' ? others : [...others, ...decodePairs(pairs, exactOf(exact))];
}

const MOST_KINDS = 16;
const SIMPLE = new Set(['matched', 'explained']);

/** The only part of a group of two items about which there is nothing to do. */
function pairOf({ outcome, parts }: StoredGroup): GroupPart | null {
  const [part] = parts;
  if (part === undefined || parts.length > 1 || part.outcome !== outcome || !SIMPLE.has(outcome)) return null;
  return part.left.length === 1 && part.right.length === 1 && part.work === undefined ? part : null;
}

function saysTheSame(a: GroupPart, b: GroupPart): boolean {
  return (
    a.rule === b.rule &&
    a.side === b.side &&
    a.outcome === b.outcome &&
    a.type === b.type &&
    a.difference === b.difference &&
    a.currency === b.currency &&
    a.confidence === b.confidence &&
    a.expectedClearing === b.expectedClearing &&
    (a.evidence === b.evidence || hasSameEntries(a.evidence, b.evidence))
  );
}

function hasSameEntries(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

const PLAIN = /^[\w./: -]*$/;
const quoted = (id: string): string => (PLAIN.test(id) ? `"${id}"` : JSON.stringify(id));
