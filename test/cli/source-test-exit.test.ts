import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openProgram } from '../helpers/cli.ts'
import { engines } from '../helpers/engines.ts'
import { priceList } from '../helpers/lists.ts'

/** A text that is no price list. */
const letter = 'Dear customer,\nour office is closed next week.\nKind regards\n'

for (const engine of engines)
  test(`${engine}: a source that is tested exits as its run would`, async () => {
    await using program = await openProgram(engine, {})
    Object.assign(program.env, { TALLYMAN_LOCAL_FOLDERS: program.folder })
    await program.run('migrate', 'up')
    await mkdir(join(program.folder, 'acme'))
    const path = join(program.folder, 'acme', 'list.csv')
    const tested = async (list: string) => {
      await Bun.write(path, list)
      const set = ['--set', `path=${path}`, '--set', 'settle_seconds=0.1']
      return program.run('sources', 'test', 'Acme/feed', '--kind', 'local', ...set)
    }
    const good = await tested(priceList(20))
    expect([good.code, good.err]).toEqual([0, ''])
    expect((await tested(letter)).code).toBe(1)
  }, 60_000)
