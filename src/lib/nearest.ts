/**
 * The candidate that was probably meant: the one with the fewest edits, where a swap of two neighbours is one
 * edit. Null where even that one is too far away (more than a third of its letters, and more than 2). Case is ignored.
 */
export function nearest(text: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const edits = editDistance(text.toLowerCase(), candidate.toLowerCase())
    const allowed = Math.max(candidate.length > 3 ? 2 : 1, Math.floor(candidate.length / 3))
    if (edits <= allowed && edits < fewest) {
      best = candidate
      fewest = edits
    }
  }
  return best
}

/** `: did you mean "x"?`-like ending of a message; empty where nothing is near. */
export function suggestion(text: string, candidates: Iterable<string>): string {
  const candidate = nearest(text, candidates)
  return candidate === null ? '' : `; did you mean ${candidate}?`
}

/** Edits (insert, delete, replace, swap neighbours) between two short texts; longer ones are cut to 100. */
function editDistance(from: string, to: string): number {
  const a = from.slice(0, lengthMax)
  const b = to.slice(0, lengthMax)
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1))
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, beforeLast[column - 2]! + 1)
      }
      current.push(edits)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}

const lengthMax = 100
