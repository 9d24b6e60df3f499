import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Filter } from './breaks-api.client.ts';
import type { Common } from './command-line.ts';

/** Those of `breaks` itself, and those of `filtered`. */
export interface FilterFlags extends Common {
  readonly status: 'open' | 'closed' | 'all';
  readonly check?: string;
  readonly kind?: string;
  readonly workflow?: string;
  readonly severity?: string;
  readonly entity?: string;
  readonly ownerGroup?: string;
  readonly assignee?: string;
  readonly minValue?: string;
  readonly minAge?: string;
}

const WORK = ['open', 'proposed', 'pending', 'resolved', 'closed'];
/** What somebody still has to work; what is resolved stands only in the systems. */
const TO_WORK = WORK.slice(0, 3);

/** Options that choose among breaks, beside --status, --check and --kind. */
export function filtered(command: Command): Command {
  return command
    .option(
      '--workflow <states>',
      `only these: ${WORK.join(', ')}, comma-separated (default: ${TO_WORK.join(',')})`,
      workflow,
    )
    .addOption(new Option('--severity <severity>', 'only of this one').choices(['critical', 'warning']))
    .option('--entity <id>', 'only of this legal entity')
    .option('--owner-group <group>', 'only of this group, e.g. finance-operations')
    .option('--assignee <person>', 'only of this person; "" for those that nobody works')
    .option('--min-value <amount>', 'only worth at least this in the currency of the group')
    .option('--min-age <days>', 'only those open for so many days');
}

function workflow(text: string): string {
  const strange = text.split(',').filter((one) => !WORK.includes(one.toLowerCase()));
  if (strange.length === 0) return text;
  throw new InvalidArgumentError(`${strange.join(', ')} is none of ${WORK.join(', ')}`);
}

export function queryOf(flags: FilterFlags): Filter {
  const { status, check, kind, severity, entity, ownerGroup, assignee, minValue, minAge } = flags;
  const asked = { open: TO_WORK, closed: ['closed'], all: WORK }[status].join();
  const filter = {
    ...{ status: status === 'all' ? undefined : status, check, kind, workflow: flags.workflow ?? asked, severity },
    ...{ legalEntity: entity, ownerGroup, assignee, minValue, minAgeDays: minAge },
  };
  return Object.fromEntries(Object.entries(filter).filter((one): one is [string, string] => one[1] !== undefined));
}
