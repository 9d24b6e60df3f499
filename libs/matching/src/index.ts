export { OUTCOMES, type Group, type Outcome } from './group.ts';
export type { Block, ExchangeRate, Item, MatchContext } from './item.ts';
