import type { MonthEndReport } from '../month-end/report-shape.ts';
import type { BreakView, RunView, StationCell, SystemsView } from '../watch/reconciliation-api.client.ts';
import type { ServiceState } from '../watch/services.client.ts';
import type { TopicSummary } from '../watch/topics.client.ts';

/** Everything that the page shows, as it was read at one time. */
export interface PageData {
  readonly readAt: Date;
  readonly scenario: 'month-end' | 'receivables';
  readonly startedAt: string;
  readonly services: readonly ServiceState[];
  readonly topics: readonly TopicSummary[];
  /** What reconciliation says; null before its first run. */
  readonly proof: Proof | null;
  /** Null until the run is compared, and for a file of receivables. */
  readonly report: MonthEndReport | null;
  /** What else can be looked at, by name. */
  readonly links: Readonly<Record<string, string>>;
  /** What could not be read. */
  readonly problems: readonly string[];
}

export interface Proof {
  readonly run: RunView;
  readonly systems: SystemsView['systems'];
  readonly topics: SystemsView['topics'];
  /** By station: erp, topic, planning. */
  readonly stations: Readonly<Record<string, readonly StationCell[]>>;
  readonly breaks: readonly BreakView[];
}
