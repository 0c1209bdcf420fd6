import type { EarlyAnswers as Answers } from '../early.ts'

/** How long after the start of the page's script an answer that came before it is as good as a new one. */
const goodMs = 3000

/** Answers that were asked for before the script of the page had come: see early.ts. */
export interface EarlyAnswers {
  /** @returns null where nobody has asked, or no answer came: then it is asked as usual */
  take(address: string): Promise<Response | null>
  /** What is left is no longer true: something was changed, or somebody has to sign in. */
  forget(): void
}

/** Takes over what is on its way. */
export function openEarlyAnswers(): EarlyAnswers {
  let answers: Answers = window.tallymanEarly ?? {}
  delete window.tallymanEarly
  const forget = () => {
    answers = {}
  }
  setTimeout(forget, goodMs)
  return {
    async take(address) {
      const answer = answers[address]
      delete answers[address]
      return answer?.catch(() => null) ?? null
    },
    forget,
  }
}
