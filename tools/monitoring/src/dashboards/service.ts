import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { MonitoredService } from '../services.ts';
import { ownPanels } from './own-panels.ts';
import { emptyDashboard, figure, graph } from './panels.ts';

interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** How one service is: requests, what it consumes, publishes, reads and writes, and its process. */
export function serviceDashboard(service: MonitoredService): Dashboard {
  const { name, does } = service;
  const rows = [
    overview(name),
    { title: 'What it is about', panels: ownPanels(name) },
    consuming(name),
    publishing(name),
    ...(service.streams ? [streams(name)] : []),
    ...(service.work ? [work(name)] : []),
    requests(name),
    process(name),
  ];
  const dashboard = emptyDashboard(`tieout-${name}`, `Tieout / ${name}`, does);
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(panel);
  }
  return dashboard.build();
}

function overview(name: string): Row {
  const s = `service="${name}"`;
  const count = 'short';
  return {
    title: 'Now',
    panels: [
      figure(
        { title: 'Replicas that answer', description: 'Scrapes that succeed; 0 is an outage.', unit: count },
        { expr: `sum(up{job="tieout", ${s}})`, legend: 'up' },
        null,
      ),
      figure(
        {
          title: 'Failing checks',
          description: 'Checks of /health/ready that fail. GET it to read why.',
          unit: count,
        },
        { expr: `count(tieout_health_check_ok{${s}} == 0) or vector(0)`, legend: 'failing' },
        1,
      ),
      figure(
        {
          title: 'Records before it',
          description: 'What its consumers have yet to read, over all topics.',
          unit: count,
        },
        { expr: `sum(tieout_consumer_lag_records{${s}})`, legend: 'lag' },
        20_000,
      ),
      figure(
        {
          title: 'Oldest unpublished event',
          description: 'Normal is under a second.',
          unit: 's',
        },
        { expr: `max(tieout_outbox_oldest_seconds{${s}})`, legend: 'age' },
        300,
      ),
      figure(
        { title: 'Open dead letters', description: 'Records that could not be applied.', unit: count },
        { expr: `sum(max by (topic) (tieout_dead_letters{${s}, status="open"})) or vector(0)`, legend: 'open' },
        1,
      ),
      figure(
        { title: 'Open exceptions', description: 'What bad input became; each says what would fix it.', unit: count },
        { expr: `sum(max by (kind) (tieout_open_exceptions{${s}})) or vector(0)`, legend: 'open' },
        1,
      ),
    ],
  };
}

function consuming(name: string): Row {
  const s = `service="${name}"`;
  return {
    title: 'Consuming',
    panels: [
      graph(
        {
          title: 'Records by outcome',
          description:
            'Each record ends as exactly one outcome: applied, superseded, duplicate, ignored, parked, dead.',
          unit: 'ops',
        },
        [
          {
            expr: `sum by (outcome) (rate(tieout_events_processed_total{${s}}[$__rate_interval]))`,
            legend: '{{outcome}}',
          },
        ],
        { stacked: true },
      ),
      graph({ title: 'Lag', description: 'Records behind the end of each topic; 0 at rest.', unit: 'short' }, [
        { expr: `sum by (topic) (tieout_consumer_lag_records{${s}})`, legend: '{{topic}}' },
      ]),
      graph(
        {
          title: 'Age of the newest consumed record',
          description: 'Grows at rest as well: it says something only together with a lag.',
          unit: 's',
        },
        [{ expr: `min by (topic) (tieout_event_age_seconds{${s}})`, legend: '{{topic}}' }],
      ),
      graph(
        {
          title: 'Running consumers',
          description: '1 while it runs. Below: it retries or has stopped, GET /health/ready says why.',
          unit: 'short',
        },
        [{ expr: `min by (topic) (tieout_consumer_running{${s}})`, legend: '{{topic}}' }],
        { max: 1 },
      ),
      graph(
        {
          title: 'Dead letters and parked records',
          description: 'Open ones wait for a decision; parked ones wait behind an open one of their key.',
          unit: 'short',
        },
        [
          {
            expr: `max by (topic, status) (tieout_dead_letters{${s}, status=~"open|parked"})`,
            legend: '{{topic}} {{status}}',
          },
        ],
      ),
      graph(
        {
          title: 'Oldest dead letter or parked record',
          description: 'How long it has waited for a decision.',
          unit: 's',
        },
        [{ expr: `max by (topic) (tieout_dead_letter_oldest_seconds{${s}})`, legend: '{{topic}}' }],
      ),
      graph(
        {
          title: 'Decided dead letters',
          description: 'Redriven, discarded, superseded by a newer revision, or failed again.',
          unit: 'ops',
        },
        [
          {
            expr: `sum by (topic, result) (rate(tieout_dead_letters_redriven_total{${s}}[$__rate_interval]))`,
            legend: '{{topic}} {{result}}',
          },
        ],
      ),
      graph(
        {
          title: 'Replays',
          description: 'Offsets that replays still have to read; empty while none runs.',
          unit: 'short',
        },
        [{ expr: `max by (topic) (tieout_replay_remaining_offsets{${s}})`, legend: '{{topic}}' }],
      ),
    ],
  };
}

function publishing(name: string): Row {
  const s = `service="${name}"`;
  return {
    title: 'Publishing',
    panels: [
      graph(
        { title: 'Events published', description: 'By topic.', unit: 'ops' },
        [{ expr: `sum by (topic) (rate(tieout_events_published_total{${s}}[$__rate_interval]))`, legend: '{{topic}}' }],
        { stacked: true },
      ),
      graph(
        {
          title: 'Outbox',
          description: 'Events stored and not yet published, and those that the broker refused.',
          unit: 'short',
        },
        [
          { expr: `max(tieout_outbox_pending{${s}})`, legend: 'pending' },
          { expr: `max(tieout_outbox_refused{${s}})`, legend: 'refused' },
        ],
      ),
      graph(
        {
          title: 'Publisher',
          description: 'One replica leads. Errors end a publisher, the next one takes over; nothing is lost.',
          unit: 'short',
        },
        [
          { expr: `sum(tieout_relay_leading{${s}})`, legend: 'leading' },
          { expr: `sum(increase(tieout_relay_take_overs_total{${s}}[$__rate_interval]))`, legend: 'take-overs' },
          { expr: `sum(increase(tieout_relay_errors_total{${s}}[$__rate_interval]))`, legend: 'errors' },
        ],
      ),
    ],
  };
}

function streams(name: string): Row {
  const s = `service="${name}"`;
  return {
    title: 'Source streams',
    panels: [
      graph({ title: 'Age of the cursor', description: 'Since a poll reached the end of the source.', unit: 's' }, [
        { expr: `max by (stream) (tieout_source_cursor_age_seconds{${s}})`, legend: '{{stream}}' },
      ]),
      graph({ title: 'Failures in a row', description: 'Three make the service not ready.', unit: 'short' }, [
        { expr: `max by (stream) (tieout_source_stream_failures{${s}})`, legend: '{{stream}}' },
      ]),
      graph(
        { title: 'Running streams', description: '0: stopped until a person acts.', unit: 'short' },
        [{ expr: `max by (stream) (tieout_source_stream_running{${s}})`, legend: '{{stream}}' }],
        { max: 1 },
      ),
    ],
  };
}

function work(name: string): Row {
  const s = `service="${name}"`;
  return {
    title: 'Work queue',
    panels: [
      graph(
        { title: 'Open items', description: 'Failed ones hold their key until a person decides.', unit: 'short' },
        [{ expr: `max by (state) (tieout_work_items{${s}})`, legend: '{{state}}' }],
        { stacked: true },
      ),
      graph(
        { title: 'Oldest open item', description: 'One in doubt rests for the time limit of the vendor.', unit: 's' },
        [{ expr: `max(tieout_work_oldest_seconds{${s}})`, legend: 'oldest' }],
      ),
      graph({ title: 'Running queues', description: '0: no replica takes work.', unit: 'short' }, [
        { expr: `sum(tieout_work_queue_running{${s}})`, legend: 'running' },
      ]),
    ],
  };
}

/** Rate, errors, duration. */
function requests(name: string): Row {
  const counted = `tieout_http_request_duration_seconds_count{service="${name}", route!~"/health/.*|/metrics"}`;
  const buckets = `tieout_http_request_duration_seconds_bucket{service="${name}", route!~"/health/.*|/metrics"}`;
  return {
    title: 'HTTP requests',
    panels: [
      graph({ title: 'Rate', description: 'Without probes and scrapes.', unit: 'reqps' }, [
        { expr: `sum by (method, route) (rate(${counted}[$__rate_interval]))`, legend: '{{method}} {{route}}' },
      ]),
      graph({ title: 'Errors', description: 'Answers by status from 400 on.', unit: 'reqps' }, [
        {
          expr: `sum by (status) (rate(${counted.replace('}', ', status=~"[45].."}')}[$__rate_interval]))`,
          legend: '{{status}}',
        },
      ]),
      graph({ title: 'Duration', description: 'Median and 95th percentile of all routes.', unit: 's' }, [
        { expr: `histogram_quantile(0.5, sum by (le) (rate(${buckets}[$__rate_interval])))`, legend: 'p50' },
        { expr: `histogram_quantile(0.95, sum by (le) (rate(${buckets}[$__rate_interval])))`, legend: 'p95' },
      ]),
    ],
  };
}

/** Utilisation, saturation, errors of the process. */
function process(name: string): Row {
  const s = `service="${name}"`;
  return {
    title: 'Process',
    panels: [
      graph({ title: 'Processor', description: 'Of one core; Node computes on one thread.', unit: 'percentunit' }, [
        { expr: `rate(tieout_process_cpu_seconds_total{${s}}[$__rate_interval])`, legend: '{{instance}}' },
      ]),
      graph({ title: 'Memory', description: 'Resident memory and the part of the heap in use.', unit: 'bytes' }, [
        { expr: `tieout_process_resident_memory_bytes{${s}}`, legend: 'resident {{instance}}' },
        { expr: `tieout_nodejs_heap_size_used_bytes{${s}}`, legend: 'heap {{instance}}' },
      ]),
      graph(
        {
          title: 'Event loop and garbage collection',
          description: 'What one turn in a hundred waits; the share of time that garbage collection takes.',
          unit: 's',
        },
        [
          { expr: `tieout_nodejs_eventloop_lag_p99_seconds{${s}}`, legend: 'lag p99 {{instance}}' },
          {
            expr: `sum by (instance) (rate(tieout_nodejs_gc_duration_seconds_sum{${s}}[$__rate_interval]))`,
            legend: 'collecting per second {{instance}}',
          },
        ],
      ),
      graph(
        {
          title: 'Metrics that could not be read',
          description: 'Normally none; the database is away or slow.',
          unit: 'short',
        },
        [
          {
            expr: `sum by (metric) (increase(tieout_metric_read_errors_total{${s}}[$__rate_interval]))`,
            legend: '{{metric}}',
          },
        ],
      ),
      graph({ title: 'Restarts', description: 'Starts of the process at the same address.', unit: 'short' }, [
        { expr: `changes(tieout_process_start_time_seconds{${s}}[$__rate_interval])`, legend: '{{instance}}' },
      ]),
    ],
  };
}
