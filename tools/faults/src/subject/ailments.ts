import { DataError } from '@tieout/messaging';

/** Ways in which a handler goes wrong, by name; what each throws or does is the fault that F24 is about. */
export const AILMENTS: Readonly<Record<string, () => Promise<void> | void>> = {
  data: () => {
    throw new DataError('subject-refuses', 'The subject does not take this event');
  },
  type: () => {
    const nothing = undefined as unknown as { readonly field: string };
    void nothing.field.length;
  },
  range: () => void new Array(-1),
  thrown: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the fault itself: code that throws what is no Error
    throw 'not an error';
  },
  undefined: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- as above
    throw undefined;
  },
  never: () => new Promise<never>(() => undefined),
};
