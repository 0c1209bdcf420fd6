/** Quarter turns clockwise of text whose x axis points to [a, b], y growing downwards; -1: slanted. */
export function turnsOf(a: number, b: number, direction: number): number {
  const sign = direction < 0 ? -1 : 1
  const angle = (Math.atan2(b * sign, a * sign) * 2) / Math.PI
  const turns = Math.round(angle)
  return Math.abs(angle - turns) < slantMax ? (turns + 4) % 4 : -1
}

/** The direction that most characters have. */
export function mostTurns(glyphs: readonly { text: string; turns: number }[]): number {
  const counts = [0, 0, 0, 0]
  for (const { turns, text } of glyphs) if (turns >= 0 && text.trim() !== '') counts[turns]!++
  return counts.indexOf(Math.max(...counts))
}

/** The map that turns such text upright. */
export function turnBack(
  turns: number,
  width: number,
  height: number,
): (x: number, y: number) => [number, number] {
  if (turns === 1) return (x, y) => [y, width - x]
  if (turns === 2) return (x, y) => [width - x, height - y]
  if (turns === 3) return (x, y) => [height - y, x]
  return (x, y) => [x, y]
}

/** In quarter turns: about four degrees, as in a sheet that lay askew. */
const slantMax = 0.045
