import { headerNames } from '../../table/header/header-names.ts'
import { type Field, FieldList, type FieldName, repeatsMax } from './field-list.ts'
import { attributeName, type FieldPath, fieldName, recordPath, within } from './field-path.ts'
import { isLeaf } from './records.ts'
import type { ElementNode } from './structure.ts'

/** What is to be done with the elements of one path. Elements that no plan names are passed over. */
export interface PlanNode {
  children: Map<string, PlanNode>
  role: 'record' | 'ancestor' | 'path' | 'field'
  /** Whether all records of one such ancestor wait until it is closed, for its fields may stand behind them. */
  isWaitedFor: boolean
  /** Its text, by how often it occurs in the record; empty where it has none. */
  text: Field[]
  attributes: { name: string; fields: Field[] }[]
  /** Where an attribute tells elements of one name apart: the plan of each. */
  keys: { attribute: string; plans: Map<string, PlanNode>; hasUnit: boolean } | null
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
 * attribute tells apart are columns by that: "param[Colour]"; other attributes of such texts are left out, but
 * for unit and currency. The fields of what the records stand in come first ("product.name"), if there are several of it.
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
  const around = new Set(records.flatMap(ancestorsOf))
  const planner = new Planner({ fields, records: new Set(records), around, others })
  const plan = planner.around(rootOf(records[0]!))
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
/** Above this, what surrounds the records is too much to be waited for. */
const waitingMax = 1000
/** More than so many kinds of an element with elements in it are no kinds. */
const groupKeysMax = 50
const nameScoreMin = 0.68

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
    const isTaken = (name: string) => isShared || this.#isNamed(name, 'currency')
    for (const [name, count] of node.attributes) {
      if (!isTaken(name)) continue
      plan.role = 'ancestor'
      const own = attributeName({ short: node.name, full: node.name }, name)
      plan.attributes.push({
        name,
        fields: this.#fields.repeated(this.#categoryName(node, name) ?? own, count, 1),
      })
    }
    const path: FieldPath = { around: [node.name], full: [node.name], keys: [] }
    for (const child of node.children.values()) {
      if (this.#records.has(child)) plan.children.set(child.name, this.#record(child))
      else if (this.#around.has(child)) plan.children.set(child.name, this.around(child))
      else if (
        isTaken(child.name) &&
        !this.#others.has(child) &&
        (plan.isWaitedFor || isLeaf(child)) &&
        !this.#isDeclared(child)
      ) {
        plan.role = 'ancestor'
        plan.children.set(child.name, this.#field(child, path, 1, this.#categoryName(node, child.name)))
      }
    }
    return plan
  }

  /** Lists that belong to a whole shop are no fields of its articles. */
  #isDeclared(node: ElementNode): boolean {
    return !isLeaf(node) && /^(?:currencies|categories|delivery-options)$/i.test(node.name)
  }

  /** The name of a group of articles is their category, and the column is called like the group: "section". */
  #categoryName(node: ElementNode, field: string): FieldName | null {
    if (!/^(?:name|title|caption)$/i.test(field) || !this.#isNamed(node.name, 'category')) return null
    return { short: node.name, full: node.name }
  }

  #isNamed(name: string, field: 'category' | 'currency'): boolean {
    return (this.#names.quick(name)[field] ?? 0) >= nameScoreMin
  }

  /** Groups within groups are alike, even where there is only one of them at a level. */
  #isOneOfMany(node: ElementNode): boolean {
    let count = 0
    for (const { name, count: own } of this.#around) if (name === node.name) count += own
    return count >= 2
  }

  #record(node: ElementNode): PlanNode {
    const plan = newPlan('record')
    for (const [name, count] of node.attributes)
      plan.attributes.push({ name, fields: this.#fields.repeated(both(`@${name}`), count, 1) })
    if (node.hasText) plan.text = this.#fields.repeated(both(node.name), node.count, 1)
    for (const child of node.children.values())
      plan.children.set(child.name, this.#field(child, recordPath, 1, null))
    return plan
  }

  /**
   * @param repeats how often its parent may occur in a record
   * @param known what the column is called in any case
   */
  #field(node: ElementNode, path: FieldPath, repeats: number, known: FieldName | null): PlanNode {
    const plan = newPlan('field')
    const attribute = this.#keyOf(node)
    if (attribute === null) {
      this.#fill(plan, node, { path, repeats: repeats * node.perParentMax, known, key: null })
      return plan
    }
    plan.keys = { attribute, plans: new Map(), hasUnit: isLeaf(node) }
    for (const [key, { count, perParentMax }] of node.keys ?? []) {
      const one = newPlan('field')
      const of = { ...node, count }
      this.#fill(one, of, { path, repeats: repeats * perParentMax, known, key })
      plan.keys.plans.set(key, one)
    }
    return plan
  }

  /** The attribute that tells elements of one name in one record apart; null without one. */
  #keyOf(node: ElementNode): string | null {
    const { keys, keyAttribute, perParentMax, children } = node
    if (keys === null || keyAttribute === null || perParentMax <= 1) return null
    if (children.size === 0) return keyAttribute
    return !node.hasText && keys.size <= groupKeysMax ? keyAttribute : null
  }

  #fill(
    plan: PlanNode,
    node: ElementNode,
    of: { path: FieldPath; repeats: number; known: FieldName | null; key: string | null },
  ): void {
    const { path, key } = of
    const repeats = Math.min(of.repeats, repeatsMax + 1)
    const keyed = key === null ? path : { ...path, keys: [...path.keys, key] }
    const name = of.known ?? fieldName(keyed, node.name)
    if (isLeaf(node)) {
      plan.isMixed = node.children.size > 0
      if (node.hasText || node.attributes.size === 0)
        plan.text = this.#fields.repeated(name, node.count, repeats)
    }
    for (const [attribute, count] of node.attributes) {
      if (key !== null && attribute === node.keyAttribute) continue
      if (key !== null && isLeaf(node) && !this.#isNamed(attribute, 'currency')) continue
      plan.attributes.push({
        name: attribute,
        fields: this.#fields.repeated(attributeName(name, attribute), count, repeats),
      })
    }
    if (isLeaf(node)) return
    for (const child of node.children.values()) {
      if (!this.#others.has(child))
        plan.children.set(child.name, this.#field(child, within(path, node, key), repeats, null))
    }
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

function both(name: string): FieldName {
  return { short: name, full: name }
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
