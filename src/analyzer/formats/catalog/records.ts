import type { Field } from '../../table/decision.ts'
import { headerNames } from '../../table/header/header-names.ts'
import type { ElementNode } from './structure.ts'

/**
 * Finds the elements that are the records of lists: those that have several fields, repeat, and name a price. An
 * element whose price is in what repeats below it (the variants of a product, the offers of a shop) is no record
 * itself; its fields belong to all that is below.
 *
 * @returns the records of every list, none within another; the list with the most to say first. Those of one name
 * whose fields are alike are one list, wherever they stand.
 */
export function findRecords(root: ElementNode): ElementNode[][] {
  const hasPrice = fieldTest('price')
  const hasName = fieldTest('name')
  const isMerePrice = merePriceTest()
  const tests = { hasPrice, isMerePrice }
  const found = [...root.children.values()].flatMap((top) => choose(top, true, tests))
  const lists: ElementNode[][] = []
  for (const node of found) {
    const list = lists.find(([first]) => areAlike(first!, node))
    if (list === undefined) lists.push([node])
    else list.push(node)
  }
  const weight = (list: ElementNode[]) =>
    list.reduce((sum, node) => sum + scoreOf(node) * (hasPrice(node) ? pricedFactor : 1), 0)
  lists.sort((a, b) => weight(b) - weight(a))
  // Rates of currencies and costs of delivery look like prices, and nothing there has a name.
  const isList = (list: ElementNode[], at: number) =>
    at === 0 || (countOf(list) >= 2 && (!list.some(hasPrice) || list.some(hasName)))
  return lists.filter(isList).slice(0, listsMax)
}

/**
 * An element that holds nothing but text, or text with markup in it. A stray character between records does not make
 * a text of them.
 */
export function isLeaf({ children, hasText }: ElementNode): boolean {
  if (children.size === 0) return true
  const elements = [...children.values()]
  return hasText ? !elements.some(hasFields) : elements.every(({ name }) => markupNames.has(name))
}

/** What descriptions are marked up with, and nobody calls a field. */
const markupNames = new Set(
  'p b i u br hr div span strong em ul ol li h1 h2 h3 h4 h5 h6 font sup sub'.split(' '),
)
/** What stands in texts besides, and would be fields elsewhere. */
const richNames = new Set('a img table caption thead tbody tfoot tr th td dl dt dd small center'.split(' '))

/** Whether several elements stand in it that are no markup, or in something in it. */
function hasFields({ children }: ElementNode): boolean {
  const fields = [...children.values()].filter(({ name }) => !markupNames.has(name) && !richNames.has(name))
  return fields.length >= fieldsMin || [...children.values()].some(hasFields)
}
/** Further lists of a document are categories, shops, currencies; what is far down the order is none. */
const listsMax = 20
const pricedFactor = 1000
const fieldsMin = 2
const nameScoreMin = 0.68
/** "id" may be anything's. */
const surelyNamedMin = 0.85
/** What a record is called, even where there is only one of it in what surrounds it. */
const recordNames =
  /^(offer|item|entry|product|good|goods|article|artikel|shopitem|row|record|position|товар)$/i

type FieldTest = (node: ElementNode) => boolean

function choose(
  node: ElementNode,
  isRoot: boolean,
  tests: { hasPrice: FieldTest; isMerePrice: FieldTest },
): ElementNode[] {
  const { hasPrice, isMerePrice } = tests
  const below = [...node.children.values()].flatMap((child) =>
    (isLeaf(child) && !isField(child)) || (!isRoot && isMerePrice(child)) ? [] : choose(child, false, tests),
  )
  if (isRoot) return below
  if (fieldCount(node) < fieldsMin) return below
  if (!recordNames.test(node.name)) {
    const named = below.filter((each) => recordNames.test(each.name) && hasPrice(each))
    if (named.length > 0) return below.filter((each) => each.count > node.count || named.includes(each))
  }
  const repeated = below.filter((each) => each.count > node.count)
  if (repeated.length === 0) return [node]
  const isPricedBelow = repeated.some(hasPrice)
  if (hasPrice(node) && !(node.count === 1 && isPricedBelow)) return [node]
  if (isPricedBelow) return repeated
  return Math.max(...repeated.map(scoreOf)) > scoreOf(node) ? repeated : [node]
}

/** Whether a leaf may be a record by its attributes: `<item code="7" price="12"/>`. */
function isField(node: ElementNode): boolean {
  return fieldCount(node) >= fieldsMin
}

/** What it says of itself, also in elements around its fields that it has once. */
function fieldCount(node: ElementNode): number {
  let count = node.attributes.size + (node.hasText ? 1 : 0)
  for (const child of node.children.values()) {
    if (isLeaf(child)) count++
    else if (child.count <= node.count) count += fieldCount(child)
  }
  return count
}

function scoreOf(node: ElementNode): number {
  return node.count * fieldCount(node)
}

function countOf(list: readonly ElementNode[]): number {
  return list.reduce((sum, { count }) => sum + count, 0)
}

/** Whether an element is the price of something, said in several words: amount, currency, kind of customer. */
function merePriceTest(): FieldTest {
  const names = headerNames()
  const isIdentity = (name: string) => {
    const scores = names.quick(name)
    return (scores.name ?? 0) >= nameScoreMin || (scores.sku ?? 0) >= surelyNamedMin
  }
  const identifies: FieldTest = ({ attributes, children }) =>
    [...attributes.keys()].some(isIdentity) ||
    [...children.values()].some((child) => isIdentity(child.name) || identifies(child))
  return (node) => (names.quick(node.name).price ?? 0) >= nameScoreMin && !identifies(node)
}

/** Whether the element, or what it has once, has something that is called like the field. */
function fieldTest(field: Field): FieldTest {
  const names = headerNames()
  const isNamed = (name: string) => (names.quick(name)[field] ?? 0) >= nameScoreMin
  const test: FieldTest = (node) => {
    for (const name of node.attributes.keys()) if (isNamed(name)) return true
    for (const child of node.children.values()) {
      const isOwn = child.count <= node.count || isNamed(child.name)
      if (isLeaf(child) ? isNamed(child.name) : isOwn && test(child)) return true
    }
    return false
  }
  return test
}

function areAlike(a: ElementNode, b: ElementNode): boolean {
  if (a.name !== b.name) return false
  const [fewer, more] = [fieldNames(a), fieldNames(b)].sort((left, right) => left.size - right.size)
  let shared = 0
  for (const name of fewer!) if (more!.has(name)) shared++
  return shared * 2 >= fewer!.size
}

function fieldNames(node: ElementNode): Set<string> {
  return new Set([...[...node.attributes.keys()].map((name) => `@${name}`), ...node.children.keys()])
}
