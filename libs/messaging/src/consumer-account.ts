import type { DataSource } from 'typeorm';
import { addCounts, type OutcomeCounts } from './position.ts';

/** What became of the records of one partition since its position exists. */
export interface PartitionAccount {
  readonly partition: number;
  readonly startOffset: bigint;
  readonly nextOffset: bigint;
  /** Records that were taken in; as many as a read_committed subscriber sees from the start offset up to the next one. */
  readonly accepted: bigint;
  /** Offsets passed that held nothing for a subscriber: control records, aborted transactions, compaction. */
  readonly passed: bigint;
  readonly outcomes: OutcomeCounts;
}

/** The account of a consumer: every record accepted ended as exactly one outcome. */
export interface ConsumerAccount {
  readonly partitions: readonly PartitionAccount[];
  readonly accepted: bigint;
  readonly outcomes: OutcomeCounts;
  /** Whether the outcomes add up to the records accepted, and these fit between start and position, in every partition. */
  readonly balanced: boolean;
}

interface AccountRow {
  readonly partition: number;
  readonly start_offset: string;
  readonly next_offset: string;
  readonly accepted: string;
  readonly outcomes: OutcomeCounts;
}

/** Reads the account of a consumer group in one statement, so that it is consistent while records flow. */
export async function accountOf(dataSource: DataSource, group: string, topic: string): Promise<ConsumerAccount> {
  const rows = await dataSource.query<AccountRow[]>(
    `SELECT partition, start_offset, next_offset, accepted, outcomes FROM consumer_position
     WHERE consumer_group = $1 AND topic = $2 ORDER BY partition`,
    [group, topic],
  );
  const partitions = rows.map(toAccount);
  return {
    partitions,
    accepted: partitions.reduce((sum, { accepted }) => sum + accepted, 0n),
    outcomes: partitions.reduce<OutcomeCounts>((sum, { outcomes }) => addCounts(sum, outcomes), {}),
    balanced: partitions.every(isBalanced),
  };
}

function toAccount(row: AccountRow): PartitionAccount {
  const [startOffset, nextOffset, accepted] = [BigInt(row.start_offset), BigInt(row.next_offset), BigInt(row.accepted)];
  const passed = nextOffset - startOffset - accepted;
  return { partition: row.partition, startOffset, nextOffset, accepted, passed, outcomes: row.outcomes };
}

function isBalanced({ accepted, passed, outcomes }: PartitionAccount): boolean {
  const settled = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return BigInt(settled) === accepted && passed >= 0n;
}
