import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export const NO_BROWSER = 'no Chromium on the PATH. Debian and Ubuntu have it in a package: apt-get install chromium';

/** Path of a Chromium on the PATH; null when there is none. */
export function browserPath(searchPath: string = process.env['PATH'] ?? ''): string | null {
  const candidates = searchPath.split(path.delimiter).flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser without a window. @throws when none is installed, saying how to get one */
export async function openBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error(NO_BROWSER);
  // Chromium's own sandbox does not work for root, as in a container.
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: ['--hide-scrollbars'], chromiumSandbox: !asRoot });
}
