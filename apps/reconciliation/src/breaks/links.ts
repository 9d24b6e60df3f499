import type { BreakState } from './break-state.ts';
import type { HeldLetter, KnownObject } from './break-links.store.ts';

/** Where a person finds what a break is about. */
export interface BreakLink {
  /** document: the object itself; party: its customer or legal entity; evidence: what the evidence names. */
  readonly about: 'document' | 'party' | 'evidence' | 'trace' | 'dead-letter';
  /** System, or topic of a dead letter. */
  readonly where: string;
  readonly entity: string | null;
  /** Id in that system. */
  readonly id: string;
  readonly canonicalId: string | null;
  /** Null when no address is configured. */
  readonly url: string | null;
}

type Templates = Readonly<Record<string, string>>;

/** Vendor records that evidence names by the side they stand on. */
const SIDES = ['crm', 'erp'] as const;

export function linksOf(
  { object, evidence }: BreakState,
  known: readonly KnownObject[],
  letters: readonly HeldLetter[],
  templates: Templates,
): readonly BreakLink[] {
  const records = known.flatMap((one) =>
    one.vendorId === null ? [] : [recordLink(one, one.key === object, templates)],
  );
  const named = SIDES.flatMap((side) => {
    const id = evidence[side];
    return id ? [evidenceLink(side, id, templates)] : [];
  });
  const traces = [...new Set(known.flatMap((one) => (one.key === object ? (one.correlationId ?? []) : [])))];
  return [
    ...records.toSorted((a, b) => (a.about === b.about ? 0 : a.about === 'document' ? -1 : 1)),
    ...named,
    ...traces.map((id) => plain('trace', 'trace', id, filled(templates['trace'], { id }))),
    ...letters.map(({ id, topic }) => plain('dead-letter', topic, id, filled(templates['dead-letter'], { id }))),
  ];
}

function recordLink(one: KnownObject, isObject: boolean, templates: Templates): BreakLink {
  const [system, entity, id] = [one.system ?? '', one.entity ?? '', one.vendorId ?? ''];
  const url = filled(templates[system], { id, entity, instance: one.instance ?? '' });
  return { about: isObject ? 'document' : 'party', where: system, entity, id, canonicalId: one.key, url };
}

const evidenceLink = (side: string, id: string, templates: Templates): BreakLink =>
  plain('evidence', side, id, filled(templates[side], { id }));

const plain = (about: BreakLink['about'], where: string, id: string, url: string | null): BreakLink => ({
  ...{ about, where, id, url },
  entity: null,
  canonicalId: null,
});

/** A template with its places filled; what is put in cannot leave its place in the address. */
function filled(template: string | undefined, values: Readonly<Record<string, string>>): string | null {
  if (template === undefined) return null;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
