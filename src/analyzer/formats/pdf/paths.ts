import { apply, type Matrix } from './matrix.ts'

/** A ruling line, however it was drawn. */
export interface Rule {
  direction: 'horizontal' | 'vertical'
  /** y of a horizontal rule, x of a vertical one. */
  at: number
  from: number
  to: number
}

/** One straight stroke. */
export interface Segment {
  x0: number
  y0: number
  x1: number
  y1: number
}

/**
 * A drawn segment as a rule.
 * @param place from the page's own points to those that are read
 * @returns null when it is slanted, or too short to say which way it runs
 */
export function ruleOf(
  { x0, y0, x1, y1 }: Segment,
  place: (x: number, y: number) => [number, number],
): Rule | null {
  const [fromX, fromY] = place(x0, y0)
  const [toX, toY] = place(x1, y1)
  const width = Math.abs(toX - fromX)
  const height = Math.abs(toY - fromY)
  // Dots and dashes of a broken line are short; they are joined later.
  if (width < 0.2 && height < 0.2) return null
  if (height <= Math.max(0.5, width * 0.01))
    return {
      direction: 'horizontal',
      at: (fromY + toY) / 2,
      from: Math.min(fromX, toX),
      to: Math.max(fromX, toX),
    }
  if (width <= Math.max(0.5, height * 0.01))
    return {
      direction: 'vertical',
      at: (fromX + toX) / 2,
      from: Math.min(fromY, toY),
      to: Math.max(fromY, toY),
    }
  return null
}

/** A part of a path that is drawn without lifting the pen. */
export interface Subpath {
  points: [x: number, y: number][]
  isStraight: boolean
}

// How the library writes paths: a code, then its coordinates.
const moveTo = 0
const lineTo = 1
const curveTo = 2
const quadraticTo = 3
const closePath = 4

/** The parts of a path as the library gives it; what follows a code that is not known is left. */
export function* subpaths(path: ArrayLike<unknown>, matrix: Matrix): Generator<Subpath> {
  let current: Subpath = { points: [], isStraight: true }
  let at = 0
  const point = () => apply(matrix, number(path[at++]), number(path[at++]))
  while (at < path.length) {
    const code = path[at++]
    if (code === moveTo) {
      if (current.points.length > 1) yield current
      current = { points: [point()], isStraight: true }
    } else if (code === lineTo) {
      current.points.push(point())
    } else if (code === curveTo || code === quadraticTo) {
      at += code === curveTo ? 6 : 4
      current.isStraight = false
    } else if (code === closePath) {
      const first = current.points[0]
      if (first !== undefined) {
        current.points.push(first)
        yield current
        current = { points: [first], isStraight: true }
      }
    } else {
      return
    }
  }
  if (current.points.length > 1) yield current
}

/** What is no number in the document counts as 0. */
export function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
