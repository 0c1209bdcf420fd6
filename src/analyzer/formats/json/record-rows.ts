import type { Cell } from '../../table/rows/row.ts'
import type { Slot } from './columns.ts'
import { isObject, pairOf } from './shape.ts'
import { type JsonObject, type JsonValue, jsonText } from './value.ts'

/**
 * The rows of one record: itself, or one for each article that it holds, with what stands around them.
 * @param width number of columns
 */
export function recordRows(root: Slot, record: JsonObject, width: number): Cell[][] {
  const cells = new Array<Cell>(width).fill('')
  const rows: Cell[][] = []
  fill(root, record, { cells, rows })
  if (rows.length === 0) return [cells]
  for (const row of rows) {
    for (let column = 0; column < width; column++)
      if (cells[column] !== '' && row[column] === '') row[column] = cells[column]!
  }
  return rows
}

/** A value without names, as one cell: texts and numbers side by side, anything else as JSON. */
export function cellOf(value: JsonValue): Cell {
  if (typeof value !== 'object') return value
  if (!Array.isArray(value) || value.some((each) => typeof each === 'object')) return jsonText(value)
  return value.length === 1 ? (value[0]! as Cell) : value.filter((each) => each !== '').join(', ')
}

interface Filling {
  cells: Cell[]
  rows: Cell[][]
}

function fill(slot: Slot, { keys, values }: JsonObject, into: Filling): void {
  if (slot.lastKeys !== keys) {
    // What was not there when the columns were made is a key that says nothing.
    slot.lastMembers = keys.map((key) => slot.members.get(key))
    slot.lastKeys = keys
  }
  const members = slot.lastMembers
  for (let index = 0; index < keys.length; index++) {
    const member = members[index]
    if (member === undefined) continue
    const value = values[index]!
    if (typeof value !== 'object') {
      if (member.column >= 0) into.cells[member.column] = value
    } else if (isObject(value)) {
      if (member.list?.kind === 'rows') fillList(member, [value], into)
      else fill(member, value, into)
    } else fillArray(member, value, into)
  }
}

function fillArray(slot: Slot, values: JsonValue[], into: Filling): void {
  const objects = slot.list === null ? [] : values.filter(isObject)
  if (objects.length > 0) fillList(slot, objects, into)
  const others = objects.length === 0 ? values : values.filter((value) => !isObject(value))
  if (others.length > 0 && slot.column >= 0) into.cells[slot.column] = cellOf(others)
}

function fillList(slot: Slot, objects: JsonObject[], into: Filling): void {
  const { list } = slot
  if (list === null) return
  if (list.kind === 'rows') {
    for (const object of objects) into.rows.push(...recordRows(list.element, object, into.cells.length))
  } else if (list.kind === 'pairs') {
    for (const object of objects) {
      const pair = pairOf(object)
      const column = pair === null ? undefined : list.columns.get(pair.name)
      if (pair === null || column === undefined) continue
      const before = into.cells[column]!
      into.cells[column] = before === '' ? cellOf(pair.value) : `${before}, ${cellOf(pair.value)}`
    }
  } else {
    for (const [index, object] of objects.slice(0, list.elements.length).entries())
      fill(list.elements[index]!, object, into)
    const rest = objects.slice(list.elements.length)
    if (rest.length > 0 && list.rest >= 0) into.cells[list.rest] = jsonText(rest)
  }
}
