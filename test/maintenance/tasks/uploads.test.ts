import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../../../src/lib/id.ts'
import { ownIdentity } from '../../../src/lib/process-identity.ts'
import { cleanAhead } from '../../helpers/cleanups.ts'
import { openProgram } from '../../helpers/cli.ts'
import { engines } from '../../helpers/engines.ts'
import { openUrl } from '../../helpers/open-database.ts'

setDefaultTimeout(60_000)

for (const engine of engines) {
  describe(engine, () => {
    test('what was received in part goes after a day or when its process has ended, and left-over staging goes', async () => {
      await using program = await openProgram(engine)
      await program.run('migrate')
      const incoming = join(program.dataFolder, 'raw', 'incoming')
      const staging = join(program.dataFolder, 'staging')
      for (const folder of [incoming, staging]) await mkdir(folder, { recursive: true })
      const nameOf = (worker: string, n: number) => `${Buffer.from(worker).toString('base64url')}.${n}`
      const [host] = ownIdentity().split(' ')
      const [mine, ended] = [nameOf(ownIdentity(), 1), nameOf(`${host} 999999999 1`, 2)]
      for (const name of [mine, ended]) await Bun.write(join(incoming, name), 'half')
      const area = newId()
      if (engine === 'sqlite') await Bun.write(join(staging, `${area}.1.db`), 'rows')
      else {
        const db = await openUrl(program.url)
        await db.run(`create table staging.rows_${area.replaceAll('-', '')}_1 (n integer)`)
        await db.close()
      }
      const uploads = async (days: number, ...argv: string[]) =>
        (await cleanAhead(program, days, 'uploads', ...argv)).uploads
      expect(await uploads(0, '--dry-run')).toMatchObject({ deleted: { half_received_files: 1 }, bytes: 4 })
      expect(await program.leftovers()).toContain(`raw/incoming/${ended}`)
      expect(await uploads(0)).toMatchObject({ examples: [`raw/incoming/${ended}`] })
      expect(await program.leftovers()).toContain(`raw/incoming/${mine}`)
      await utimes(join(incoming, mine), new Date(0), new Date(0))
      expect(await uploads(0)).toMatchObject({ deleted: { half_received_files: 1 } })
      expect(await uploads(2, '--dry-run')).toMatchObject({ deleted: { staging_areas: 1 } })
      expect(await uploads(2)).toMatchObject({
        deleted: { staging_areas: 1 },
        bytes: engine === 'sqlite' ? 4 : 0,
      })
      expect(await uploads(2)).toMatchObject({ deleted: {} })
      expect(await program.leftovers()).toEqual([])
    })
  })
}
