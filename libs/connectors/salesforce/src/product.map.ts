import type { Product as ProductEvent } from '@tieout/canonical';
import { fateOf, refuse, text, type Mapped } from './fate.ts';
import { idOf, sourceOf } from './identity.ts';
import type { Product } from './vendor-types.ts';

/** A product without the revision, which the outbox assigns. */
export type ProductState = Omit<ProductEvent, 'revision'>;

/** The product that a Product2 states, or why it states none. A deleted one is refused for nothing: it only has to go. */
export function mapProduct(product: Product, instance: string): Mapped<ProductState> {
  const place = { record: `Product2 ${product.Id}`, field: 'Name' };
  return fateOf(() => ({
    productId: idOf('Product2', instance, product.Id),
    lifecycle: product.IsDeleted ? 'DELETED' : product.IsActive ? 'ACTIVE' : 'INACTIVE',
    code: text(product.ProductCode),
    name: text(product.Name) ?? (product.IsDeleted ? '' : refuse('missing-name', place, null, 'has no value')),
    family: text(product.Family),
    source: sourceOf('Product2', instance, product),
  }));
}
