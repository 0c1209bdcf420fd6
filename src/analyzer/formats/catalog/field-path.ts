import type { FieldName } from './field-list.ts'
import type { ElementNode } from './structure.ts'

/** Where a field stands in its record: the elements around it, and what tells them apart. */
export interface FieldPath {
  /** Names of the elements around it, the outermost first, without those that say nothing. */
  around: readonly string[]
  /** The same with all of them. */
  full: readonly string[]
  keys: readonly string[]
}

export const recordPath: FieldPath = { around: [], full: [], keys: [] }

/** The path of what is within an element. */
export function within(path: FieldPath, node: ElementNode, key: string | null = null): FieldPath {
  return {
    around: saysNothing(node) ? path.around : [...path.around, node.name],
    full: [...path.full, node.name],
    keys: key === null ? path.keys : [...path.keys, key],
  }
}

/**
 * What the column of an element is called: "price", "shipping.price", "param[Colour]". An element whose name says by
 * itself what it is ("SUPPLIER_AID") stands alone.
 */
export function fieldName({ around, full, keys }: FieldPath, name: string): FieldName {
  const mark = keys.length === 0 ? '' : `[${keys.join(', ')}]`
  const short = isCompound(name) ? name : [...around, name].join('.')
  return { short: short + mark, full: [...full, name].join('.') + mark }
}

/** The same for one of its attributes: "price@currency". */
export function attributeName(element: FieldName, attribute: string): FieldName {
  return { short: `${element.short}@${attribute}`, full: `${element.full}@${attribute}` }
}

function isCompound(name: string): boolean {
  return /[\p{L}\p{N}][_-][\p{L}\p{N}]|\p{Ll}\p{Lu}/u.test(name)
}

/** "images" around "image", "details" around anything. */
function saysNothing({ name, attributes, children }: ElementNode): boolean {
  if (neutral.test(name)) return true
  if (attributes.size > 0 || children.size !== 1) return false
  return [...children.keys()].some((child) => isPlural(name, child))
}

const neutral = /(?:details?|info|information|data|general|common|properties|attributes|fields)$/i

function isPlural(many: string, one: string): boolean {
  const stem = one.toLowerCase().slice(0, -1)
  return stem.length >= 2 && many.length > one.length && many.toLowerCase().startsWith(stem)
}
