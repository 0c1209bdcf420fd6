import { expect, test } from 'bun:test'
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { lockFolder } from '../../src/files/folder-lock.ts'
import { rejection } from '../helpers/open-database.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const holder = { pid: 12, host: 'here', since: '2026-11-22T08:30:00.000Z' }
const take = async (folder: string) => lockFolder(folder, holder)

test('a folder is locked once, and whoever comes second is told who has it', async () => {
  await using folder = await temporaryDirectory()
  const lock = await take(folder.path)
  const early = await rejection(take(folder.path))
  expect(early).toMatchObject({
    name: 'ConflictError',
    code: 'already_served',
    message: expect.stringContaining('process 12 on here since 2026-11-22T08:30:00.000Z. Stop'),
  })
  lock.announce('http://127.0.0.1:8420/')
  expect(await rejection(take(folder.path))).toMatchObject({
    message: expect.stringContaining(', at http://127.0.0.1:8420/. Stop'),
  })
  lock.release()
  expect(await rejection(stat(folder.file('serve.json')))).toMatchObject({ code: 'ENOENT' })
  ;(await take(folder.path)).release()
})

test('what lies there of a process that was killed is no lock, and damaged notes are no obstacle', async () => {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('serve.json'), '{"pid":1,"host":"gone"')
  await writeFile(folder.file('serve.lock'), '')
  const lock = await take(folder.path)
  expect(JSON.parse(await readFile(folder.file('serve.json'), 'utf8'))).toEqual({ ...holder, url: null })
  await rm(folder.file('serve.json'))
  expect(await rejection(take(folder.path))).toMatchObject({
    message: expect.stringContaining('by another process, which is just starting.'),
  })
  lock.release()
})

test('a folder that cannot be locked is an error that says so', async () => {
  await using folder = await temporaryDirectory()
  await writeFile(folder.file('serve.lock'), 'this is no lock file, and was never one of ours')
  await chmod(folder.file('serve.lock'), 0o600)
  expect(await rejection(take(folder.path))).toMatchObject({ name: 'InvalidError', code: 'no_lock' })
})
