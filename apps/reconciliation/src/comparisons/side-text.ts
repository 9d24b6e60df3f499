import type { TopicName } from '@tieout/canonical';
import type { ComparisonDefinition, SideSource } from './comparison.ts';

/** A source as a comparison's file writes it. */
export function sourceText(source: SideSource): string {
  switch (source.kind) {
    case 'topic':
      return `topic:${source.object}`;
    case 'snapshot':
      return `snapshot:${snapshotText(source)}`;
    case 'file':
      return `file:${source.account}`;
  }
}

/** What a run asks for, as `object@system:instance`. */
export const snapshotText = ({ object, system, instance }: Extract<SideSource, { kind: 'snapshot' }>): string =>
  `${object}@${system}:${instance}`;

/** Topics that must be consumed to their end before a comparison's items are all there; customers name the counterparties. */
export function topicsOf({ sides }: ComparisonDefinition): readonly TopicName[] {
  const documents = sides.flatMap(({ source }) =>
    source.kind === 'topic' ? [`finance.${source.object}.v1` as const] : [],
  );
  return documents.length === 0 ? [] : [...new Set<TopicName>([...documents, 'finance.customer.v1'])];
}
