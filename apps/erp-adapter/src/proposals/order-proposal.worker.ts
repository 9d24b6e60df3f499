import type { Erp, StandingOrder } from '@tieout/connector-erp';
import { DataError, inTransaction, type WorkHandler } from '@tieout/messaging';
import type { DataSource } from 'typeorm';
import { loadOrders, saveLook, type OrderLink } from '../orders/order-link.store.ts';
import { nextStep } from '../orders/plan.ts';
import { refusedProposal, type Proposal, type WriteMode } from './proposal.ts';
import { keepProposal } from './proposal.store.ts';

export interface OrderProposals {
  readonly erp: Pick<Erp, 'instance' | 'orderWriter'>;
  readonly dataSource: DataSource;
  readonly mode: Exclude<WriteMode, 'on'>;
}

/** Looks at an order and writes nothing: what would be written is kept for people, and the command is not answered. */
export function proposeOrder({ erp, dataSource, mode }: OrderProposals): WorkHandler {
  const { instance } = erp;
  return async (item) => {
    const { contractId } = item.payload as { contractId: string };
    const [link] = await loadOrders(dataSource.manager, instance, [contractId]);
    if (!link) throw new DataError('order-unknown', `No command for contract ${contractId} has been received`);
    const looks = mode === 'propose' && link.command.type === 'PUT_ORDER';
    const { proposal, standing } = looks ? await look(erp, link, item.signal) : nothing;
    await inTransaction(dataSource, async (tx) => {
      const [current = link] = await loadOrders(tx, instance, [contractId], true);
      if (current.commandId === link.commandId) {
        const { id: vendorId, number } = standing ?? { id: current.vendorId, number: current.number };
        await saveLook(tx, instance, contractId, { ...current, vendorId, number }, { state: 'PROPOSED', code: null });
        await keepProposal(tx, { instance, flow: 'orders', objectId: contractId }, proposal);
      }
      await item.complete(tx);
    });
  };
}

interface Looked {
  readonly proposal: Proposal | null;
  readonly standing: StandingOrder | null;
}
const nothing: Looked = { proposal: null, standing: null };

async function look({ orderWriter }: OrderProposals['erp'], link: OrderLink, signal: AbortSignal): Promise<Looked> {
  let standing: StandingOrder | null = null;
  try {
    standing = await orderWriter.read(link.contractId, signal);
    const asked = await orderWriter.asked(link.command, signal);
    return { proposal: proposalOf(nextStep(link, asked, standing), asked.content), standing };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { proposal: refusedProposal(error), standing };
  }
}

function proposalOf(step: ReturnType<typeof nextStep>, content: object): Proposal | null {
  switch (step.kind) {
    case 'done':
      return null;
    case 'deleted':
      return refusedProposal({ code: 'order-deleted-in-erp', message: 'the order was deleted in the ERP' }, content);
    case 'refused':
      return refusedProposal(step.refusal, content, step.differences);
    case 'create':
      return { action: 'create', content, differences: [], code: null, message: null };
    case 'change':
      return { action: 'change', content, differences: step.differences, code: null, message: null };
  }
}
