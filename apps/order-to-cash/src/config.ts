import { defineConfig, type ConfigOf } from '@tieout/platform';

/** Nothing of its own yet: what every service needs is enough. */
export const config = defineConfig({});

export type OrderToCashConfig = ConfigOf<typeof config>;
