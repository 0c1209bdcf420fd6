import { AppError } from '../../lib/errors.ts'
import type { Place, Report } from './problem.ts'

/** What is thrown for people is reported at its place. @returns whether all went well */
export function explained(at: Place, report: Report, work: () => unknown): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    report(at, error.message)
    return false
  }
}
