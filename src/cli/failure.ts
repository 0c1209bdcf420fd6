import { AppError, systemErrorCode } from '../lib/errors.ts'
import { SourcesFileError } from '../sources/config-file/problem.ts'
import { UsageError } from './arguments.ts'
import { type Context, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine } from './output.ts'

/**
 * Tells a person why a command ended: `tallyman: MESSAGE` on standard error; with `--json` also
 * `{"error":{"code","message"}}` on standard output. A bug is logged whole, and shown as "Internal error".
 * @param advice the command line that helps after a usage error
 */
export function reportError(error: unknown, context: Context, advice: string): ExitCode {
  const failure = failureOf(error, context.io.signal)
  try {
    if (failure.code === 'internal_error') context.log.error('internal error', { error })
    else context.log.debug('command failed', { error })
    printLine(context.io.stderr, `tallyman: ${failure.message}`)
    if (error instanceof UsageError) printLine(context.io.stderr, `Try "${advice}".`)
    if (context.json) printJson(context.io, { error: failure })
  } catch {
    // Neither stream takes any more; the exit code still tells.
  }
  // What somebody has written is wrong, on the line or in the file.
  const isWrongInput = error instanceof UsageError || error instanceof SourcesFileError
  return isWrongInput ? exitCodes.usage : exitCodes.failed
}

interface Failure {
  code: string
  message: string
}

function failureOf(error: unknown, signal: AbortSignal): Failure {
  if (error instanceof AppError) return { code: error.code, message: error.message }
  if (signal.aborted && (error === signal.reason || isAbort(error))) {
    return { code: 'interrupted', message: 'interrupted' }
  }
  const reason = systemReasons[systemErrorCode(error) ?? '']
  if (reason !== undefined) return { code: 'system_error', message: `${pathOf(error)}${reason}` }
  return {
    code: 'internal_error',
    message:
      'Internal error. This is a bug in Tallyman; the log line above says more (with its place, if TALLYMAN_LOG_LEVEL=debug).',
  }
}

/** What the machine, and no bug, can be the cause of, wherever it turns up. */
const systemReasons: Partial<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the address is in use already; set PORT to another one',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'is a folder, not a file',
  EMFILE: 'too many open files; raise the limit (ulimit -n)',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of this path is not a folder',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function pathOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('path' in error)) return ''
  return typeof error.path === 'string' ? `${error.path}: ` : ''
}
