import type { Page, RecordRead, RecordReader } from '@tieout/connector-erp';
import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

type Reader = RecordReader<'finance.invoice.v1', RecordRead<unknown>>;

const { signal } = new AbortController();

/** Three pages; `asked` are the cursors that the ERP was asked with. */
function pages(fails: (cursor: number) => boolean = () => false): { reader: Reader; asked: number[] } {
  const asked: number[] = [];
  const read = async (cursor: unknown): Promise<Page<RecordRead<unknown>>> => {
    const at = Number(cursor ?? 0);
    asked.push(at);
    if (fails(at)) throw new Error(`page ${at} is away`);
    return { records: [], deleted: [], next: at + 1, more: at < 2, worthStoring: true };
  };
  return { reader: { read } as Partial<Reader> as Reader, asked };
}

describe('reading ahead', () => {
  it('has the next page asked for before it is wanted, and asks no page twice', async () => {
    const { reader, asked } = pages();
    const ahead = readAhead(reader);
    await ahead.read(null, signal);
    expect(asked).toEqual([0, 1]);
    await ahead.read(1, signal);
    await ahead.read(2, signal);
    expect(asked).toEqual([0, 1, 2]);
  });

  it('reads anew from another place, and after it was told to forget', async () => {
    const { reader, asked } = pages();
    const ahead = readAhead(reader);
    await ahead.read(null, signal);
    await ahead.read(null, signal);
    ahead.forget();
    await ahead.read(1, signal);
    expect(asked).toEqual([0, 1, 0, 1, 1, 2]);
  });

  it('says that a page failed to whoever asks for it, and tries again after that', async () => {
    let away = true;
    const { reader } = pages((cursor) => cursor === 1 && away);
    const ahead = readAhead(reader);
    await ahead.read(null, signal);
    await expect(ahead.read(1, signal)).rejects.toThrow('page 1 is away');
    away = false;
    await expect(ahead.read(1, signal)).resolves.toMatchObject({ next: 2 });
  });
});
