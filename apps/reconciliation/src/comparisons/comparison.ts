import { z } from 'zod';

/** ERPs whose snapshots can be compared. */
export type SnapshotSystem = 'netsuite' | 'sap-s4hana';

/** What of a topic can be a side: one item per record that stands. */
export const TOPIC_OBJECTS = ['payment', 'invoice', 'order', 'credit-memo'] as const;
export type TopicObject = (typeof TOPIC_OBJECTS)[number];

/** Where the items of a side come from. */
export type SideSource =
  | { readonly kind: 'topic'; readonly object: TopicObject; readonly instances: readonly string[] | null }
  | {
      readonly kind: 'snapshot';
      readonly object: TopicObject;
      readonly system: SnapshotSystem;
      readonly instance: string;
    }
  /** Statements of an account; `*` at the end stands for any rest of the name. */
  | { readonly kind: 'file'; readonly account: string };

export interface ComparisonSide {
  readonly name: string;
  readonly source: SideSource;
}

/** A comparison as reviewed data. */
export interface ComparisonDefinition {
  /** Also the `check` of its breaks. */
  readonly name: string;
  readonly description: string;
  /** Who answers for it. */
  readonly owner: string;
  /** Name of the rule set. */
  readonly rules: string;
  /** Two or three: each other side is compared with the first. */
  readonly sides: readonly ComparisonSide[];
}

const NAME = /^[a-z][a-z0-9-]{0,59}$/;
const ACCOUNT = /^[A-Za-z0-9][\w.-]{0,59}$/;
const ACCOUNT_PATTERN = /^(?:[A-Za-z0-9][\w.-]{0,59})?\*?$/;
const name = z.string().regex(NAME, 'expected lower-case letters, digits and -');
const side = z.strictObject({
  name,
  of: z.string(),
  /** Instances of the system whose records count; all when absent. */
  instances: z.array(z.string().min(1)).min(1).optional(),
});
const comparison = z.strictObject({
  name,
  description: z.string().min(1),
  owner: z.string().min(1),
  rules: name,
  sides: z.array(side).min(2).max(3),
});

export const isAccount = (text: string): boolean => ACCOUNT.test(text);

/** Names every problem of a comparison that is no comparison. */
export class ComparisonError extends Error {
  readonly code = 'comparison-invalid';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`This is no comparison: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** @throws ComparisonError with all that is wrong */
export function parseComparison(input: unknown): ComparisonDefinition {
  const parsed = comparison.safeParse(input);
  if (!parsed.success)
    throw new ComparisonError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'comparison'}: ${message}`),
    );
  const { sides, ...rest } = parsed.data;
  const problems: string[] = [];
  const read = sides.flatMap((one, index) => {
    const source = parseSource(one.of, one.instances ?? null);
    if (typeof source !== 'string') return [{ name: one.name, source }];
    problems.push(`sides.${index}: ${source}`);
    return [];
  });
  if (new Set(sides.map((one) => one.name)).size < sides.length) problems.push('sides: two of them have the same name');
  if (problems.length > 0) throw new ComparisonError(problems);
  return { ...rest, sides: read };
}

/** The source, or what is wrong with it. */
function parseSource(of: string, instances: readonly string[] | null): SideSource | string {
  const [kind = '', rest = ''] = split(of, ':');
  if (kind === 'topic') {
    if (!isTopicObject(rest)) return `topic:${rest} is none of ${TOPIC_OBJECTS.join(', ')}`;
    return { kind, object: rest, instances };
  }
  if (instances !== null) return 'instances belong to a topic';
  if (kind === 'snapshot') return parseSnapshot(rest);
  if (kind === 'file' && rest !== '' && ACCOUNT_PATTERN.test(rest)) return { kind, account: rest };
  return `"${of}" is neither topic:<object>, snapshot:<object>@<system> nor file:<account>`;
}

function parseSnapshot(text: string): SideSource | string {
  const [object = '', place = ''] = split(text, '@');
  const [system = '', instance = 'main'] = split(place, ':');
  if (!isTopicObject(object) || !isSnapshotSystem(system))
    return `snapshot:${text} is not <object>@netsuite or <object>@sap-s4hana with one of ${TOPIC_OBJECTS.join(', ')}`;
  return { kind: 'snapshot', object, system, instance };
}

const isSnapshotSystem = (text: string): text is SnapshotSystem => text === 'netsuite' || text === 'sap-s4hana';

const isTopicObject = (text: string): text is TopicObject => (TOPIC_OBJECTS as readonly string[]).includes(text);

function split(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Whether statements of the account belong to the side. */
export function takesAccount({ source }: ComparisonSide, account: string): boolean {
  if (source.kind !== 'file') return false;
  return source.account.endsWith('*') ? account.startsWith(source.account.slice(0, -1)) : source.account === account;
}
