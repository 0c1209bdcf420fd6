import { InvalidError } from '../../../lib/errors.ts'
import { headerNames } from '../../table/header-names.ts'
import { isLeaf } from './records.ts'
import type { ElementNode } from './structure.ts'

/** One column, or a part of the last one, which takes what has no column of its own. */
export interface Field {
  header: string
  /** About how many records have it. */
  count: number
  column: number
  isRest: boolean
}

/** What is to be done with the elements of one path. Elements that no plan names are passed over. */
export interface PlanNode {
  children: Map<string, PlanNode>
  role: 'record' | 'ancestor' | 'path' | 'field'
  /** Whether all records of one such ancestor wait until it is closed, for its fields may stand behind them. */
  isWaitedFor: boolean
  /** Its text, by how often it occurs in the record; empty where it has none. */
  text: Field[]
  attributes: { name: string; fields: Field[] }[]
  /** Where an attribute tells elements of one name apart: instead of `text`. */
  keys: { attribute: string; fields: Map<string, Field[]> } | null
  /** Text with markup in it: the elements below are part of the text. */
  isMixed: boolean
}

/** One list of a document: the columns of its records, and where they come from. */
export interface RecordList {
  name: string
  headers: string[]
  /** Of the document itself, above its outermost element. */
  plan: PlanNode
  recordCount: number
  /** The last column, "name: value; …" of what has no column of its own; -1 without one. */
  restColumn: number
}

/**
 * Gives every field of the records a column, in the order in which the fields turn up: attributes as "@id", elements
 * by name, what is nested as "shipping.price", what repeats as "picture", "picture 2". Elements of one name that an
 * attribute tells apart are columns by that: "param[Colour]"; their other attributes are left out, but for a unit. The
 * fields of what the records stand in come first ("product.name"), if there are several of it.
 * @param records of one list, all chosen by `findRecords`
 * @param others what is a record of another list
 * @param name as on the card
 */
export function planRecords(
  records: readonly ElementNode[],
  others: ReadonlySet<ElementNode>,
  { name, columnsMax }: { name: string; columnsMax: number },
): RecordList {
  const fields = new FieldList()
  const root = rootOf(records[0]!)
  const around = new Set(records.flatMap(ancestorsOf))
  const planner = new Planner({ fields, records: new Set(records), around, others })
  const plan = planner.around(root)
  const { headers, restColumn } = fields.settle(Math.min(ownColumnsMax, columnsMax))
  return {
    name,
    headers,
    plan,
    restColumn,
    recordCount: records.reduce((sum, { count }) => sum + count, 0),
  }
}

/** Rows are as wide as all columns together, so what is rare shares one. */
const ownColumnsMax = 256
const repeatsMax = 16
/** Above this, what surrounds the records is too much to be waited for. */
const waitingMax = 1000
const fieldsMax = 100_000
const nameScoreMin = 0.68
const restHeader = 'further fields'

class FieldList {
  readonly #byHeader = new Map<string, Field>()
  #isRestNeeded = false

  get(header: string, count: number): Field {
    let field = this.#byHeader.get(header)
    if (field === undefined) {
      if (this.#byHeader.size >= fieldsMax) {
        throw new InvalidError(
          'too_many_columns',
          `The records have more than ${fieldsMax} different fields. Export the list as CSV or XLSX.`,
        )
      }
      field = { header, count: 0, column: -1, isRest: false }
      this.#byHeader.set(header, field)
    }
    field.count += count
    return field
  }

  /** Fields for an element that occurs up to `repeats` times in a record, the last for all beyond. */
  repeated(header: string, count: number, repeats: number): Field[] {
    const fields: Field[] = []
    for (let i = 0; i < Math.min(repeats, repeatsMax); i++)
      fields.push(
        this.get(i === 0 ? header : `${header} ${i + 1}`, i === 0 ? count : Math.ceil(count / (i + 1) / 2)),
      )
    if (repeats > repeatsMax) this.#isRestNeeded = true
    return fields
  }

  settle(columnsMax: number): { headers: string[]; restColumn: number } {
    const all = [...this.#byHeader.values()]
    const isCrowded = all.length > columnsMax || (this.#isRestNeeded && all.length === columnsMax)
    // Sorting keeps the order of equals, so of fields that are as rare the first one wins.
    const own = new Set(isCrowded ? all.toSorted((a, b) => b.count - a.count).slice(0, columnsMax - 1) : all)
    const headers: string[] = []
    for (const field of all) {
      if (!own.has(field)) continue
      field.column = headers.length
      headers.push(field.header)
    }
    const hasRest = isCrowded || this.#isRestNeeded
    for (const field of all) {
      if (own.has(field)) continue
      field.column = headers.length
      field.isRest = true
    }
    if (hasRest) headers.push(restHeader)
    return { headers, restColumn: hasRest ? headers.length - 1 : -1 }
  }
}

class Planner {
  readonly #names = headerNames()
  readonly #fields: FieldList
  readonly #records: ReadonlySet<ElementNode>
  readonly #around: ReadonlySet<ElementNode>
  readonly #others: ReadonlySet<ElementNode>

  constructor(of: {
    fields: FieldList
    records: ReadonlySet<ElementNode>
    around: ReadonlySet<ElementNode>
    others: ReadonlySet<ElementNode>
  }) {
    this.#fields = of.fields
    this.#records = of.records
    this.#around = of.around
    this.#others = of.others
  }

  /** What surrounds records: its fields are theirs if there are several of it, and if they name the currency of all. */
  around(node: ElementNode): PlanNode {
    const isShared = this.#isOneOfMany(node)
    const plan = newPlan('path')
    plan.isWaitedFor = isShared && this.#recordsWithin(node) <= waitingMax
    const isTaken = (name: string) => isShared || (this.#names.quick(name).currency ?? 0) >= nameScoreMin
    for (const [name, count] of node.attributes) {
      if (!isTaken(name)) continue
      plan.role = 'ancestor'
      const fields = this.#fields.repeated(this.#headerAround(node, name, '@'), count, 1)
      plan.attributes.push({ name, fields })
    }
    for (const child of node.children.values()) {
      if (this.#records.has(child)) plan.children.set(child.name, this.#record(child))
      else if (this.#around.has(child)) plan.children.set(child.name, this.around(child))
      else if (isTaken(child.name) && !this.#others.has(child) && (plan.isWaitedFor || isLeaf(child))) {
        plan.role = 'ancestor'
        plan.children.set(child.name, this.#field(child, this.#headerAround(node, child.name, '.'), 1))
      }
    }
    return plan
  }

  /** Groups within groups are alike, even where there is only one of them at a level. */
  #isOneOfMany(node: ElementNode): boolean {
    let count = 0
    for (const { name, count: own } of this.#around) if (name === node.name) count += own
    return count >= 2
  }

  /** The name of a group of articles is their category, and the column is called like the group: "section". */
  #headerAround(node: ElementNode, field: string, mark: '@' | '.'): string {
    const isCategory = (this.#names.quick(node.name).category ?? 0) >= nameScoreMin
    return isCategory && /^(name|title|caption)$/i.test(field) ? node.name : `${node.name}${mark}${field}`
  }

  #record(node: ElementNode): PlanNode {
    const plan = newPlan('record')
    this.#attributes(node, plan, '@', 1)
    if (node.hasText) plan.text = this.#fields.repeated(node.name, node.count, 1)
    for (const child of node.children.values())
      plan.children.set(child.name, this.#field(child, child.name, 1))
    return plan
  }

  /** @param repeats how often its parent may occur in a record */
  #field(node: ElementNode, header: string, repeats: number): PlanNode {
    const plan = newPlan('field')
    const own = Math.min(repeats * node.perParentMax, repeatsMax + 1)
    if (isLeaf(node)) {
      plan.isMixed = node.children.size > 0
      if (node.keys !== null && node.keyAttribute !== null && node.perParentMax > 1 && !plan.isMixed) {
        plan.keys = { attribute: node.keyAttribute, fields: new Map() }
        for (const [key, { count, perParentMax }] of node.keys) {
          const fields = this.#fields.repeated(
            `${header}[${key}]`,
            count,
            Math.min(repeats * perParentMax, repeatsMax + 1),
          )
          plan.keys.fields.set(key, fields)
        }
        return plan
      }
      if (node.hasText || node.attributes.size === 0)
        plan.text = this.#fields.repeated(header, node.count, own)
      this.#attributes(node, plan, `${header}@`, own)
      return plan
    }
    this.#attributes(node, plan, `${header}@`, own)
    for (const child of node.children.values()) {
      if (this.#others.has(child)) continue
      // "images.image" says no more than "image".
      const isWrapper =
        node.attributes.size === 0 && node.children.size === 1 && isPlural(node.name, child.name)
      const inner = isWrapper ? header.slice(0, -node.name.length) + child.name : `${header}.${child.name}`
      plan.children.set(child.name, this.#field(child, inner, own))
    }
    return plan
  }

  #attributes(node: ElementNode, plan: PlanNode, prefix: string, repeats: number): void {
    for (const [name, count] of node.attributes)
      plan.attributes.push({ name, fields: this.#fields.repeated(prefix + name, count, repeats) })
  }

  /** At most so many records are within one element. */
  #recordsWithin(node: ElementNode): number {
    let sum = 0
    for (const child of node.children.values()) {
      if (this.#records.has(child)) sum += child.perParentMax
      else if (this.#around.has(child)) sum += child.perParentMax * this.#recordsWithin(child)
    }
    return sum
  }
}

function newPlan(role: PlanNode['role']): PlanNode {
  return {
    children: new Map(),
    role,
    isWaitedFor: false,
    text: [],
    attributes: [],
    keys: null,
    isMixed: false,
  }
}

function rootOf(node: ElementNode): ElementNode {
  let root = node
  while (root.parent !== null) root = root.parent
  return root
}

function ancestorsOf(node: ElementNode): ElementNode[] {
  const ancestors: ElementNode[] = []
  for (let above = node.parent; above !== null; above = above.parent) ancestors.push(above)
  return ancestors
}

function isPlural(many: string, one: string): boolean {
  const stem = one.toLowerCase().slice(0, -1)
  return stem.length >= 2 && many.length > one.length && many.toLowerCase().startsWith(stem)
}
