/**
 * What may be deleted because nothing refers to it any more: see tasks/orphans.ts. `categories` of which no item is,
 * `brands` that no item has, `runs` without imports, `files` in the archive that no import ever read, `fingerprints`
 * of sources that were deleted.
 */
export const orphanRules = ['categories', 'brands', 'runs', 'files', 'fingerprints'] as const
export type OrphanRule = (typeof orphanRules)[number]
