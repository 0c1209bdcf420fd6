import { InvalidError } from '../../../lib/errors.ts'
import type { Cell, Row } from '../../table/rows/row.ts'
import type { ReadLimits } from '../format.ts'
import type { TagAttributes } from '../markup/attributes.ts'
import type { MarkupHandler } from '../markup/scanner.ts'
import type { Field } from './field-list.ts'
import type { RecordFinisher } from './finish.ts'
import { beginsLine, plainText } from './plain-text.ts'
import type { PlanNode, RecordList } from './plan.ts'

/** Makes rows of the records of one list, as its plan says. */
export class RecordRows implements MarkupHandler {
  /** Whoever takes rows empties it. */
  rows: Row[] = []
  readonly #list: RecordList
  readonly #finish: RecordFinisher
  readonly #limits: ReadLimits
  #plan: PlanNode
  readonly #above: PlanNode[] = []
  /** Levels below an element that the plan does not name, or that is part of a text. */
  #depth = 0
  #isMixed = false
  #text = ''
  /** Of the text that is being read; what has one has no elements in it. */
  #unit: string | null = null
  /** What surrounds the next value: records and what they stand in, the innermost last. */
  readonly #frames: Frame[] = []
  /** Records that wait for the end of what surrounds them. */
  #waiting: { cells: Cell[]; frames: Frame[] }[] = []
  #waitingFor: Frame | null = null
  #shop = 0
  #count = 0

  constructor(list: RecordList, finish: RecordFinisher, limits: ReadLimits) {
    this.#list = list
    this.#finish = finish
    this.#limits = limits
    this.#plan = list.plan
  }

  get wantsText(): boolean {
    if (this.#depth > 0) return this.#isMixed
    return this.#plan.text.length > 0
  }

  get recordCount(): number {
    return this.#count
  }

  open(name: string, attributes: TagAttributes): void {
    if (this.#depth > 0) {
      this.#depth++
      if (this.#isMixed) this.#beginLine(name)
      return
    }
    if (this.#plan.isMixed) {
      this.#depth = 1
      this.#isMixed = true
      this.#beginLine(name)
      return
    }
    let plan = this.#plan.children.get(name)
    this.#unit = null
    if (plan?.keys != null) {
      const { attribute, plans, hasUnit } = plan.keys
      plan = plans.get((attributes.get(attribute) ?? '').trim())
      if (hasUnit) this.#unit = attributes.get('unit')
    }
    if (plan === undefined) {
      this.#depth = 1
      this.#isMixed = false
      return
    }
    if (name === 'shop') this.#shop++
    this.#above.push(this.#plan)
    this.#plan = plan
    if (plan.role === 'record' || plan.role === 'ancestor') this.#begin(plan)
    this.#text = ''
    if (attributes.isEmpty) return
    for (const { name: attribute, fields } of plan.attributes) {
      const value = attributes.get(attribute)
      if (value !== null) this.#place(fields, value)
    }
  }

  text(text: string): void {
    if (this.#plan.role !== 'record') {
      this.#text += text
      if (this.#text.length > this.#limits.cellCharactersMax) throw this.#tooLong()
      return
    }
    // What a record says of itself may stand between its elements.
    const [field] = this.#plan.text
    const frame = this.#frames.at(-1)
    if (field !== undefined && frame !== undefined) addTo(frame, field, text.trim(), ' ')
  }

  close(name: string): void {
    if (this.#depth > 0) {
      this.#depth--
      if (this.#isMixed) this.#beginLine(name)
      return
    }
    const plan = this.#plan
    if (plan.role === 'field') {
      if (plan.isMixed) this.#text = filledLines(this.#text)
      if (plan.text.length > 0 && this.#text !== '') this.#placeText(plan.text)
      this.#text = ''
    }
    this.#plan = this.#above.pop() ?? this.#list.plan
    if (plan.role === 'record') this.#endRecord()
    else if (plan.role === 'ancestor') this.#endAncestor()
  }

  /** Of a text with markup in it; doubled line breaks are taken out at its end. */
  #beginLine(element: string): void {
    if (beginsLine(element)) this.#text += '\n'
  }

  #begin(plan: PlanNode): void {
    const cells = new Array<Cell>(this.#list.headers.length).fill('')
    const frame: Frame = { cells, occurrences: null }
    this.#frames.push(frame)
    if (plan.isWaitedFor && this.#waitingFor === null) this.#waitingFor = frame
  }

  #placeText(fields: readonly Field[]): void {
    const unit = this.#unit
    this.#place(fields, unit === null || unit === '' ? this.#text : `${this.#text.trim()} ${unit}`)
  }

  /** Puts a value where its field has its column; what occurs more often than there are columns goes to the rest. */
  #place(fields: readonly Field[], value: string): void {
    const frame = this.#frames.at(-1)
    const [first] = fields
    if (frame === undefined || first === undefined) return
    let field = first
    if (fields.length > 1) {
      frame.occurrences ??= new Map()
      const seen = frame.occurrences.get(first) ?? 0
      frame.occurrences.set(first, seen + 1)
      field = fields[seen] ?? { ...first, column: this.#list.restColumn, isRest: true }
    }
    const text = plainText(value)
    if (text === '') return
    if (text.length > this.#limits.cellCharactersMax) throw this.#tooLong()
    if (field.isRest) addTo(frame, field, `${field.header}: ${text}`, '; ')
    // Only the fields of repeated surroundings meet a value that is there already.
    else if (frame.cells[field.column] !== '') addTo(frame, field, text, '; ')
    else frame.cells[field.column] = text
  }

  #endRecord(): void {
    const cells = this.#frames.pop()?.cells ?? []
    this.#finish(cells, this.#shop)
    if (this.#waitingFor === null) this.#emit(cells, this.#frames)
    else this.#waiting.push({ cells, frames: this.#frames.slice() })
  }

  #endAncestor(): void {
    if (this.#frames.pop() !== this.#waitingFor) return
    for (const { cells, frames } of this.#waiting) this.#emit(cells, frames)
    this.#waiting = []
    this.#waitingFor = null
  }

  #emit(cells: Cell[], frames: readonly Frame[]): void {
    for (let i = frames.length - 1; i >= 0; i--) inherit(cells, frames[i]!)
    this.rows.push({ index: this.#count, cells })
    this.#count++
  }

  #tooLong(): InvalidError {
    return new InvalidError(
      'cell_too_long',
      `Record ${this.#count + 1} has a value of more than ${this.#limits.cellCharactersMax} characters. Shorten it, or leave it out.`,
    )
  }
}

interface Frame {
  cells: Cell[]
  /** How often a field was seen, by the first of its columns; only of what repeats. */
  occurrences: Map<Field, number> | null
}

function addTo({ cells }: Frame, { column }: Field, text: string, separator: string): void {
  if (text === '') return
  const before = cells[column]
  cells[column] = before === '' ? text : before + separator + text
}

function filledLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n')
}

/** Groups within groups are a path: "Tools > Drills". */
function inherit(cells: Cell[], frame: Frame): void {
  for (const [column, value] of frame.cells.entries()) {
    if (value === '') continue
    const inner = cells[column]
    cells[column] = inner === '' || inner === undefined ? value : `${value} > ${inner}`
  }
}
