import type { Figure, Target } from '../judge.ts';
import { metricAt } from './scenarios/latency.ts';
import { METRIC as CONSUME } from './scenarios/consume.ts';
import { METRIC as PUBLISH } from './scenarios/publish.ts';
import { BURST } from './scenarios/scale.ts';
import { HOP } from './scenarios/service.ts';

const OURS = 'tieout';
const SINK = 'Debezium JDBC sink';
const ROUTER = 'Debezium outbox router';
const TUNED_ROUTER = `${ROUTER}, poll.interval.ms=5`;
const P50 = `${metricAt(1_000)}, p50`;
const P99 = `${metricAt(1_000)}, p99`;
const consume = (subject: string): Figure => [subject, CONSUME];
const publish = (subject: string): Figure => [subject, PUBLISH];

export const TARGETS: readonly Target[] = [
  { what: 'consume: to stock Nest with save()', of: consume(OURS), to: [consume('Nest + save()')], atLeast: 60 },
  {
    what: 'consume: to the best setting of Nest',
    of: consume(OURS),
    to: [consume('Nest + upsert(), 6 partitions at once')],
    atLeast: 10,
  },
  {
    what: 'consume: to the stock Debezium JDBC sink',
    of: consume(OURS),
    to: [consume(`${SINK}, stock`)],
    atLeast: 2.5,
  },
  {
    what: 'consume: to the tuned and warm Debezium JDBC sink',
    of: consume(OURS),
    to: [consume(`${SINK}, tuned and warm`)],
    atLeast: 1.1,
  },
  {
    what: 'consume: CPU for an event, to the tuned and warm Debezium JDBC sink',
    of: [OURS, `${CONSUME}, CPU`],
    to: [[`${SINK}, tuned and warm`, `${CONSUME}, CPU`]],
    atMost: 0.5,
  },
  { what: 'consume: to the hand-written ceiling', of: consume(OURS), to: [consume('hand-written')], atLeast: 0.75 },
  { what: 'publish: to the Debezium outbox router', of: publish(OURS), to: [publish(ROUTER)], atLeast: 1.7 },
  { what: 'publish: to the hand-written relay', of: publish(OURS), to: [publish('hand-written')], atLeast: 0.75 },
  { what: 'commit to reader: p50 to stock Debezium', of: [OURS, P50], to: [[ROUTER, P50]], atMost: 0.1 },
  { what: 'commit to reader: p99 to stock Debezium', of: [OURS, P99], to: [[ROUTER, P99]], atMost: 0.1 },
  { what: 'commit to reader: p50 to tuned Debezium', of: [OURS, P50], to: [[TUNED_ROUTER, P50]], atMost: 2 },
  { what: 'commit to reader: p99 to tuned Debezium', of: [OURS, P99], to: [[TUNED_ROUTER, P99]], atMost: 2.5 },
  { what: 'commit to reader at 5,000/s: p99', of: [OURS, `${metricAt(5_000)}, p99`], atMost: 100, unit: 'ms' },
  { what: 'one hop: to its slower half', of: [OURS, HOP], to: [consume(OURS), publish(OURS)], atLeast: 0.6 },
  {
    what: "decode with an evolved reader: to the registry client's readerSchema",
    of: [OURS, 'decode with an evolved reader'],
    to: [['registry client, readerSchema', 'decode with an evolved reader']],
    atLeast: 100,
  },
  { what: 'idle service', of: [OURS, 'idle service'], atMost: 0.5, unit: '% of a core' },
  { what: 'burst: healthy keys, p99', of: [OURS, `${BURST}, healthy keys p99`], atMost: 1_000, unit: 'ms' },
  {
    what: 'burst: memory of its second half to its first',
    of: [OURS, `${BURST}, memory of its second half to its first`],
    atMost: 1.25,
  },
];
