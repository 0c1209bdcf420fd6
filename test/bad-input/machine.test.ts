import { describe, expect, test } from 'bun:test'
import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { openProgram, type TestProgram } from '../helpers/cli.ts'
import type { ErrorJson, ImportJson, ItemsJson } from '../helpers/lists.ts'
import { priceList } from '../helpers/lists.ts'
import { openUrl, rejection, silentLog } from '../helpers/open-database.ts'
import { expectPlain } from '../helpers/refused.ts'
import { temporaryDirectory } from '../helpers/temporary.ts'

const main = join(import.meta.dir, '../../src/main.ts')
const isRoot = process.getuid?.() === 0

/** Every way to hand a file in. */
const ways = [
  ['try'],
  ['ingest', '--supplier', 'Acme'],
  ['ingest', '--supplier', 'Acme', '--dry-run'],
] as const

describe('a path that is no readable file', () => {
  const cases: [string, (path: string) => void, RegExp][] = [
    ['is missing', () => {}, /no (such )?file/i],
    ['is a folder', (path) => mkdirSync(path), /not a file|no regular file/],
    ['is a dangling symbolic link', (path) => symlinkSync('/nowhere/at/all', path), /no (such )?file/i],
    [
      'is a pipe that nobody writes to',
      (path) => void spawnSync('mkfifo', [path]),
      /not a file|no regular file/,
    ],
  ]
  for (const [what, make, words] of cases) {
    test(`that ${what} is said so by its name, at once`, async () => {
      await using program = await openProgram('sqlite')
      await program.run('migrate', 'up')
      const path = join(program.folder, 'list.csv')
      make(path)
      for (const [command, ...options] of ways) {
        const outcome = await program.run(command, path, ...options)
        expectPlain(outcome, path)
        expect(outcome.err).toMatch(words)
      }
      expect((await program.json<{ imports: [] }>('imports')).json.imports).toEqual([])
      expect(await program.leftovers()).toEqual([])
    })
  }

  test('that may not be read is said so by its name', async () => {
    await using program = await openProgram('sqlite')
    const path = await program.write('list.csv', priceList(3))
    chmodSync(path, 0)
    chmodSync(program.folder, 0o777)
    program.env.DATABASE_URL = `sqlite:${program.folder}/own.db`
    for (const [command, ...options] of ways.slice(0, 2)) {
      const { code, err } = await runAsNobody(program, [command, path, ...options])
      expect([command, code]).toEqual([command, 1])
      expect(err).toMatch(/list\.csv.*(permission denied|cannot be read)/)
    }
  })
})

/** Runs the program in a process that has no more rights than anybody: tests may run as root, who may read it all. */
async function runAsNobody(program: TestProgram, args: string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: program.folder,
    env: { ...program.env, HOME: program.folder },
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, err }
}

describe('a file that changes while it is read', () => {
  for (const [command, ...options] of ways.slice(0, 2)) {
    test(`is refused by ${command}, and nothing of it is kept`, async () => {
      await using program = await openProgram('sqlite')
      await program.run('migrate', 'up')
      const path = await program.write('list.csv', priceList(100_000))
      let isRunning = true
      const running = program.run(command, path, ...options).finally(() => {
        isRunning = false
      })
      // The writer has a turn whenever the reader waits for the next piece; it stops, so that the reader comes to an end.
      for (let n = 0; isRunning && n < 20_000; n++) {
        appendFileSync(path, `Z-${n};Late;1.00\n`)
        await new Promise((resolve) => setImmediate(resolve))
      }
      const outcome = await running
      expectPlain(outcome, path)
      expect(outcome.err).toContain('was being written while it was read; try again when it is complete')
      expect(await program.rows('select * from supplier_items')).toEqual([])
      expect(await program.leftovers()).toEqual([])
    })
  }
})

describe('a database', () => {
  test('that another process has locked is waited for, and reads go on meanwhile', async () => {
    await using program = await openProgram('sqlite')
    await program.run('ingest', await program.write('list.csv', priceList(3)), '--supplier', 'Acme')
    const locker = await lock(program)
    const path = await program.write('list.csv', priceList(4))
    const ingesting = program.json<ImportJson>('ingest', path, '--supplier', 'Acme')
    expect((await program.json<ItemsJson>('items')).json.items).toHaveLength(3)
    await locker.release()
    expect((await ingesting).json).toMatchObject({ status: 'completed', changes: { new: 1 } })
  })

  test('that stays locked ends the wait with a message, and nothing is written', async () => {
    await using program = await openProgram('sqlite')
    await program.run('migrate', 'up')
    const locker = await lock(program)
    const open = { config: loadConfig(program.env), clock: { now: () => new Date() }, log: silentLog }
    const error = await rejection(openApp({ ...open, schema: 'write', lockTimeoutMs: 50 }))
    expect(error).toMatchObject({ code: 'database_locked' })
    expect(String(error)).toContain('write lock')
    await locker.release()
    const { code } = await program.run(
      'ingest',
      await program.write('list.csv', priceList(3)),
      '--supplier',
      'Acme',
    )
    expect(code).toBe(0)
  })

  const addresses: [string, (folder: string) => string | Promise<string>, RegExp][] = [
    [
      'is a text file',
      (folder) => textDatabase(folder, 400),
      /text\.db is not a SQLite database; name another/,
    ],
    ['is a short text file', (folder) => textDatabase(folder, 1), /text\.db is not a SQLite database/],
    [
      'is a folder',
      (folder) => `sqlite:${folder}`,
      /Cannot open .*; does its folder exist, and may it be written/,
    ],
    [
      'lies below a file',
      (folder) => `sqlite:${folder}/list.csv/x.db`,
      /cannot be made \(E\w+\); check TALLYMAN_DATA_DIR/,
    ],
    [
      'is on a server that does not answer',
      () => 'postgres://u:secret@127.0.0.1:1/x',
      /127\.0\.0\.1:1 does not answer/,
    ],
    ['is of another kind', () => 'mysql://127.0.0.1/x', /DATABASE_URL/],
  ]
  for (const [what, url, words] of addresses) {
    test(`that ${what} is said so`, async () => {
      await using program = await openProgram('sqlite')
      const path = await program.write('list.csv', priceList(3))
      program.env.DATABASE_URL = await url(program.folder)
      for (const line of [
        ['ingest', path, '--supplier', 'Acme'],
        ['items'],
        ['serve'],
        ['migrate', 'status'],
      ]) {
        const { code, err, out } = await program.run(...line)
        expect([line[0], code]).toEqual([line[0], 1])
        expect(err).toMatch(words)
        expect(err + out).not.toMatch(/secret|internal error|\n\s+at /)
      }
      expect((await program.json<ErrorJson>('items')).json.error.code).not.toBe('internal_error')
    })
  }
})

async function textDatabase(folder: string, lines: number): Promise<string> {
  await Bun.write(join(folder, 'text.db'), 'This is no database.\n'.repeat(lines))
  return `sqlite:${folder}/text.db`
}

/** Another process that holds the write lock until it is told to let go. */
async function lock(program: TestProgram) {
  const code = `
    const { Database } = require('bun:sqlite')
    const db = new Database(${JSON.stringify(program.url.slice('sqlite:'.length))})
    db.run('begin immediate')
    console.log('locked')
    await Bun.stdin.text()
    db.run('rollback')`
  const child = Bun.spawn([process.execPath, '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const chunk of child.stdout) if (chunk.length > 0) break
  return {
    async release() {
      child.stdin.end()
      expect(await child.exited).toBe(0)
    },
  }
}

describe('a disk that is full', () => {
  const list = priceList(20_000)

  test('or a limit on the size of files leaves the catalog as it was, and works again when there is room', async () => {
    await using program = await openProgram('sqlite')
    await program.run('ingest', await program.write('list.csv', priceList(10)), '--supplier', 'Acme')
    const before = await program.catalog()
    const path = await program.write('next.csv', list)
    // In blocks of 512 bytes: too little for the copy, for the staging, for the catalog.
    for (const blocks of [1000, 3000, 4500]) {
      const { code, err } = await runLimited(program, blocks, [
        'ingest',
        path,
        '--supplier',
        'Acme',
        '--json',
      ])
      expect([blocks, code]).toEqual([blocks, 1])
      expect(err).toMatch(
        /tallyman: (The copy would be larger than this user may write|The database file could not be (read or )?written)/,
      )
      expect(err).not.toMatch(/internal error|\\n\s+at /)
      expect(await program.catalog()).toEqual(before)
      expect(await program.leftovers()).toEqual([])
    }
    const { code } = await program.run('ingest', path, '--supplier', 'Acme', '--no-hold')
    expect(code).toBe(0)
  }, 20_000)

  test.skipIf(!canMount())(
    'is said so, wherever it turns up',
    async () => {
      await using program = await openProgram('sqlite')
      await program.run('ingest', await program.write('list.csv', priceList(10)), '--supplier', 'Acme')
      const path = await program.write('next.csv', list)
      const before = await program.catalog()
      {
        await using disk = await smallDisk('1m')
        const env = { TALLYMAN_DATA_DIR: join(disk.path, 'data') }
        const { code, err } = await runLimited(program, null, ['ingest', path, '--supplier', 'Acme'], env)
        expect([code, err]).toEqual([1, expect.stringContaining('(TALLYMAN_DISK_FREE_MIN). Make room')])
      }
      // The copy does not fit; then the copy does and the staging does not.
      for (const size of ['256k', '1m']) {
        await using disk = await smallDisk(size)
        const env = { TALLYMAN_DATA_DIR: join(disk.path, 'data'), TALLYMAN_DISK_FREE_MIN: '0' }
        const { code, err } = await runLimited(
          program,
          null,
          ['ingest', path, '--supplier', 'Acme', '--json'],
          env,
        )
        expect([size, code]).toEqual([size, 1])
        expect(err).toContain('tallyman: The disk is full;')
        expect(await program.catalog()).toEqual(before)
      }
      // The catalog itself does not fit; that the import failed still does.
      await using disk = await smallDisk('2m')
      const env = { DATABASE_URL: `sqlite:${join(disk.path, 'catalog.db')}` }
      const { code, err } = await runLimited(
        program,
        null,
        ['ingest', path, '--supplier', 'Acme', '--json'],
        env,
      )
      expect([code, err]).toEqual([
        1,
        expect.stringContaining('tallyman: The disk is full; nothing was published.'),
      ])
      const db = await openUrl(env.DATABASE_URL)
      expect(await db.all('select * from supplier_items')).toEqual([])
      expect(await db.all('select status, error_code from imports')).toEqual([
        { status: 'failed', error_code: 'disk_full' },
      ])
      await db.close()
    },
    20_000,
  )
})

/** Runs the program in a process of its own. @param blocks the largest file it may write; null: any */
async function runLimited(
  program: TestProgram,
  blocks: number | null,
  args: string[],
  env: Record<string, string> = {},
) {
  const limit = blocks === null ? '' : `trap '' XFSZ; ulimit -f ${blocks}; `
  const child = Bun.spawn(['sh', '-c', `${limit}exec "$@"`, 'sh', process.execPath, main, ...args], {
    cwd: program.folder,
    env: { ...program.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const err = await new Response(child.stderr).text()
  return { code: await child.exited, err }
}

/** Whether this process may mount a small disk: root may, unless a container forbids it. */
function canMount(): boolean {
  if (!isRoot || process.platform !== 'linux') return false
  const probe = mkdtempSync(join(tmpdir(), 'tallyman-test-mount-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status === 0
  if (isMounted) spawnSync('umount', [probe])
  rmdirSync(probe)
  return isMounted
}

async function smallDisk(size: string) {
  const directory = await temporaryDirectory()
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory.path])
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      spawnSync('umount', ['-l', directory.path])
      await directory[Symbol.asyncDispose]()
    },
  }
}
