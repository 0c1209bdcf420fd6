import type { Field, TableDecision } from '../decision.ts'
import { type KeyedColumn, keyNamer } from './characteristics.ts'

/** Fields with a place of their own in an item; all other columns become characteristics. */
export const itemFields: readonly Field[] = [
  'sku',
  'name',
  'price',
  'currency',
  'unit',
  'price_quantity',
  'category',
  'brand',
  'valid_from',
  'valid_to',
]

/**
 * Names the columns that become characteristics, in column order: recognised ones by their field ("ean"), the rest
 * by header or letter.
 */
export function nameCharacteristics(
  headers: readonly string[],
  isFilled: (column: number) => boolean,
  { mapping, tiers }: Pick<TableDecision, 'mapping' | 'tiers'>,
  width: number,
): KeyedColumn[] {
  const owned = new Set(tiers.map(({ column }) => column))
  for (const field of itemFields) {
    const column = mapping[field]?.column
    if (column !== undefined) owned.add(column)
  }
  const fieldOf = new Map<number, Field>()
  for (const [field, decided] of Object.entries(mapping)) {
    // Object.entries forgets the key type of the mapping.
    if (decided !== undefined) fieldOf.set(decided.column, field as Field)
  }
  const nameKey = keyNamer()
  const keyed: KeyedColumn[] = []
  for (let column = 0; column < width; column++) {
    const header = headers[column] ?? ''
    if (owned.has(column) || (header === '' && !isFilled(column))) continue
    keyed.push({ column, key: nameKey(fieldOf.get(column) ?? header, column) })
  }
  return keyed
}

/** The decided columns, and behind them the ones that the sample left blank, under their letters. */
export function tableKeys(decision: TableDecision): KeyedColumn[] {
  const taken = new Set([...decision.characteristics, ...decision.tiers].map(({ column }) => column))
  for (const field of itemFields) {
    const column = decision.mapping[field]?.column
    if (column !== undefined) taken.add(column)
  }
  const nameKey = keyNamer()
  for (const { key, column } of decision.characteristics) nameKey(key, column)
  const keyed = decision.characteristics.slice()
  const last = Math.max(decision.headers.length, ...taken) + lateColumns
  for (let column = 0; column <= last; column++) {
    if (!taken.has(column)) keyed.push({ column, key: nameKey('', column) })
  }
  return keyed.sort((a, b) => a.column - b.column)
}

/** Columns beyond the sample's width that a later row may still fill. */
const lateColumns = 16
