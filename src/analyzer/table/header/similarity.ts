/** Below this, two headers are not the same word misspelt but two words (R2.5). */
export const cutOff = 0.6

/**
 * Compares many texts with one: how alike, as 1 minus the edit distance over the longer length; 0 where that is
 * below `cutOff`. "artikelnumer" and "artikelnummer" → 0.92. Texts are normalised; over 60 characters nothing is
 * alike.
 */
export function similarTo(text: string): (other: string) => number {
  const letters = new Map<number, number>()
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    letters.set(code, (letters.get(code) ?? 0) + 1)
  }
  return (other) => {
    if (other === text) return 1
    const longest = Math.max(text.length, other.length)
    const distanceMax = Math.floor(longest * (1 - cutOff))
    if (longest > lengthMax || Math.abs(text.length - other.length) > distanceMax) return 0
    // Every letter that is not shared costs an edit. This alone refuses most synonyms at a fortieth of the cost.
    if (longest - sharedLetters(letters, other) > distanceMax) return 0
    const distance = editDistance(text, other)
    return distance > distanceMax ? 0 : 1 - distance / longest
  }
}

const lengthMax = 60

/** How many letters two texts have in common, each counted as often as both have it. */
function sharedLetters(letters: ReadonlyMap<number, number>, other: string): number {
  let shared = 0
  for (let i = 0; i < other.length; i++) {
    const code = other.charCodeAt(i)
    const available = letters.get(code)
    if (available === undefined) continue
    let earlier = 0
    for (let at = other.indexOf(other[i]!); at < i; at = other.indexOf(other[i]!, at + 1)) earlier++
    if (earlier < available) shared++
  }
  return shared
}

/** Levenshtein with swapped neighbours as one slip ("preis", "pries"). */
function editDistance(a: string, b: string): number {
  let twoAbove = new Uint8Array(b.length + 1)
  let above = Uint8Array.from({ length: b.length + 1 }, (_, index) => index)
  let current = new Uint8Array(b.length + 1)
  for (let i = 1; i <= a.length; i++) {
    current[0] = i
    const code = a.charCodeAt(i - 1)
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (code === b.charCodeAt(j - 1) ? 0 : 1)
      let least = Math.min(replaced, above[j]! + 1, current[j - 1]! + 1)
      const isSwapped =
        i > 1 && j > 1 && code === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (isSwapped) least = Math.min(least, twoAbove[j - 2]! + 1)
      current[j] = least
    }
    const oldest = twoAbove
    twoAbove = above
    above = current
    current = oldest
  }
  return above[b.length]!
}
