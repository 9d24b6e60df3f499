import type { ContractChange } from './apply.ts';

/** One line per change, as printed. */
export function describeChange(change: ContractChange): string {
  switch (change.kind) {
    case 'create-topic':
      return `create topic ${change.topic.name} (${change.topic.partitions} partitions, ${change.topic.config['cleanup.policy'] ?? 'delete'})`;
    case 'configure-topic':
      return `configure topic ${change.topic.name}: ${change.changes.map(({ name, from, to }) => `${name} ${from ?? 'unset'} -> ${to}`).join(', ')}`;
    case 'set-compatibility':
      return `set compatibility of ${change.subject}: ${change.from ?? 'unset'} -> ${change.to}`;
    case 'register-schema':
      return `register ${change.subject} version ${change.version}`;
    default:
      return change satisfies never;
  }
}
