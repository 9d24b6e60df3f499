import { readStackFile, startStack } from '@tieout/stack';
import type { TestProject } from 'vitest/node';

/** Vitest global setup: one stack for a run of integration tests, or the running one that TIEOUT_STACK_FILE announces. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const file = process.env['TIEOUT_STACK_FILE'];
  if (file) {
    project.provide('stack', readStackFile(file));
    return undefined;
  }
  const stack = await startStack({ onProgress: (message) => console.error(`stack: ${message}`) });
  const { brokers, registryUrl, postgres, issuer } = stack;
  project.provide('stack', { brokers, registryUrl, postgres, issuer });
  return () => stack.stop();
}
