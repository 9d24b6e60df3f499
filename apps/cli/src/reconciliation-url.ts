import { NoRunningDemo, readDiscovery } from '@tieout/demo';

/** Address of the running reconciliation. @throws NoRunningDemo */
export function reconciliationUrl(stack: string): string {
  const { url } = readDiscovery(stack).services['reconciliation'] ?? {};
  if (url === undefined) throw new NoRunningDemo('no reconciliation is announced there; start one with: npm run demo');
  return url;
}
