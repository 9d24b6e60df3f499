import { expect, it } from 'vitest';
import { refusedText } from './outbox.ts';

const event = {
  eventId: '5f0d4a3e-0000-4000-8000-000000000001',
  topic: 'finance.invoice.v1',
  key: 'k',
  refusal: 'MESSAGE_TOO_LARGE: the request included a message larger than the max message size',
  writtenAt: '2026-03-31T11:00:00.000Z',
  waiting: 3,
};

it('lists refused events of every service, and who does not answer', () => {
  const text = refusedText(
    [
      { service: 'erp-adapter', refused: [event], problem: null },
      { service: 'crm-ingest', refused: [], problem: 'does not answer' },
    ],
    new Date('2026-03-31T12:00:00.000Z'),
  );
  expect(text).toContain('crm-ingest: does not answer');
  expect(text).toMatch(
    /erp-adapter +5f0d4a3e-0000-4000-8000-000000000001 +finance.invoice.v1 +k +60 min +3 +MESSAGE_TOO_LARGE$/m,
  );
});

it('says so when nothing is refused', () => {
  expect(refusedText([{ service: 'a', refused: [], problem: null }], new Date())).toBe('nothing is refused');
});
