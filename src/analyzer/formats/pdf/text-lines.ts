import type { Glyph } from './page-content.ts'

/** Characters without a space between them. */
export interface Word {
  text: string
  x0: number
  x1: number
  size: number
  font: string
}

/** What stands on one baseline, from left to right. */
export interface TextLine {
  /** Baseline. */
  y: number
  /** Height of its largest font. */
  size: number
  words: Word[]
}

/** A wider gap than this, in heights of the font, parts two words. Letters that are spread out stay together. */
const wordGap = 0.16
/** Baselines that differ by less, in heights of the font, are one line. */
const baselineTolerance = 0.25

/**
 * Joins characters to words and lines, by where they stand; the order in which they were painted only keeps texts
 * apart that overlap. Small raised and lowered text (CO₂, footnote marks) belongs to the line beside it.
 * @returns lines from top to bottom
 */
export function textLines(glyphs: readonly Glyph[]): TextLine[] {
  const runs = runsOf(withoutLeaders(glyphs)).sort((a, b) => a.y - b.y)
  const groups: RunGroup[] = []
  for (const run of runs) {
    const group = groups.at(-1)
    if (group !== undefined && run.y - group.y <= baselineTolerance * Math.min(group.size, run.size)) {
      group.runs.push(run)
      // The largest text says where the line stands.
      if (run.size > group.size) {
        group.size = run.size
        group.y = run.y
      }
    } else {
      groups.push({ y: run.y, size: run.size, runs: [run] })
    }
  }
  attachSmall(groups)
  return groups
    .filter(({ runs }) => runs.length > 0)
    .map(({ y, size, runs }) => ({ y, size, words: wordsOf(runs) }))
    .filter(({ words }) => words.length > 0)
}

interface RunGroup {
  y: number
  size: number
  runs: Run[]
}

/** Characters that were painted one after another, without a gap between them that a space would not fill. */
interface Run {
  glyphs: Glyph[]
  x0: number
  x1: number
  y: number
  size: number
}

const leader = /^[.·_…‧․]+$/
const leadersMin = 4

/** Leaves out the dots that lead from a name to its price. */
function withoutLeaders(glyphs: readonly Glyph[]): Glyph[] {
  const result: Glyph[] = []
  let dots: Glyph[] = []
  const flush = () => {
    const count = dots.reduce((sum, { text }) => sum + text.length, 0)
    if (count < leadersMin) result.push(...dots)
    dots = []
  }
  for (const glyph of glyphs) {
    const last = dots.at(-1)
    const isNext =
      last !== undefined &&
      Math.abs(glyph.y - last.y) < 0.1 * glyph.size &&
      Math.abs(glyph.x0 - last.x1) < 0.5 * glyph.size
    if (!isNext) flush()
    if (leader.test(glyph.text)) {
      dots.push(glyph)
    } else {
      flush()
      result.push(glyph)
    }
  }
  flush()
  return result
}

function runsOf(glyphs: readonly Glyph[]): Run[] {
  const runs: Run[] = []
  for (const glyph of glyphs) {
    const run = runs.at(-1)
    if (run !== undefined && continues(run, glyph)) {
      run.glyphs.push(glyph)
      run.x1 = Math.max(run.x1, glyph.x1)
    } else {
      runs.push({ glyphs: [glyph], x0: glyph.x0, x1: glyph.x1, y: glyph.y, size: glyph.size })
    }
  }
  return runs.filter(({ glyphs }) => glyphs.some(({ text }) => text.trim() !== ''))
}

function continues(run: Run, glyph: Glyph): boolean {
  if (Math.abs(glyph.y - run.y) > 0.05 * run.size || Math.abs(glyph.size - run.size) > 0.05 * run.size)
    return false
  const gap = glyph.x0 - run.x1
  return gap > -0.3 * run.size && gap < 2 * run.size
}

/** Gives small runs to the line above or below that they stand beside. */
function attachSmall(groups: RunGroup[]): void {
  for (let at = 0; at < groups.length; at++) {
    const group = groups[at]!
    const stay: Run[] = []
    for (const run of group.runs) {
      const home = [groups[at - 1], groups[at + 1]].find(
        (other) => other !== undefined && isBeside(run, other),
      )
      if (home === undefined) stay.push(run)
      else home.runs.push(run)
    }
    group.runs = stay
  }
}

function isBeside(run: Run, line: RunGroup): boolean {
  return line.runs.some(
    (other) =>
      run.size < other.size * 0.85 &&
      Math.abs(run.y - other.y) < other.size * 0.6 &&
      run.x0 - other.x1 < other.size * 0.35 &&
      other.x0 - run.x1 < other.size * 0.35,
  )
}

function wordsOf(runs: Run[]): Word[] {
  const words: Word[] = []
  let word: Word | null = null
  let lastRun: Run | null = null
  for (const run of runs.sort((a, b) => a.x0 - b.x0)) {
    // Bold that is faked by painting twice.
    if (lastRun !== null && isRepeated(lastRun, run)) continue
    lastRun = run
    let isStart = true
    for (const glyph of run.glyphs) {
      if (glyph.text.trim() === '') {
        word = null
        continue
      }
      const gap: number = word === null ? Infinity : glyph.x0 - word.x1
      const size = word === null ? glyph.size : Math.max(word.size, glyph.size)
      const overlaps: boolean = isStart && gap < -0.4 * size
      isStart = false
      if (word !== null && gap <= wordGap * size && !overlaps) {
        word.text += glyph.text
        word.x1 = Math.max(word.x1, glyph.x1)
        word.size = size
      } else {
        word = { text: glyph.text, x0: glyph.x0, x1: glyph.x1, size: glyph.size, font: glyph.font }
        words.push(word)
      }
    }
  }
  return words.sort((a, b) => a.x0 - b.x0)
}

function isRepeated(last: Run, run: Run): boolean {
  if (Math.abs(run.x0 - last.x0) > 0.2 * run.size || run.glyphs.length !== last.glyphs.length) return false
  return run.glyphs.every(({ text }, at) => text === last.glyphs[at]!.text)
}
