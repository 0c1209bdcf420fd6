import { expect, test } from 'bun:test'
import { join } from 'node:path'

const writer = join(import.meta.dir, '../../src/cli/descriptor-writer.ts')

/** A process that floods standard output with `lineCount` lines of 1,000 bytes, then says so on standard error. */
function flood(lineCount: number, stdout: 'pipe' | Bun.BunFile) {
  const program = `
    const { descriptorWriter } = await import(${JSON.stringify(writer)})
    const [stdout, stderr] = [1, 2].map((fd) => descriptorWriter(fd, () => undefined))
    try {
      for (let line = 0; line < ${lineCount} && !stdout.isClosed; line++) stdout.write('x'.repeat(999) + '\\n')
      stderr.write(JSON.stringify({ isClosed: stdout.isClosed, columns: stdout.columns, isTerminal: stdout.isTerminal }))
    } catch (error) {
      stderr.write(error.code)
    }
    process.exit(0)`
  return Bun.spawn([process.execPath, '-e', program], { stdout, stderr: 'pipe' })
}

test('a large output reaches a slow reader whole, although the process ends at once', async () => {
  const child = flood(20_000, 'pipe')
  let sizeBytes = 0
  for await (const chunk of child.stdout as ReadableStream<Uint8Array>) sizeBytes += chunk.length
  expect(await child.exited).toBe(0)
  expect(sizeBytes).toBe(20_000_000)
  expect(await new Response(child.stderr).json()).toEqual({
    isClosed: false,
    columns: null,
    isTerminal: false,
  })
})

test('a reader that goes away ends the output quietly', async () => {
  const child = flood(1_000_000, 'pipe')
  for await (const _ of child.stdout as ReadableStream<Uint8Array>) break
  expect(await child.exited).toBe(0)
  expect(await new Response(child.stderr).json()).toMatchObject({ isClosed: true })
})

test.skipIf(process.platform !== 'linux')('a full disk does not go unnoticed', async () => {
  const child = flood(1, Bun.file('/dev/full'))
  expect(await child.exited).toBe(0)
  expect(await new Response(child.stderr).text()).toBe('ENOSPC')
})
