import { Outbox, requestRedrive, stopRedrive, type RedriveDesk, type RedriveRequest } from '@tieout/messaging';
import type { Lab } from './lab.ts';
import type { Rig } from './rig.ts';
import { openSubjectDatabase } from './subject/database.ts';
import type { Input } from './subject/options.ts';

/** What a person at the command line can do to the dead letters of a rig's service. */
export interface Desk {
  /** @returns the request's id, null when nothing is eligible */
  request(overrides: Partial<RedriveRequest>): Promise<string | null>;
  /** @returns false when it had ended */
  stop(id: string): Promise<boolean>;
  close(): Promise<void>;
}

const ACTOR = { actor: 'somebody', role: 'operator', reason: 'the cause is mended' } as const;

export async function openDesk(lab: Lab, rig: Rig, input: Input): Promise<Desk> {
  const dataSource = await openSubjectDatabase(rig, () => undefined);
  const outbox = new Outbox(lab.codec, rig.service, { brokerTopic: (topic) => topic + rig.suffix });
  const desk: RedriveDesk = { dataSource, outbox, consumed: () => new Map([[`${rig.service}.${input}`, input]]) };
  const unlessRefused = async <T>(work: Promise<T>): Promise<T | null> =>
    work.catch((error: unknown) => {
      if (error instanceof Error && 'status' in error && error.status === 409) return null;
      throw error;
    });
  return {
    async request(overrides) {
      const asked: RedriveRequest = {
        ...{ action: 'redrive', filter: {}, followers: 'redrive', rate: 1_000, maxItems: 20_000, maxFailures: 1 },
        ...ACTOR,
        ...overrides,
      };
      return (await unlessRefused(requestRedrive(desk, asked)))?.redriveId ?? null;
    },
    stop: async (id) => (await unlessRefused(stopRedrive(desk, id, ACTOR))) !== null,
    close: () => dataSource.destroy(),
  };
}
