import { InvalidError } from '../../../lib/errors.ts'
import { type HeaderNames, headerNames } from '../../table/header/header-names.ts'
import { normalize } from '../../table/text.ts'
import { type ListShape, Shape } from './shape.ts'

/** Where the values at one place of a record go. */
export interface Slot {
  /** Of what stands here itself; -1: nothing does. */
  column: number
  members: Map<string, Slot>
  list: ListSlot | null
  /** The keys of the object that was filled in last, and their slots. */
  lastKeys: readonly string[] | null
  lastMembers: (Slot | undefined)[]
}

export type ListSlot =
  /** Each element is a row that inherits what stands around the list: the variants of an article. */
  | { kind: 'rows'; element: Slot }
  /** Each element names a column of its own. */
  | { kind: 'pairs'; columns: Map<string, number> }
  /** Each element has columns of its own, up to a number; `rest` is the column of the others, as JSON. */
  | { kind: 'numbered'; elements: Slot[]; rest: number }

export interface RecordColumns {
  /** Paths, such as "offers.price". */
  headers: string[]
  root: Slot
}

/** So many elements of a list get columns of their own. */
const numberedMax = 10
/** How well a name must fit a field here; whoever maps the columns looks closer. */
const namedMin = 0.68

/**
 * Gives every value of the records a column. Nested objects are flattened ("offers.price"); a list of objects that
 * have prices of their own, and names or numbers, makes its elements the rows, if the objects around it have none.
 * @throws InvalidError `too_many_columns`
 */
export function recordColumns(shape: Shape, columnsMax: number): RecordColumns {
  const names = headerNames()
  const columns: Column[] = []
  const column = (path: string[], level: number) => {
    if (columns.length === columnsMax)
      throw new InvalidError(
        'too_many_columns',
        `The objects have more than ${columnsMax} different values ("${path.join('.').slice(0, 100)}" is one too many).`,
      )
    return columns.push({ path, level }) - 1
  }
  const making = { names, column, rowLists: rowLists(shape, names) }
  const root = slotsOf(shape, { path: [], level: 0 }, making)
  return { headers: headersOf(columns, names), root }
}

interface Column {
  path: string[]
  /** 0: of what the records are; 1: of the articles that these hold, and so on. Variants are no level of their own. */
  level: number
}

interface Making {
  names: HeaderNames
  column(path: string[], level: number): number
  rowLists: ReadonlySet<ListShape>
}

function slotsOf(shape: Shape, at: Column, making: Making): Slot {
  const { path, level } = at
  const column = shape.isLeaf ? making.column(path, level) : -1
  const slot: Slot = { column, members: new Map(), list: null, lastKeys: null, lastMembers: [] }
  for (const [key, member] of membersHere(shape, making))
    slot.members.set(key, slotsOf(member, { path: [...path, key], level }, making))
  if (shape.list !== null) slot.list = listSlot(shape.list, slot, at, making)
  return slot
}

/** The first element of a numbered list shares the columns of an object at its place: often there is only one. */
function membersHere({ members, list }: Shape, { rowLists }: Making): Map<string, Shape> {
  if (list === null || list.pairs !== null || rowLists.has(list)) return members
  const both = new Map(members)
  for (const [key, member] of list.element.members) both.set(key, merged(both.get(key), inElement(member)))
  return both
}

function merged(one: Shape | undefined, other: Shape): Shape {
  if (one === undefined) return other
  const both = new Shape()
  both.isLeaf = one.isLeaf || other.isLeaf
  both.list = one.list ?? other.list
  for (const [key, member] of one.members) both.members.set(key, member)
  for (const [key, member] of other.members) both.members.set(key, merged(both.members.get(key), member))
  return both
}

/** Lists within the elements of a list are kept as they are written. */
function inElement(shape: Shape): Shape {
  const flat = new Shape()
  flat.isLeaf = shape.isLeaf || shape.list !== null
  for (const [key, member] of shape.members) flat.members.set(key, inElement(member))
  return flat
}

function listSlot(list: ListShape, slot: Slot, { path, level }: Column, making: Making): ListSlot {
  if (making.rowLists.has(list)) {
    const isVariants = areVariants(path.at(-1) ?? '', list.element, making.names)
    const at = isVariants ? { path, level } : { path: [], level: level + 1 }
    return { kind: 'rows', element: slotsOf(list.element, at, making) }
  }
  if (list.pairs !== null)
    return {
      kind: 'pairs',
      columns: new Map([...list.pairs].map((name) => [name, making.column([...path, name], level)])),
    }
  const elements = [slot]
  const element = inElement(list.element)
  for (let number = 2; number <= Math.min(list.lengthMax, numberedMax); number++)
    elements.push(slotsOf(element, { path: [...path, String(number)], level }, making))
  const rest = list.lengthMax > numberedMax ? making.column([...path, 'more'], level) : -1
  return { kind: 'numbered', elements, rest }
}

/** Whether the rows are kinds of one article, and not articles of one group: then what is around has the name. */
function areVariants(key: string, element: Shape, names: HeaderNames): boolean {
  if (variantLists.test(normalize(key))) return true
  return ![...leaves(element, [])].some((path) => isNamed(path, ['name'], names))
}

const variantLists =
  /^(?:has )?(?:variants?|variations?|variantes?|varianten|varianti|variacoes|skus?|options?|children|combinations?|models?|sizes?|modifications?|модификации|варианты|варіанти)$/

/** The lists whose elements are rows: at most one within another, from the outermost in. */
function rowLists(shape: Shape, names: HeaderNames): Set<ListShape> {
  const found = new Set<ListShape>()
  let around: Shape | null = shape
  while (around !== null && !hasPrice(around, names)) {
    let best: ListShape | null = null
    for (const list of listsIn(around))
      if (isArticles(list.element, names) && list.elementCount > (best?.elementCount ?? 0)) best = list
    if (best !== null) found.add(best)
    around = best?.element ?? null
  }
  return found
}

/** Prices, in these objects or in a list of articles within them, with something that tells them apart. */
function isArticles(element: Shape, names: HeaderNames): boolean {
  const isTold = [...leaves(element, [])].some(
    (path) =>
      path.length > 0 &&
      (isNamed(path, ['sku', 'ean'], names) ||
        (path.length === 1 && isNamed(path, ['name', 'variant'], names))),
  )
  if (hasPrice(element, names)) return isTold
  return [...listsIn(element)].some((list) => isArticles(list.element, names))
}

const hasPrice = (shape: Shape, names: HeaderNames) =>
  [...leaves(shape, [])].some((path) => isNamed(path, ['price'], names))

function isNamed(
  path: readonly string[],
  fields: ('sku' | 'ean' | 'name' | 'variant' | 'price')[],
  names: HeaderNames,
) {
  const scores = names.quick(path.slice(-2).join('.'))
  const own = names.quick(path.at(-1) ?? '')
  return fields.some(
    (field) => Math.max(scores[field] ?? 0, path.length === 1 ? (own[field] ?? 0) : 0) >= namedMin,
  )
}

/** Paths of the values outside lists of objects. */
function* leaves(shape: Shape, path: string[]): Generator<string[]> {
  if (shape.isLeaf) yield path
  for (const [key, member] of shape.members) yield* leaves(member, [...path, key])
}

/** Lists of objects that are more than named properties, of whatever object within. */
function* listsIn(shape: Shape): Generator<ListShape> {
  for (const member of shape.members.values()) {
    if (member.list !== null && member.list.pairs === null) yield member.list
    yield* listsIn(member)
  }
}

/** Innermost first: what is around the articles tells of their group, and must not be taken for them. */
function headersOf(columns: Column[], names: HeaderNames): string[] {
  const headers = new Array<string>(columns.length).fill('')
  const used = new Set<string>()
  for (let level = Math.max(0, ...columns.map((each) => each.level)), inner = level; level >= 0; level--) {
    const here = [...columns.entries()].filter(([, column]) => column.level === level)
    const found = unwrapped(
      here.map(([, { path }]) => path),
      names,
    )
    for (const [index, [column]] of here.entries()) {
      const path = found[index]!
      const header = path.join('.')
      const isOfGroup =
        level < inner && (used.has(header) || (path.length === 1 && isNamed(path, ['name', 'sku'], names)))
      headers[column] = isOfGroup ? `category.${header}` : header
    }
    for (const [column] of here) used.add(headers[column]!)
  }
  return headers
}

/** Levels that only wrap, such as the `item` of a list of schema.org, say nothing: "item.offers.price" → "offers.price". */
function unwrapped(paths: string[][], names: HeaderNames): string[][] {
  let current = paths
  for (let wrapper = wrapperOf(current, names); wrapper !== null; wrapper = wrapperOf(current, names)) {
    const outside = new Set(current.filter(([first]) => first !== wrapper).map((path) => path.join('.')))
    current = current.map((path) => {
      if (path[0] !== wrapper || path.length === 1) return path
      const bare = path.slice(1)
      // An empty first step keeps the wrapper from being found again.
      return outside.has(bare.join('.')) ? ['', ...path] : bare
    })
  }
  return current.map((path) => (path[0] === '' ? path.slice(1) : path))
}

/**
 * A first step behind which the articles are: their prices, and names or numbers, and outside it none of these.
 * Everything is counted once, since there may be thousands of steps.
 */
function wrapperOf(paths: string[][], names: HeaderNames): string | null {
  const steps = new Map<string, Step>()
  let priced = 0
  let called = 0
  for (const path of paths) {
    const first = path[0]!
    if (first === '') continue
    const step = steps.get(first) ?? { priced: 0, called: 0, hasPrice: false, hasCall: false }
    steps.set(first, step)
    const rest = path.slice(1)
    if (isNamed(path, ['price'], names)) {
      priced++
      step.priced++
    }
    if (path.length === 1 && isNamed(path, ['name', 'sku'], names)) {
      called++
      step.called++
    }
    step.hasPrice ||= rest.length > 0 && isNamed(rest, ['price'], names)
    step.hasCall ||= rest.length === 1 && isNamed(rest, ['name', 'sku'], names)
  }
  for (const [first, step] of steps)
    if (step.hasPrice && step.hasCall && step.priced === priced && step.called === called) return first
  return null
}

/** What is behind one first step. */
interface Step {
  /** Columns that are prices, and names or numbers, by their whole paths. */
  priced: number
  called: number
  /** Whether there are such by the paths behind the step. */
  hasPrice: boolean
  hasCall: boolean
}
