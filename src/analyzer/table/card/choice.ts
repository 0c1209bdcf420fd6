/** How one thing about a file was decided, for people to check. Plain JSON. */
export interface Choice {
  value: string
  /** 0 to 1. */
  confidence: number
  /** What speaks for it, as the end of a sentence: "52 of 53 rows have 4 columns". Null: nothing needs to. */
  why: string | null
  /** What it would have been otherwise, how surely, and why it is not. */
  runnerUp: { value: string; confidence: number; why: string | null } | null
  /** A person said it. */
  isPinned?: true
}

/** How the file as a whole was understood. */
export interface FileChoices {
  format: Choice
  /** Null where the format has no choice. */
  encoding: Choice | null
  delimiter: Choice | null
}

/** What a person said is not asked again. */
export function pinnedChoice(value: string): Choice {
  return { value, confidence: 1, why: 'as it was said', runnerUp: null, isPinned: true }
}

/** What the content leaves no doubt about. */
export function sureChoice(value: string, why: string | null): Choice {
  return { value, confidence: 1, why, runnerUp: null }
}
