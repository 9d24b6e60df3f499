import type { Answer, AnswerGroup, CaseState, Scene, TruthOutcome } from './types.ts';

/** What a subject says about a scene; more properties do no harm. */
export interface JudgedGroup {
  readonly outcome: TruthOutcome;
  readonly type?: string | null;
  readonly rule?: string | null;
  readonly left: readonly string[];
  readonly right: readonly string[];
}

export interface Verdict {
  /** In the order in which the kinds come in the scene. */
  readonly kinds: readonly KindScore[];
  readonly outcomes: Readonly<Record<TruthOutcome, OutcomeScore>>;
  readonly faults: readonly Fault[];
}

/** Cases of a kind. */
export interface KindScore {
  readonly kind: string;
  readonly planted: number;
  /** Answered in the wanted way. */
  readonly wanted: number;
  /** Answered in any right way, the wanted one included. */
  readonly right: number;
  /** Groups that touch cases of the kind, and how many of them are in a right answer. */
  readonly groups: number;
  readonly rightGroups: number;
  /** Groups of right answers whose kind of break or explanation has a word, and how many of them say it. */
  readonly typed: number;
  readonly rightlyTyped: number;
}

/** Groups of an outcome. */
export interface OutcomeScore {
  readonly wanted: number;
  /** Of the wanted ones: said with exactly this outcome. */
  readonly found: number;
  readonly said: number;
  /** Of the said ones: in a right answer. */
  readonly right: number;
}

/**
 * What must not happen:
 * - false-match: a matched group that is in no right answer
 * - missed-break: an item that is a break in the wanted answer, and is neither shown as one nor answered rightly
 * - hidden-doubt: a case that nobody can decide, decided
 * - not-once: an item in no group or in several, or of no side
 */
export type FaultKind = 'false-match' | 'missed-break' | 'hidden-doubt' | 'not-once';

export interface Fault {
  readonly fault: FaultKind;
  /** Kinds of the cases concerned. */
  readonly kinds: string;
  readonly groups: readonly JudgedGroup[];
  readonly items: readonly string[];
}

type Case = Scene['cases'][number];
const OUTCOMES: readonly TruthOutcome[] = ['matched', 'suggested', 'ambiguous', 'timing', 'explained', 'break'];

/** Compares what was said with what is true. Ids of the two sides may be the same text. */
export function judge(scene: Pick<Scene, 'cases'>, groups: readonly JudgedGroup[]): Verdict {
  const owner = new Map(scene.cases.flatMap((one) => keysOf(one).map((key) => [key, one] as const)));
  const touching = new Map<Case, JudgedGroup[]>(scene.cases.map((one) => [one, []]));
  for (const group of groups)
    for (const one of new Set(keysOfGroup(group).map((key) => owner.get(key))))
      if (one !== undefined) touching.get(one)?.push(group);
  const seen = [...touching].map(([one, said]) => look(one, said));
  return {
    kinds: scoreKinds(seen),
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, scoreOutcome(outcome, seen, groups)])) as Record<
      TruthOutcome,
      OutcomeScore
    >,
    faults: [...falseMatches(groups, owner), ...seen.flatMap(faultsOf), ...notOnce(groups, owner)],
  };
}

interface Seen {
  readonly one: Case;
  readonly said: readonly JudgedGroup[];
  /** Groups of a right answer: with accepted items and outcome. */
  readonly rightGroups: readonly JudgedGroup[];
  readonly answer: Answer | null;
  /** Of the answer's groups that have a type: whether the type was said. */
  readonly types: readonly boolean[];
}

function look(one: Case, said: readonly JudgedGroup[]): Seen {
  const accepted = one.answers.flat();
  const answer = one.answers.find((each) => isAnswered(each, said)) ?? null;
  return {
    one,
    said,
    rightGroups: said.filter((group) => accepted.some((wanted) => isSaid(wanted, group))),
    answer,
    types: (answer ?? []).filter(({ type }) => type !== null).map((wanted) => isTypeSaid(wanted, said)),
  };
}

function isTypeSaid(wanted: AnswerGroup, said: readonly JudgedGroup[]): boolean {
  return said.some((group) => group.type === wanted.type && sameItems(wanted, group));
}

function isAnswered(answer: Answer, said: readonly JudgedGroup[]): boolean {
  return answer.length === said.length && answer.every((wanted) => said.some((group) => isSaid(wanted, group)));
}

function isSaid(wanted: AnswerGroup, group: JudgedGroup): boolean {
  return wanted.outcomes.includes(group.outcome) && sameItems(wanted, group);
}

function sameItems(a: Sides, b: Sides): boolean {
  return sameIds(a.left, b.left) && sameIds(a.right, b.right);
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}

function scoreKinds(seen: readonly Seen[]): KindScore[] {
  return [...Map.groupBy(seen, ({ one }) => one.kind)].map(([kind, cases]) => ({
    kind,
    planted: cases.length,
    wanted: count(cases, ({ one, answer, said }) => answer === one.answers[0] && isWanted(answer, said)),
    right: count(cases, ({ answer }) => answer !== null),
    groups: total(cases, ({ said }) => said.length),
    rightGroups: total(cases, ({ rightGroups }) => rightGroups.length),
    typed: total(cases, ({ types }) => types.length),
    rightlyTyped: total(cases, ({ types }) => count(types, Boolean)),
  }));
}

function isWanted(answer: Answer | undefined, said: readonly JudgedGroup[]): boolean {
  return (answer ?? []).every(({ outcomes: [first], ...items }) =>
    said.some((group) => group.outcome === first && sameItems(items, group)),
  );
}

function scoreOutcome(outcome: TruthOutcome, seen: readonly Seen[], groups: readonly JudgedGroup[]): OutcomeScore {
  const right = new Set(seen.flatMap(({ rightGroups }) => rightGroups));
  const wanted = seen.flatMap(({ one, said }) =>
    (one.answers[0] ?? []).filter(({ outcomes }) => outcomes[0] === outcome).map((group) => ({ group, said })),
  );
  const said = groups.filter((group) => group.outcome === outcome);
  return {
    wanted: wanted.length,
    found: count(wanted, ({ group, said: of }) =>
      of.some((other) => other.outcome === outcome && sameItems(group, other)),
    ),
    said: said.length,
    right: count(said, (group) => right.has(group)),
  };
}

function falseMatches(groups: readonly JudgedGroup[], owner: ReadonlyMap<string, Case>): Fault[] {
  return groups
    .filter(({ outcome }) => outcome === 'matched')
    .flatMap((group) => {
      const cases = [...new Set(keysOfGroup(group).map((key) => owner.get(key)))].filter((one) => one !== undefined);
      const isRight = cases.some(({ answers }) => answers.flat().some((wanted) => isSaid(wanted, group)));
      return isRight ? [] : [fault('false-match', cases, [group])];
    });
}

/** A case that is answered rightly has no fault, and a break that is shown among others is found. */
function faultsOf({ one, said, answer }: Seen): Fault[] {
  const wanted = one.answers[0] ?? [];
  if (answer !== null) return [];
  const hidden = wanted
    .filter(({ outcomes }) => outcomes[0] === 'break')
    .flatMap(keysOfGroup)
    .filter((key) => !said.some((group) => group.outcome === 'break' && keysOfGroup(group).includes(key)));
  const isDoubt = wanted.some(({ outcomes }) => outcomes[0] === 'ambiguous');
  return [
    ...(hidden.length === 0 ? [] : [fault('missed-break', [one], said, hidden)]),
    ...(isDoubt ? [fault('hidden-doubt', [one], said)] : []),
  ];
}

function notOnce(groups: readonly JudgedGroup[], owner: ReadonlyMap<string, Case>): Fault[] {
  const uses = new Map([...owner.keys()].map((key) => [key, [] as JudgedGroup[]]));
  for (const group of groups) for (const key of keysOfGroup(group)) uses.set(key, [...(uses.get(key) ?? []), group]);
  return [...uses]
    .filter(([key, used]) => used.length !== 1 || !owner.has(key))
    .map(([key, used]) =>
      fault(
        'not-once',
        [owner.get(key)].filter((one) => one !== undefined),
        used,
        [key],
      ),
    );
}

function fault(
  kind: FaultKind,
  cases: readonly Case[],
  groups: readonly JudgedGroup[],
  items: readonly string[] = [],
): Fault {
  return { fault: kind, kinds: [...new Set(cases.map((one) => one.kind))].join(' + '), groups, items };
}

interface Sides {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

function keysOfGroup({ left, right }: Sides): string[] {
  return [...left.map((id) => `left ${id}`), ...right.map((id) => `right ${id}`)];
}

function keysOf({ left, right }: CaseState): string[] {
  return keysOfGroup({ left: left.map(({ id }) => id), right: right.map(({ id }) => id) });
}

function count<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.filter(is).length;
}

function total<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
