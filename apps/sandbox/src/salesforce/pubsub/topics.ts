import type { Catalog } from '../catalog.ts';
import { eventName } from '../events/event-layout.ts';
import type { TopicFilter } from '../events/event-log.store.ts';
import type { SObject } from '../objects/field.ts';

/** A topic that exists: what it carries, and the object when it is only one. */
export interface Topic {
  readonly name: string;
  readonly filter: TopicFilter;
  readonly object: SObject | undefined;
}

/** The standard channel of all selected entities. */
export const ALL_EVENTS = '/data/ChangeEvents';
/** A custom channel that an admin made, with all entities as its members. */
export const CUSTOM_CHANNEL = '/data/Tieout__chn';

export function topicNamed(catalog: Catalog, name: string): Topic | undefined {
  if (name === ALL_EVENTS || name === CUSTOM_CHANNEL) return { name, filter: 'all', object: undefined };
  const object = catalog.all().find((candidate) => name === `/data/${eventName(candidate.name)}`);
  return object && { name, filter: { entity: object.name }, object };
}
