/** `node tools/run.mjs tools/demo/src/page/screenshot.ts [file]`: a picture of the running demo's page, for the README. */
import path from 'node:path';
import { readDiscovery } from '../discovery.ts';
import { openBrowser } from './browser.ts';

const file = path.resolve(process.env['INIT_CWD'] ?? '.', process.argv[2] ?? 'docs/images/demo.png');
const { Page: url } = readDiscovery().links;
if (url === undefined) throw new Error('the running demo announces no page');
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await page.goto(url);
  // To the end of what fits a README: the verdict, the breaks, and the systems side by side.
  const { y, height } = (await page.locator('section[aria-labelledby=systems]').boundingBox())!;
  await page.screenshot({
    path: file,
    fullPage: true,
    clip: { x: 0, y: 0, width: 1_280, height: Math.ceil(y + height) + 24 },
  });
  console.info(file);
} finally {
  await browser.close();
}
