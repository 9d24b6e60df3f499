import path from 'node:path';

/** A file name as the user meant it: npm runs scripts in the package's folder, whatever folder it was typed in. */
export const fromWhereItWasTyped = (file: string): string => path.resolve(process.env['INIT_CWD'] ?? '.', file);

/** A bearer token, for scripts. */
export const tokenOfEnvironment = (): string | undefined => process.env['TIEOUT_TOKEN'] || undefined;
