import { timeItemOf } from '@tieout/connector-anaplan';

/** What must not happen in a planning model, and does: by the sandbox's side door. */
export interface AnaplanSideDoor {
  dropCell(cell: {
    readonly legalEntity: string;
    readonly currency: string;
    /** YYYY-MM */
    readonly month: string;
    readonly lineItem: string;
  }): Promise<void>;
}

/** @param url base address of the sandbox */
export function createAnaplanSideDoor(url: string): AnaplanSideDoor {
  return {
    async dropCell({ month, ...place }) {
      const body = JSON.stringify({ ...place, month: timeItemOf(month) });
      const response = await fetch(`${url}/sandbox/cell`, { method: 'DELETE', body });
      const text = await response.text();
      const dropped = response.ok ? (JSON.parse(text) as { dropped: number }).dropped : 0;
      if (dropped !== 1)
        throw new Error(`the planning cell ${body} was not there to be lost: ${response.status} ${text.slice(0, 200)}`);
    },
  };
}
