import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startServer } from '../../scripts/lib/server.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const server = ['/bin/sh', '-c', 'echo ready to accept connections; exec tail -f /dev/null']
const common = { user: null, signal: 'TERM', readyWithinMs: 10_000 } as const

test('a server that is disposed has ended and its folder is gone', async () => {
  await using directory = await temporaryDirectory()
  const own = directory.file('own')
  await mkdir(own)
  const running = await startServer({ ...common, command: server, directory: own })
  expect(existsSync(own)).toBe(true)
  await running[Symbol.asyncDispose]()
  expect(existsSync(own)).toBe(false)
})

test('a server ends, and its folder goes, when the process that started it is killed', async () => {
  await using directory = await temporaryDirectory()
  const own = directory.file('own')
  await mkdir(own)
  const start = { ...common, command: server, directory: own }
  const code = `
    import { startServer } from ${JSON.stringify(join(import.meta.dir, '../../scripts/lib/server.ts'))}
    await startServer(${JSON.stringify(start)})
    console.log('started')
    await new Promise(() => setInterval(() => {}, 1000))`
  const starter = Bun.spawn([process.execPath, '-e', code], { stdout: 'pipe', stderr: 'pipe' })
  for await (const chunk of starter.stdout) if (chunk.length > 0) break
  starter.kill('SIGKILL')
  // The shell that guards the server holds the other end of this pipe until all is cleaned up.
  expect(await new Response(starter.stderr).text()).toBe('')
  expect(existsSync(own)).toBe(false)
})

test('a server that ends before it is ready is an error in its own words', async () => {
  await using directory = await temporaryDirectory()
  const own = directory.file('own')
  const command = ['/bin/sh', '-c', 'echo could not bind: Address already in use >&2; exit 1']
  await expect(startServer({ ...common, command, directory: own })).rejects.toThrow('Address already in use')
})
