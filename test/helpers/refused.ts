import { expect } from 'bun:test'
import { basename } from 'node:path'
import type { Outcome, TestProgram } from './cli.ts'
import type { ErrorJson, ImportJson } from './lists.ts'

/**
 * Hands a file in every way that there is and checks what must hold for each that is refused: exit code 1, a message
 * that names the file, no stack, no items, nothing left behind. `try` may answer with a verdict instead.
 * @returns the code and the message, without the file's name
 */
export async function refused(
  program: TestProgram,
  path: string,
  ...options: string[]
): Promise<{ code: string; message: string }> {
  const tried = await program.json<ErrorJson>('try', path, ...options)
  if (tried.json.error !== undefined) expectPlain(tried, path)
  // A file that could be read is answered with a verdict, and that is no failure.
  else
    expect([tried.code, tried.err]).toEqual([0, expect.stringContaining(`${basename(path)}: This is not a`)])
  const ingested = await program.json<ImportJson>('ingest', path, '--supplier', 'Acme', ...options)
  expectPlain(ingested, path)
  const dry = await program.json<ErrorJson>('ingest', path, '--supplier', 'Acme', '--dry-run', ...options)
  expectPlain(dry, path)
  expect(ingested.json.status).toBe('failed')
  expect(await program.rows('select * from supplier_items')).toEqual([])
  expect(await program.leftovers()).toEqual([])
  const error = ingested.json.error!
  if (tried.json.error !== undefined) expect(tried.json.error).toEqual(error)
  expect(dry.json.error).toEqual(error)
  const name = `${basename(path)}: `
  expect(error.message).toStartWith(name)
  return { code: error.code, message: error.message.slice(name.length) }
}

/** A command that failed in words that help: one line for a person, and neither a stack nor a bug. */
export function expectPlain({ code, err, out }: Outcome, path: string): void {
  expect([path, code]).toEqual([path, 1])
  expect(err).toContain(`tallyman: `)
  expect(err).toContain(basename(path))
  for (const text of [err, out]) {
    expect(text).not.toMatch(/\n\s+at /)
    expect(text).not.toContain('internal_error')
  }
}
