import type { TopicName } from '@tieout/canonical';

/** What the idle service consumes. */
export const IDLE_TOPICS = [
  'finance.order.v1',
  'finance.invoice.v1',
  'finance.payment.v1',
] as const satisfies TopicName[];
