import { apply, identity, type Matrix, matrixFrom, multiply } from './matrix.ts'
import { number, type Rule, ruleOf, type Segment, type Subpath, subpaths } from './paths.ts'
import { mostTurns, turnBack, turnsOf } from './turns.ts'

/** A character where the page shows it. Points; x grows to the right and y downwards, as the page is read. */
export interface Glyph {
  text: string
  /** Left end. */
  x0: number
  /** Right end, without the space that follows. */
  x1: number
  /** Baseline. */
  y: number
  /** Height of the font. */
  size: number
  /** Which font it is, bold and italic ones apart. */
  font: string
}

export interface PageContent {
  glyphs: Glyph[]
  /** Text that runs up or down beside the rest, each run in the box that it fills. */
  sideways: Sideways[]
  rules: Rule[]
  width: number
  height: number
  /** Whether there was more text on the page than is looked at. */
  isCut: boolean
}

export interface Sideways {
  text: string
  x0: number
  x1: number
  y0: number
  y1: number
  size: number
}

/** What the PDF library tells of a font. */
export interface FontFacts {
  /** Glyph widths are in units of it: 0.001 for nearly all. */
  widthScale: number
  isVertical: boolean
  name: string
}

export interface PageSource {
  /** Operator codes and their arguments, in the order in which they paint. */
  operators: { fnArray: ArrayLike<number>; argsArray: ArrayLike<unknown> }
  /** From the page's own space to points with y downwards, rotation by the page's entry included. */
  viewport: { transform: ArrayLike<number>; width: number; height: number }
  font: (name: string) => FontFacts
  /** Operator codes by name. */
  codes: Record<string, number>
}

/** Most characters of a page that are looked at: a dense A3 page has 20,000. */
export const glyphsMax = 100_000
/** More rules than this draw a picture, and no table. */
export const rulesMax = 20_000

/**
 * Reads where the page puts its characters and lines, turned so that most of the text reads from left to right.
 * The library's own text extraction is not used, because it joins cells that stand closer than 0.6 em and gives no
 * position inside of a text.
 */
export function readPageContent(source: PageSource): PageContent {
  const painter = new Painter(source)
  painter.run()
  return painter.content()
}

interface RawGlyph {
  text: string
  x: number
  y: number
  /** Where the next character would begin. */
  endX: number
  endY: number
  size: number
  font: string
  /** Quarter turns clockwise; -1: none of the four. */
  turns: number
  isHidden: boolean
}

interface GraphicsState {
  matrix: Matrix
  font: FontFacts & { id: string }
  size: number
  charSpacing: number
  wordSpacing: number
  stretch: number
  leading: number
  rise: number
  isHidden: boolean
}

const noFont: FontFacts & { id: string } = { id: '', widthScale: 0.001, isVertical: false, name: '' }
const statesMax = 10_000

/** Follows the operators as a renderer would, as far as characters and straight lines go. */
class Painter {
  readonly #source: PageSource
  readonly #glyphs: RawGlyph[] = []
  readonly #segments: Segment[] = []
  readonly #saved: GraphicsState[] = []
  #state: GraphicsState
  #text: Matrix = identity
  #x = 0
  #y = 0
  #lineX = 0
  #lineY = 0
  #isCut = false
  #isDrawing = false

  constructor(source: PageSource) {
    this.#source = source
    const start = matrixFrom([...Array.from(source.viewport.transform)]) ?? identity
    this.#state = {
      matrix: start,
      font: noFont,
      size: 0,
      charSpacing: 0,
      wordSpacing: 0,
      stretch: 1,
      leading: 0,
      rise: 0,
      isHidden: false,
    }
  }

  run(): void {
    const { fnArray, argsArray } = this.#source.operators
    const steps = this.#steps()
    for (let at = 0; at < fnArray.length; at++) {
      const step = steps.get(fnArray[at]!)
      if (step === undefined) continue
      const args = argsArray[at]
      step(Array.isArray(args) ? args : [])
    }
  }

  content(): PageContent {
    const { width, height } = this.#source.viewport
    const shown = this.#glyphs.filter((glyph) => !glyph.isHidden)
    // Recognised text lies invisible over the picture of a scan; elsewhere hidden text repeats what is seen.
    const glyphs = shown.some(({ text }) => text.trim() !== '') ? shown : this.#glyphs
    const turns = mostTurns(glyphs)
    const [turnedWidth, turnedHeight] = turns % 2 === 0 ? [width, height] : [height, width]
    const place = turnBack(turns, width, height)
    const upright: Glyph[] = []
    const others: RawGlyph[] = []
    for (const glyph of glyphs) {
      if (glyph.turns !== turns) {
        if (glyph.turns >= 0) others.push(glyph)
        continue
      }
      const [x, y] = place(glyph.x, glyph.y)
      const [endX] = place(glyph.endX, glyph.endY)
      const isOnPage = endX > 0 && x < turnedWidth && y > 0 && y - glyph.size < turnedHeight
      if (!isOnPage) continue
      const { text, size, font } = glyph
      upright.push({ text, x0: Math.min(x, endX), x1: Math.max(x, endX), y, size, font })
    }
    return {
      glyphs: upright,
      sideways: sidewaysRuns(others, place),
      rules: this.#isDrawing ? [] : this.#segments.flatMap((segment) => ruleOf(segment, place) ?? []),
      width: turnedWidth,
      height: turnedHeight,
      isCut: this.#isCut,
    }
  }

  #steps(): Map<number, (args: unknown[]) => void> {
    const steps: Record<string, (args: unknown[]) => void> = {
      save: () => this.#save(),
      restore: () => this.#restore(),
      transform: (args) => this.#transform(args),
      paintFormXObjectBegin: ([matrix]) => {
        this.#save()
        if (matrix !== null && matrix !== undefined) this.#transformBy(matrixFrom(matrix))
      },
      paintFormXObjectEnd: () => this.#restore(),
      beginText: () => this.#setText(identity),
      setTextMatrix: ([matrix]) => this.#setText(matrixFrom(matrix)),
      setFont: ([name, size]) => this.#setFont(name, size),
      setGState: ([entries]) => this.#setGState(entries),
      setCharSpacing: ([value]) => {
        this.#state.charSpacing = number(value)
      },
      setWordSpacing: ([value]) => {
        this.#state.wordSpacing = number(value)
      },
      setHScale: ([value]) => {
        this.#state.stretch = number(value) / 100
      },
      setLeading: ([value]) => {
        this.#state.leading = -number(value)
      },
      setTextRise: ([value]) => {
        this.#state.rise = number(value)
      },
      setTextRenderingMode: ([value]) => {
        this.#state.isHidden = value === 3 || value === 7
      },
      moveText: ([x, y]) => this.#moveText(number(x), number(y)),
      setLeadingMoveText: ([x, y]) => {
        this.#state.leading = number(y)
        this.#moveText(number(x), number(y))
      },
      nextLine: () => this.#moveText(0, this.#state.leading),
      showText: ([glyphs]) => this.#show(glyphs),
      constructPath: (args) => this.#path(args),
    }
    return new Map(
      Object.entries(steps).flatMap(([name, step]) => {
        const code = this.#source.codes[name]
        return code === undefined ? [] : [[code, step] as const]
      }),
    )
  }

  #save(): void {
    if (this.#saved.length < statesMax) this.#saved.push({ ...this.#state })
  }

  #restore(): void {
    this.#state = this.#saved.pop() ?? this.#state
  }

  #transform(args: unknown[]): void {
    this.#transformBy(matrixFrom(args) ?? matrixFrom(args[0]))
  }

  #transformBy(matrix: Matrix | null): void {
    if (matrix !== null) this.#state.matrix = multiply(this.#state.matrix, matrix)
  }

  #setText(matrix: Matrix | null): void {
    this.#text = matrix ?? identity
    this.#x = this.#y = this.#lineX = this.#lineY = 0
  }

  #setFont(name: unknown, size: unknown): void {
    if (typeof name !== 'string') return
    this.#state.font = { id: name, ...this.#source.font(name) }
    this.#state.size = number(size)
  }

  #setGState(entries: unknown): void {
    if (!Array.isArray(entries)) return
    for (const entry of entries) {
      if (Array.isArray(entry) && entry[0] === 'Font' && Array.isArray(entry[1]))
        this.#setFont(entry[1][0], entry[1][1])
    }
  }

  #moveText(x: number, y: number): void {
    this.#lineX += x
    this.#lineY += y
    this.#x = this.#lineX
    this.#y = this.#lineY
  }

  #show(glyphs: unknown): void {
    if (!Array.isArray(glyphs)) return
    const state = this.#state
    const { widthScale, isVertical, id } = state.font
    const matrix = multiply(state.matrix, this.#text)
    const [a, b, c, d] = matrix
    const height = Math.hypot(c, d) * Math.abs(state.size)
    const turns = turnsOf(a, b, state.size * state.stretch)
    const baseline = this.#y + state.rise
    let along = 0
    for (const glyph of glyphs) {
      if (typeof glyph === 'number') {
        along += ((isVertical ? 1 : -1) * glyph * state.size) / 1000
        continue
      }
      if (!isGlyph(glyph)) continue
      const spacing = (glyph.isSpace === true ? state.wordSpacing : 0) + state.charSpacing
      const width = number(glyph.width) * widthScale * state.size
      const from = along
      // Characters of a vertical font stand below each other, one em each.
      along += isVertical ? -(Math.abs(state.size) + spacing) : width + spacing
      if (this.#glyphs.length >= glyphsMax) {
        this.#isCut = true
        continue
      }
      const [x, y] = isVertical
        ? apply(matrix, this.#x, baseline + from)
        : apply(matrix, this.#x + from * state.stretch, baseline)
      const [endX, endY] = isVertical
        ? apply(matrix, this.#x + Math.abs(state.size), baseline + from)
        : apply(matrix, this.#x + (from + width) * state.stretch, baseline)
      this.#glyphs.push({
        text: glyph.unicode,
        x,
        y,
        endX,
        endY,
        size: height,
        font: id,
        turns,
        isHidden: state.isHidden,
      })
    }
    if (isVertical) this.#y += along
    else this.#x += along * state.stretch
  }

  #path([operator, data]: unknown[]): void {
    const { codes } = this.#source
    if (operator === codes.endPath) return
    const isStroke = operator !== codes.fill && operator !== codes.eoFill
    const isFill = operator !== codes.stroke && operator !== codes.closeStroke
    const path: unknown = Array.isArray(data) ? data[0] : null
    if (!(path instanceof Float32Array) && !Array.isArray(path)) return
    for (const points of subpaths(path, this.#state.matrix)) {
      // With some of them missing the others would mislead.
      if (this.#segments.length >= rulesMax) this.#isDrawing = true
      if (this.#isDrawing) return
      this.#addShape(points, isStroke, isFill)
    }
  }

  #addShape({ points, isStraight }: Subpath, isStroke: boolean, isFill: boolean): void {
    if (!isStraight || points.length < 2) return
    const xs = points.map(([x]) => x)
    const ys = points.map(([, y]) => y)
    const box = { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) }
    const width = box.x1 - box.x0
    const height = box.y1 - box.y0
    // A thin box is a line, whether it was filled or outlined.
    if (Math.min(width, height) <= ruleThicknessMax && points.length <= 6) {
      const middleX = (box.x0 + box.x1) / 2
      const middleY = (box.y0 + box.y1) / 2
      this.#segments.push(
        width >= height
          ? { x0: box.x0, x1: box.x1, y0: middleY, y1: middleY }
          : { x0: middleX, x1: middleX, y0: box.y0, y1: box.y1 },
      )
      return
    }
    if (!isStroke || (isFill && points.length > 6)) return
    for (let at = 1; at < points.length && at < 200; at++) {
      const [x0, y0] = points[at - 1]!
      const [x1, y1] = points[at]!
      this.#segments.push({ x0, y0, x1, y1 })
    }
  }
}

const ruleThicknessMax = 3

function isGlyph(value: unknown): value is { unicode: string; width: unknown; isSpace: unknown } {
  return (
    typeof value === 'object' && value !== null && 'unicode' in value && typeof value.unicode === 'string'
  )
}

/** Joins characters that follow each other in a direction of their own. */
function sidewaysRuns(
  glyphs: readonly RawGlyph[],
  place: (x: number, y: number) => [number, number],
): Sideways[] {
  const runs: Sideways[] = []
  let last: RawGlyph | null = null
  for (const glyph of glyphs) {
    const [startX, startY] = place(glyph.x, glyph.y)
    const [endX, endY] = place(glyph.endX, glyph.endY)
    const box = {
      x0: Math.min(startX, endX),
      x1: Math.max(startX, endX),
      y0: Math.min(startY, endY),
      y1: Math.max(startY, endY),
    }
    const gap = last === null ? Infinity : Math.hypot(glyph.x - last.endX, glyph.y - last.endY)
    const run = runs.at(-1)
    if (run !== undefined && last !== null && last.turns === glyph.turns && gap < glyph.size * 0.8) {
      run.text += (gap > glyph.size * 0.16 && !run.text.endsWith(' ') ? ' ' : '') + glyph.text
      run.x0 = Math.min(run.x0, box.x0)
      run.x1 = Math.max(run.x1, box.x1)
      run.y0 = Math.min(run.y0, box.y0)
      run.y1 = Math.max(run.y1, box.y1)
    } else {
      runs.push({ text: glyph.text, ...box, size: glyph.size })
    }
    last = glyph
  }
  return runs.map((run) => ({ ...run, text: run.text.trim() })).filter(({ text }) => text !== '')
}
