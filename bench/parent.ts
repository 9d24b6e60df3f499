/** The measured program's side of child.ts. */
export const config = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

export function say(kind: string, body?: unknown): void {
  process.send?.({ kind, body });
}

/** Resolves with the next message of that kind. */
export function heard<T>(kind: string): Promise<T> {
  return new Promise((resolve) => {
    const look = (message: unknown): void => {
      const { kind: of, body } = message as { kind: string; body: T };
      if (of !== kind) return;
      process.off('message', look);
      resolve(body);
    };
    process.on('message', look);
  });
}

process.on('disconnect', () => process.exit(0));
