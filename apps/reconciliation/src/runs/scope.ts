import type { FigureScope } from '../topic-state/topic-figures.store.ts';
import type { TopicScope } from '../topic-state/topic-side.store.ts';
import type { Side } from './request-run.ts';

/** What of the topics a run looks at: only records of the instances that it asks can be compared with them. */
export function scopesOf(
  sides: readonly Side[],
  cutOff: string | null,
): { readonly topics: TopicScope; readonly figures: FigureScope } {
  const instancesOf = (isAsked: (side: Side) => boolean): readonly string[] => [
    ...new Set(sides.filter(isAsked).map(({ instance }) => instance)),
  ];
  const of =
    (...objects: readonly string[]) =>
    ({ object }: Side): boolean =>
      objects.includes(object);
  const systems = [...new Set(sides.map(({ system }) => system))];
  return {
    topics: {
      receivables: instancesOf(of('invoice', 'payment')),
      orders: instancesOf(of('order')),
      creditMemos: instancesOf(of('credit-memo')),
      forecasts: instancesOf(of('forecast')),
      customers: new Map(
        systems.flatMap((name) => {
          const asked = instancesOf(({ object, system }) => object === 'customer' && system === name);
          return asked.length === 0 ? [] : [[name, asked] as const];
        }),
      ),
      cutOff,
    },
    figures: {
      instances: new Map(systems.map((name) => [name, instancesOf(({ system }) => system === name)])),
      cutOff,
    },
  };
}
