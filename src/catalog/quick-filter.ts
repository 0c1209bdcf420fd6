/** What a quick page may be asked for. */
export interface QuickFilter {
  supplierId?: string
  withGone: boolean
}

/** A supplier's number, and the key of one of its items. */
export type Key = [supplierNo: number, itemKey: string]

/** So many times it is read on past items that are gone. */
export const readsMax = 4
