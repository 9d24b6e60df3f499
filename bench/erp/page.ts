import type { Page } from '../report/document.ts';
import { HEAP_MIB } from './programs.ts';

export const PAGE: Page = {
  name: 'erp',
  title: 'How fast the ERP adapter is',
  about:
    'The vendor is its sandbox, in a process of its own on the same machine, as are Kafka, the registry and PostgreSQL, and all take turns within one run; figures are medians with the smallest and the largest round. Ratios hold elsewhere, absolute figures do not.',
  figures: 'Processor time and memory are those of the process that reads or of the service.',
  limits: [
    {
      what: 'Changed invoices',
      text: 'the vendor answers on the cores that the service, the broker and the database need, too; reading alone leaves them to it.',
    },
    {
      what: 'Customers under a budget',
      text: 'the calls that the budget leaves waiting are few: between two calls of a customer the service stores what it found, and other streams of the same account take places for readings that are over at once. With two replicas the two cores are full.',
    },
    {
      what: 'SAP $batch',
      text: 'the way to the vendor: a single write goes it once for every record, a change set once for a hundred. On one machine there is no way, and what is left is the work of the sandbox for every part.',
    },
  ],
  subjects: [
    {
      what: 'bare reading of the same pages',
      text: 'the connector alone, in a process of its own: headers, lines and links of every page, nothing done with them.',
    },
    {
      what: 'tieout',
      text: `the whole service with all its streams, in a process of its own with a heap of ${HEAP_MIB} MiB, from an empty database until every invoice is on the topic.`,
    },
    {
      what: 'Customers under a budget',
      text: 'events on the customer topic to records in an account that refuses the eleventh call at once; the share is the mean number of calls under way between the first and the last tenth.',
    },
    {
      what: 'SAP $batch',
      text: 'the same business partners changed one by one, each with its ETag, and in change sets of a hundred, once on one machine and once with a vendor that takes a fixed time for every call.',
    },
  ],
};
