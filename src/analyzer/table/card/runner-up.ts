import { type Field, fields, type TableDecision } from '../decision.ts'

/** Why the next best column for a field is not the one, where that is known: as the end of a sentence, or null. */
export function whyNotRunnerUp(
  { mapping, tiers, lineColumn }: Pick<TableDecision, 'mapping' | 'tiers' | 'lineColumn'>,
  field: Field,
): string | null {
  const column = mapping[field]?.runnerUp?.column
  if (column === undefined) return null
  const other = fields.find((each) => each !== field && mapping[each]?.column === column)
  if (other !== undefined) return `it is the ${fieldText(other)}`
  const tier = tiers.find((each) => each.column === column)
  if (tier !== undefined) return 'it is kept as a further price'
  return column === lineColumn ? 'it only counts the rows' : null
}

/** A field as people call it. */
export function fieldText(field: Field): string {
  if (field === 'sku') return 'SKU'
  return field === 'ean' || field === 'url' ? field.toUpperCase() : field.replaceAll('_', ' ')
}
