/** What a scenario has found: one row of the table. */
export interface Figure {
  scenario: string
  /** Where it ran, and with what. */
  where: string
  /** What happened, in words and numbers, in the order in which it is shown. */
  facts: Record<string, string | number>
  /** What has to be so. */
  goals: Goal[]
}

/** A number and its bound. */
export interface Goal {
  name: string
  value: number
  /** × for a ratio. */
  unit: 'ms' | '1/s' | 'MB' | '×' | null
  bound: { atMost: number } | { atLeast: number }
}

/** Something that must not happen. */
export const never = (name: string, value: number): Goal => ({
  name,
  value,
  unit: null,
  bound: { atMost: 0 },
})

/** Faults that met nothing prove nothing. */
export const atLeastOne = (name: string, value: number): Goal => ({
  name,
  value,
  unit: null,
  bound: { atLeast: 1 },
})

export const isMet = ({ value, bound }: Goal): boolean =>
  'atMost' in bound ? value <= bound.atMost : value >= bound.atLeast

/** Goals that are missed, in words. */
export function misses({ scenario, where, goals }: Figure): string[] {
  return goals.filter((goal) => !isMet(goal)).map((goal) => `${scenario}, ${where}: ${goalText(goal)}`)
}

/** "lost 0", "p99 12.1 ms (≤ 100)". */
export function goalText({ name, value, unit, bound }: Goal): string {
  const number = numberText(value)
  if (unit === null) return `${name} ${number}`
  if (unit === '×')
    return `${name} ${value.toFixed(2)} × (${'atMost' in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`})`
  const limit = 'atMost' in bound ? `≤ ${numberText(bound.atMost)}` : `≥ ${numberText(bound.atLeast)}`
  return `${name} ${number} ${unit === '1/s' ? 'a second' : unit} (${limit})`
}

/** Whole from ten on, with one digit below. */
export function numberText(value: number): string {
  const rounded = Math.abs(value) >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)
  return Number(rounded).toLocaleString('en')
}
