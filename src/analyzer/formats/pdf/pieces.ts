import type { TextLine, Word } from './text-lines.ts'

/** Words of a line that stand close together: a cell, or a part of one. */
export interface Piece {
  words: Word[]
  x0: number
  x1: number
  size: number
}

/** A line in pieces. */
export interface PieceLine {
  y: number
  size: number
  pieces: Piece[]
}

/** Splits lines where the gap between words is clearly wider than a space. */
export function pieceLines(lines: readonly TextLine[]): PieceLine[] {
  const gapMin = widestSpace(lines)
  return lines.map(({ y, size, words }) => ({ y, size, pieces: piecesOf(words, gapMin) }))
}

export function pieceOf(words: Word[]): Piece {
  return {
    words,
    x0: words.reduce((least, { x0 }) => Math.min(least, x0), Infinity),
    x1: words.reduce((most, { x1 }) => Math.max(most, x1), -Infinity),
    size: words.reduce((most, { size }) => Math.max(most, size), 0),
  }
}

const gapLeast = 0.55
const gapMost = 1
const gapInSpaces = 2.3

/** The gap, in heights of the font, from which words are held to be apart; wider where the text has wide spaces. */
function widestSpace(lines: readonly TextLine[]): number {
  const gaps: number[] = []
  for (const { words } of lines) {
    for (let at = 1; at < words.length; at++) {
      const gap = (words[at]!.x0 - words[at - 1]!.x1) / Math.max(1, words[at]!.size)
      if (gap > 0 && gap < gapMost) gaps.push(gap)
    }
  }
  gaps.sort((a, b) => a - b)
  const median = gaps[gaps.length >> 1] ?? 0
  return Math.min(gapMost, Math.max(gapLeast, median * gapInSpaces))
}

function piecesOf(words: readonly Word[], gapMin: number): Piece[] {
  const groups: Word[][] = []
  let end = -Infinity
  for (const word of words) {
    if (groups.length === 0 || word.x0 - end > gapMin * word.size) groups.push([])
    groups.at(-1)!.push(word)
    end = Math.max(end, word.x1)
  }
  return groups.map(pieceOf)
}
