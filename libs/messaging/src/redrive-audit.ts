import { contentHash, type Act } from '@tieout/canonical';

/** On whose behalf something is done. */
export interface OnBehalf {
  readonly actor: string;
  readonly role: string | null;
  readonly reason: string | null;
}

/** A transition of one dead letter. States are what a reader of the chain can compare: status, attempts and outcome. */
export function letterAct(
  letterId: string,
  action: string,
  who: OnBehalf,
  states: { readonly before: object | null; readonly after: object },
  details: Readonly<Record<string, string>>,
): Act {
  return {
    targetType: 'dead-letter',
    targetId: letterId,
    action,
    ...pick(who),
    at: new Date().toISOString(),
    beforeHash: states.before === null ? null : contentHash(states.before),
    afterHash: contentHash(states.after),
    details: { ...details },
  };
}

/** A person's request, or its end. */
export function requestAct(
  redriveId: string,
  action: string,
  who: OnBehalf,
  details: Readonly<Record<string, string>>,
): Act {
  return {
    targetType: 'redrive',
    targetId: redriveId,
    action,
    ...pick(who),
    at: new Date().toISOString(),
    beforeHash: null,
    afterHash: null,
    details: { ...details },
  };
}

const pick = ({ actor, role, reason }: OnBehalf): OnBehalf => ({ actor, role, reason });

/** Acts of letters that go back to how they were held. */
export const unmarkedActs = (ids: readonly string[], redriveId: string, who: OnBehalf, why: string): Act[] =>
  ids.map((id) =>
    letterAct(id, 'unmarked', who, { before: { marked: true }, after: { marked: false } }, { redriveId, why }),
  );
