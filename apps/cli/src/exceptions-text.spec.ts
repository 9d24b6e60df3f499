import { describe, expect, it } from 'vitest';
import { open, view } from './exceptions-text.fixture.ts';
import { exceptionsText, exceptionText } from './exceptions-text.ts';

const now = new Date('2026-01-06T12:00:00.000Z');

describe('exceptions for a person', () => {
  it('are a table with what is at stake, and where more is', () => {
    const text = exceptionsText([open], [{ service: 'erp-adapter', nextCursor: 'abc' }], now);
    expect(text).toMatch(/WARNING +order-not-written +erp-adapter +order 7 +26 h ago +- +e-1 +1200.5 CHF/);
    expect(text).toContain('--service erp-adapter --cursor abc');
    expect(exceptionsText([], [], now)).toBe('No such exception.');
  });

  it('say what is wrong, what would fix it, what happened and what may be decided', () => {
    const text = exceptionText({ service: 'erp-adapter', view }, now);
    for (const part of ['no item', 'Create the item.', 'OVERDUE', 'nobody', 'unknown-item', 'revision 3'])
      expect(text).toContain(part);
    expect(text).toMatch(/mara +comment +asked the owner/);
    expect(text).toMatch(/resolve +Ends it\. Needs --reason\./);
    expect(text).not.toContain('TAMPERED');
  });

  it('say that their history was tampered with', () => {
    const chainFault = { sequence: '2', problem: 'its content was changed' };
    expect(exceptionText({ service: 'erp-adapter', view: { ...view, chainFault } }, now)).toContain('TAMPERED');
  });
});
