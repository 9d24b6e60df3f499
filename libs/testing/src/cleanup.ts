import { afterAll } from 'vitest';

const pending: (() => Promise<void>)[] = [];

// Registered while the spec file is being collected, before its own hooks: those run first, newest first, and close
// their connections before the database under them goes.
afterAll(async () => {
  for (const clean of pending.splice(0).reverse()) await clean();
});

/** Has something undone when the spec file that is running ends; callable from tests and hooks alike. */
export function atEndOfFile(clean: () => Promise<void>): void {
  pending.push(clean);
}
