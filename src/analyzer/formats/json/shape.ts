import { InvalidError } from '../../../lib/errors.ts'
import type { JsonObject, JsonValue } from './value.ts'

/** Keys that say what JSON-LD means by the others; they hold nothing of an article. */
const silentKeys = new Set(['@context', '@type'])

/** So many names of properties in one list become columns; more are told in one cell. */
const pairNamesMax = 1000

/** What the objects at one place of a document look like, all of them together. */
export class Shape {
  /** By key, in the order in which they turned up. */
  readonly members = new Map<string, Shape>()
  /** Whether some of these values are a text, a number or a list of such. */
  isLeaf = false
  /** Lists of objects at this place; null: none. */
  list: ListShape | null = null
  /** The keys of the object that was added last, and their members. */
  lastKeys: readonly string[] | null = null
  lastMembers: (Shape | null)[] = []
}

export interface ListShape {
  /** All elements together. */
  element: Shape
  elementCount: number
  lengthMax: number
  /**
   * Where every element is the name and the value of a property, as in `additionalProperty`: the names, in the order
   * in which they turned up.
   */
  pairs: Set<string> | null
}

/** How many different places the objects of one list may still have. */
export interface Room {
  left: number
}

/**
 * Adds one object to the shape.
 * @param room is used up
 * @throws InvalidError `too_many_columns`
 */
export function survey(shape: Shape, { keys, values }: JsonObject, room: Room): void {
  if (shape.lastKeys !== keys) {
    shape.lastMembers = keys.map((key) => memberOf(shape, key, room))
    shape.lastKeys = keys
  }
  const members = shape.lastMembers
  for (let index = 0; index < values.length; index++) {
    const member = members[index]!
    if (member !== null) surveyValue(member, values[index]!, room)
  }
}

function memberOf(shape: Shape, key: string, room: Room): Shape | null {
  if (silentKeys.has(key)) return null
  let member = shape.members.get(key)
  if (member === undefined) {
    if (--room.left < 0)
      throw new InvalidError(
        'too_many_columns',
        `The objects have too many different values ("${key.slice(0, 100)}" is one too many). Write what has names of its own as elements of an array.`,
      )
    member = new Shape()
    shape.members.set(key, member)
  }
  return member
}

function surveyValue(shape: Shape, value: JsonValue, room: Room): void {
  if (typeof value !== 'object') shape.isLeaf = true
  else if (!Array.isArray(value)) survey(shape, value, room)
  else {
    const objects = value.filter(isObject)
    if (objects.length < value.length) shape.isLeaf = true
    if (objects.length === 0) return
    shape.list ??= { element: new Shape(), elementCount: 0, lengthMax: 0, pairs: new Set() }
    const { list } = shape
    list.elementCount += objects.length
    list.lengthMax = Math.max(list.lengthMax, objects.length)
    for (const object of objects) {
      survey(list.element, object, room)
      const pair = pairOf(object)
      if (pair === null || list.pairs === null || list.pairs.size > pairNamesMax) list.pairs = null
      else list.pairs.add(pair.name)
    }
  }
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && !Array.isArray(value)
}

/** The name and the value of a property: `{"name": "Colour", "value": "red"}`; null: it is something else. */
export function pairOf({ keys, values }: JsonObject): { name: string; value: JsonValue } | null {
  let name: string | null = null
  let value: JsonValue | null = null
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const each = values[index]!
    if (pairNameKeys.has(key) && name === null) {
      if (typeof each === 'object' || String(each).length > pairNameLengthMax) return null
      name = String(each)
    } else if (pairValueKeys.has(key) && value === null) value = each
    else if (!pairAsides.has(key)) return null
  }
  return name === null || name === '' || value === null ? null : { name, value }
}

const pairNameKeys = new Set(['name', 'key', 'label', 'attribute', 'property', 'propertyID'])
const pairValueKeys = new Set(['value', 'values', 'val', 'text'])
const pairAsides = new Set(['@type', 'id', 'position', 'unit', 'unitCode', 'unitText', 'group', 'code'])
const pairNameLengthMax = 100
