import { defineConfig } from 'vitest/config';

/**
 * In CI a test of the real stack gets one more try, which the report shows as a retry: a race that shows there is to be found,
 * but it must not hide what else a run has to say. On a developer's machine there is none.
 */
const retry = process.env['CI'] ? 1 : 0;

/** The suffix of a test says what it needs: nothing, the local stack, or the whole pipeline. */
export default defineConfig({
  test: {
    watch: false,
    hookTimeout: 120_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,libs,tools,bench}/**/*.spec.ts'],
          exclude: ['**/node_modules/**', '**/*.{int,e2e}.spec.ts'],
          testTimeout: 20_000, // some start promtool or a program of ours
        },
      },
      {
        test: {
          name: 'integration',
          // Brokers of their own, for which they mostly wait: beside others they cost little.
          include: ['{apps,libs,tools}/**/*.int.spec.ts', 'libs/**/*.e2e.spec.ts'],
          exclude: ['**/node_modules/**'],
          globalSetup: ['libs/testing/src/global-setup.ts'],
          testTimeout: 60_000,
          retry,
          hookTimeout: 120_000,
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['{apps,tools}/**/*.e2e.spec.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 600_000,
          retry,
          maxWorkers: 1,
        },
      },
    ],
  },
});
