import { InvalidError } from '../../lib/errors.ts'

/** Where something stands in a file, from 1 on. */
export interface Place {
  line: number
  column: number
}

/** One thing that is wrong with a file. */
export interface Problem extends Place {
  code: 'invalid_sources_file' | 'unknown_source_kind'
  /** Without its place, and without any value that may be secret. */
  message: string
}

/** Takes what is wrong; the reading goes on, so that a person is told all of it at once. */
export type Report = (at: Place, message: string, code?: Problem['code']) => void

/** Most problems that one message names. */
const shownMax = 50

/** A file of sources cannot be gone by; nothing of it has been applied. */
export class SourcesFileError extends InvalidError {
  override name = 'SourcesFileError'
  readonly problems: readonly Problem[]

  /** @param file as people named it */
  constructor(file: string, problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
    super(commonCode(sorted), textOf(file, sorted))
    this.problems = sorted
  }
}

/** The code that all of them have, for those who look for one. */
function commonCode(problems: readonly Problem[]): Problem['code'] {
  const [first] = problems
  const isCommon = first !== undefined && problems.every(({ code }) => code === first.code)
  return isCommon ? first.code : 'invalid_sources_file'
}

function textOf(file: string, problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, shownMax)
    .map(({ line, column, message }) => `  ${file}:${line}:${column}: ${message}`)
  if (problems.length > shownMax) lines.push(`  … and ${problems.length - shownMax} more`)
  const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`
  return `${count} wrong with ${file}, so nothing of it was applied:\n${lines.join('\n')}`
}
