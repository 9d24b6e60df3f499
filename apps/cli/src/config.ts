import path from 'node:path';

/** A file name as the user meant it: npm runs scripts in the package's folder, whatever folder it was typed in. */
export const fromWhereItWasTyped = (file: string): string => path.resolve(process.env['INIT_CWD'] ?? '.', file);
