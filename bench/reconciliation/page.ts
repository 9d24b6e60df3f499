import type { Page } from '../report/document.ts';
import { AS_OF, EXACT } from './dataset.ts';
import { HEAP_MIB } from './matcher.ts';

export const PAGE: Page = {
  name: 'reconciliation',
  title: 'How fast the reconciliation is',
  about:
    'The database shares that machine with what is measured, and all take turns within one run; figures are medians with the smallest and the largest round. Ratios hold elsewhere, absolute figures do not.',
  figures: 'Processor time and memory are those of the process that decides.',
  limits: [
    {
      what: 'Full run',
      text: 'processor time on both cores. Somewhat more than half of it is PostgreSQL, which groups the items by key, puts the ids of the exact pairs together, fetches the items that are in no pair and stores the results; the rest is the deciding process, which decides about those items and encodes what it says about them. The join uses both cores, puts nothing together and stores nothing; keeping no more than its pairs of ids costs it more than twice its time.',
    },
    {
      what: 'Nothing changed',
      text: 'reading and deciding are the same; the groups are not written, but every block notes when it was decided last, and a row that changes is written anew.',
    },
    {
      what: 'One changed item',
      text: 'reading the items of the block, round trips, and the flush of the transaction that stores the item; deciding takes well below a millisecond.',
    },
    {
      what: 'Subset search',
      text: 'the sums of all ways to pick up to eight of twenty, twice; amounts that are all too large or too small for the target are cut off early, which debits beside credits prevent.',
    },
  ],
  subjects: [
    {
      what: 'The items',
      text: `two sides of equal size in blocks of 10, 40 and 200; ${EXACT / 10} % of the left items have an equal one, the rest differs by a cent, is misspelt, split, bundled without a reference, missing on one side, a day old, or wrong. All as of ${AS_OF}, loaded in the order of the blocks and vacuumed.`,
    },
    {
      what: 'tieout',
      text: `the service's own code in a process of its own with a heap of ${HEAP_MIB} MiB: PostgreSQL finds the exact pairs of every block by the keys that its items were stored with, all in one snapshot, and one function decides about the rest of each block; the results of at most 500 blocks or 20,000 items stored in one transaction while the next are decided. Breaks are opened in a line of its own, with events and audit entries in the outbox.`,
    },
    {
      what: 'bare FULL OUTER JOIN',
      text: 'the same table joined with itself on block, reference, amount and currency, and the pairs and the rest of either side counted: it finds the exact pairs and nothing else, stores nothing, and explains nothing. Into a table: the ids of the pairs and of the rest kept. PostgreSQL with the settings of the local stack.',
    },
    {
      what: 'One changed item',
      text: 'as the service does it: the item and the mark of its block in one transaction; the marked block locked, read, decided and stored with its breaks and their events in a second one. The first is flushed to disk, the second where it changes a break: else it could be made again.',
    },
    {
      what: 'Subset search',
      text: 'forty candidates of up to 100,000.00, groupings of up to 8 unless it says any size; what none of the candidates make up has every grouping excluded.',
    },
  ],
};
