import { expect, test } from 'bun:test'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openProgram, type TestProgram } from './helpers/cli.ts'
import { csvOf, priceList } from './helpers/lists.ts'
import { startServe } from './helpers/serve.ts'

const root = join(import.meta.dir, '..')
const main = join(root, 'src/main.ts')

/** The commands of a section, block by block. */
async function blocksOf(heading: string): Promise<string[]> {
  const text = await Bun.file(join(root, 'README.md')).text()
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!)
}

/** Runs a block as a person would paste it, until a command fails. */
async function paste(program: TestProgram, block: string, folders: [written: string, real: string][]) {
  const script = folders.reduce((text, [written, real]) => text.replaceAll(written, real), block)
  const child = Bun.spawn(['sh', '-ec', script], {
    cwd: program.folder,
    env: { ...program.env, PATH: `${program.folder}/bin:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { out, err, code }
}

test('what the README says about replaying a list works as it is written', async () => {
  await using program = await openProgram('sqlite')
  await mkdir(join(program.folder, 'bin'), { recursive: true })
  const command = join(program.folder, 'bin/tallyman')
  await Bun.write(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  await chmod(command, 0o755)
  const list = csvOf(
    ['SKU', 'Name', 'Price EUR', 'Dealer EUR'],
    ...Array.from({ length: 10 }, (_, n) => [`A-${n}`, `Article ${n}`, `${n + 10}.00`, `${n + 9}.00`]),
  )
  await program.run('ingest', await program.write('prices.csv', list), '--supplier', 'Acme Ltd')
  const { json } = await program.json<{ files: { sha256: string }[] }>('archive', 'list')
  const { sha256 } = json.files[0]!
  const [replaying] = await blocksOf('Replay an old list through a new mapping')
  const done = await paste(program, replaying!, [['HASH', sha256.slice(0, 12)]])
  expect([done.code, done.err]).toEqual([0, ''])
  expect(done.out).toContain('Items, if it is approved: 10 changed, 10 cheaper.')
  expect(done.out).toContain('prices.csv from Acme Ltd is in the catalog.')
  expect(done.out).toContain('1 file read')
  expect(await Bun.file(join(program.folder, 'list.csv')).text()).toBe(list)
}, 180_000)

test('what the README says about fetching on schedule works as it is written', async () => {
  await using program = await openProgram('sqlite')
  const lists = join(program.folder, 'lists')
  for (const folder of ['lists/acme', 'bin']) await mkdir(join(program.folder, folder), { recursive: true })
  const command = join(program.folder, 'bin/tallyman')
  await Bun.write(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  await chmod(command, 0o755)
  await Bun.write(join(lists, 'acme/prices.csv'), priceList(5))
  const [fetching, deadLetters] = await blocksOf('Fetching on schedule')
  const serving = await startServe(program, { TALLYMAN_LOCAL_FOLDERS: lists })
  try {
    const folders: [string, string][] = [['/srv/prices', lists]]
    const fetched = await paste(program, fetching!, folders)
    expect([fetched.code, fetched.err]).toEqual([0, expect.stringContaining('Acme Ltd/weekly: completed')])
    expect(fetched.out).toContain('Schedule: 0 6 * * 1, Europe/Berlin')
    expect(fetched.out).toContain('Last import: prices.csv, completed')

    await Bun.write(join(lists, 'acme/prices.csv'), 'no list at all')
    Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: lists })
    const failed = await paste(program, 'tallyman sources run "Acme Ltd/weekly" --wait', folders)
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('Acme Ltd/weekly: failed')])
    const retried = await paste(program, deadLetters!, folders)
    expect([retried.code, retried.err]).toEqual([0, ''])
    expect(retried.out).toContain('validation/not_a_price_list')
    expect(retried.out).toContain('To try it again: tallyman jobs retry')
  } finally {
    serving.child.kill('SIGTERM')
    await serving.ended()
  }
}, 180_000)
