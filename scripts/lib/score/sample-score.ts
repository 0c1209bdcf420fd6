import type { PreviewItem } from '../../../src/analyzer/preview.ts'
import { isSameDecimal } from './decimal.ts'
import type { Fault } from './list-score.ts'
import { isOneOf, type SampleTruth } from './truth.ts'

/** One sample: the item that it is, where it was found, and what is wrong about it. */
export interface SampleFault {
  readonly item: PreviewItem | null
  readonly faults: readonly Fault[]
}

/** Finds the sample among the items and compares it. */
export function sampleFaults(sample: SampleTruth, items: readonly PreviewItem[]): SampleFault {
  const item = itemOf(sample, items)
  const label = `sample ${[sample.sku ?? sample.name].flat()[0] ?? sample.nameHolds ?? ''} (row ${sample.row ?? '?'})`
  if (item === null) return { item, faults: [{ what: label, expected: 'an item', found: 'none' }] }
  const faults: Fault[] = []
  const compare = (what: string, expected: string, found: string | null, isSame: boolean) => {
    if (!isSame) faults.push({ what: `${label}: ${what}`, expected, found: found ?? 'none' })
  }
  const { name, sku, unit, priceQuantity, category, brand, currency } = sample
  if (name !== undefined) compare('name', texts(name).join(' or '), item.name, hasName(item, texts(name)))
  if (sample.nameHolds !== undefined)
    compare('name', `… ${sample.nameHolds} …`, item.name, item.name.includes(sample.nameHolds))
  if (sku !== undefined) compare('sku', texts(sku).join(' or '), item.sku, isOneOf(item.sku, sku))
  const prices = [sample.price].flat()
  compare(
    'price',
    prices.map((price) => price ?? 'on request').join(' or '),
    item.price ?? 'on request',
    prices.some((price) => isSameDecimal(price, item.price)),
  )
  // On request there is nothing that a currency would belong to.
  if (currency !== undefined && sample.price !== null)
    compare('currency', currency, item.currency, item.currency === currency)
  if (unit !== undefined)
    compare(
      'unit',
      texts(unit).join(' or '),
      item.unit,
      texts(unit).some((text) => isSameText(text, item.unit)),
    )
  if (priceQuantity !== undefined)
    compare(
      'price quantity',
      priceQuantity,
      item.price_quantity,
      isSameDecimal(priceQuantity, item.price_quantity ?? '1'),
    )
  if (category !== undefined)
    compare(
      'category',
      paths(category).join(' or '),
      item.category,
      paths(category).includes(item.category ?? ''),
    )
  if (brand !== undefined) compare('brand', brand, item.brand, isSameText(brand, item.brand))
  return { item, faults: [...faults, ...tierFaults(label, sample, item)] }
}

/** By SKU, else by name or row, best by both; of several that are alike, the one in the sample's row. */
function itemOf(sample: SampleTruth, items: readonly PreviewItem[]): PreviewItem | null {
  const { sku, name, nameHolds } = sample
  const onSheet = sample.sheet === undefined ? items : items.filter(({ sheet }) => sheet === sample.sheet)
  const isInRow = ({ row }: PreviewItem) => sample.row !== undefined && row === sample.row
  const isNamed = (item: PreviewItem) =>
    (name !== undefined && hasName(item, texts(name))) ||
    (nameHolds !== undefined && item.name.includes(nameHolds))
  const ways: ((item: PreviewItem) => boolean)[] = [
    (item) => sku !== undefined && isOneOf(item.sku, sku),
    (item) => isNamed(item) && isInRow(item),
    isInRow,
    isNamed,
  ]
  for (const isMeant of ways) {
    const found = onSheet.filter(isMeant)
    if (found.length > 0) return found.find(isInRow) ?? found[0] ?? null
  }
  return null
}

function tierFaults(label: string, { tiers }: SampleTruth, item: PreviewItem): Fault[] {
  const found = item.tiers
  if (tiers === undefined) return []
  return tiers
    .filter(({ minQuantity, price }) => {
      const isMeant = (tier: PreviewItem['tiers'][number]) =>
        isSameDecimal(tier.price, price) &&
        (minQuantity === undefined || isSameDecimal(tier.min_quantity, minQuantity))
      return !found.some(isMeant)
    })
    .map(({ minQuantity, price }) => ({
      what: `${label}: tier`,
      expected: minQuantity === undefined ? price : `${price} from ${minQuantity} on`,
      found: found.map((tier) => `${tier.price} (${tier.name})`).join(', ') || 'none',
    }))
}

function hasName(item: PreviewItem, names: readonly string[]): boolean {
  return names.some((name) => isSameText(name, item.name))
}

/** White space at the ends, and how much of it stands between words, says nothing. */
function isSameText(one: string, other: string | null): boolean {
  const plain = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()
  return other !== null && plain(one) === plain(other)
}

function texts(text: string | readonly string[]): readonly string[] {
  return typeof text === 'string' ? [text] : text
}

function paths(category: NonNullable<SampleTruth['category']>): string[] {
  const isOnePath = category.every((level) => typeof level === 'string')
  return isOnePath ? [category.join(' > ')] : category.map((path) => [path].flat().join(' > '))
}
