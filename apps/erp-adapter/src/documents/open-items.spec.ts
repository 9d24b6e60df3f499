import { expect, it } from 'vitest';
import { differences } from './open-items.worker.ts';

const item = (vendorId: string, open: string) => ({ vendorId, open });

it('finds what is open with another amount, and what is open on one side alone', () => {
  const published = [item('same', '10'), item('moved', '10'), item('paid', '5'), item('written-otherwise', '1.5')];
  const listed = [item('same', '10'), item('moved', '9.99'), item('unseen', '3'), item('written-otherwise', '1.50')];
  expect(differences(published, listed)).toEqual(['moved', 'unseen', 'paid']);
  expect(differences([], [])).toEqual([]);
});
