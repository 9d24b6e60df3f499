import { describe, expect, it } from 'vitest';
import type { Letter, LetterDetail, Redrive } from './dead-letters-api.client.ts';
import { lettersText, letterText, planText, progressLine, redriveText } from './dead-letters-text.ts';

const now = new Date('2026-03-31T12:00:00.000Z');
const letter: Letter = {
  ...{ deadLetterId: 'd1', consumerGroup: 'erp-adapter.x', topic: 'finance.erp-command.v1', partition: 2, offset: '7' },
  ...{ key: 'c1', status: 'open', outcome: null, marked: null, reason: 'bug', errorCode: 'unclassified' },
  ...{ errorMessage: 'a bug\nin two lines', attempts: 3, failedAt: '2026-03-31T11:00:00.000Z', settledAt: null },
};

describe('dead letters as text', () => {
  it('stand in a table, what goes on with them and where the next page is', () => {
    const marked = { ...letter, deadLetterId: 'd2', status: 'parked', marked: { redriveId: 'r', action: 'redrive' } };
    const text = lettersText([{ service: 'erp-adapter', deadLetters: [letter, marked], nextCursor: 'abc' }], now);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^SERVICE +STATUS +TOPIC +KEY +CODE +ERROR +ID +FAILED +TRIES$/),
      expect.stringMatching(/^erp-adapter +open .*a bug in two lines +d1 +60 min ago +3$/),
      expect.stringMatching(/^erp-adapter +parked, to redrive .* d2 /),
      '',
      'More: --service erp-adapter --cursor abc',
    ]);
    expect(lettersText([{ service: 'x', deadLetters: [], nextCursor: null }], now)).toBe('No such dead letter.');
  });

  it('are shown whole: value, headers, stack and who did what', () => {
    const detail: LetterDetail = {
      ...letter,
      ...{ timestamp: '2026-03-31T10:59:00.000Z', stage: 'TASK_PUT', stack: 'TypeError: a bug', valueBase64: 'AA==' },
      headers: [{ name: 'ce_id', text: 'e1', base64: 'ZTE=' }],
      decoded: { value: { net: '100.0100' } },
      history: [{ at: '2026-03-31T11:30:00.000Z', action: 'marked', actor: 'mara', reason: 'fixed', details: {} }],
    };
    const text = letterText('erp-adapter', detail, now);
    for (const part of [
      'finance.erp-command.v1/2 at 7',
      'ce_id  e1',
      '"net": "100.0100"',
      'TypeError',
      'marked  mara  fixed',
    ])
      expect(text).toContain(part);
  });

  it('say why something would not be applied', () => {
    const item = { deadLetterId: 'd2', topic: 't', action: 'redrive', eligible: false, why: 'behind', behind: 'd1' };
    const plan = { dryRun: true as const, eligible: 0, ineligible: 1, why: { behind: 1 }, items: [item] };
    expect(planText([{ service: 'x', plan }])).toContain('an earlier record of its key is not part of this (d1)');
  });

  it('say how far a request is and what was not done', () => {
    const redrive: Redrive = {
      ...{ redriveId: 'r1', action: 'redrive', state: 'running', actor: 'mara', reason: null, endedAt: null },
      ...{ createdAt: '2026-03-31T11:59:00.000Z', endReason: null, lastError: 'registry away' },
      ...{ items: { done: 3, waiting: 2, failed: 1 }, outcomes: { applied: 3 } },
      problems: [{ deadLetterId: 'd9', topic: 't', state: 'failed', result: 'poison: no' }],
    };
    expect(progressLine({ service: 'x', redrive })).toBe(
      'x: running, 3 done, 2 waiting, 1 failed (waits: registry away)',
    );
    expect(redriveText({ service: 'x', redrive })).toContain('d9  failed  poison: no');
  });
});
