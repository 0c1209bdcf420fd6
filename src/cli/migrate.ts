import { openApp } from '../app.ts'
import { migrateDown, migrateUp, migrationStates } from '../db/migrate.ts'
import { defineCommand, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** `tallyman migrate`. */
export const migrate = defineCommand({
  name: 'migrate',
  summary: "Bring the database's schema up to date, take it back, or show where it stands",
  description:
    '`ingest` and `serve` do this by themselves; the command is for databases whose owner is another user.\n' +
    'Going down deletes what only the newer schema could hold: make a backup first.',
  options: {
    to: {
      kind: 'integer',
      placeholder: 'VERSION',
      min: 0,
      max: 10_000,
      summary: 'With down: the version to go back to',
    },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'up (default), down or status',
      choices: ['up', 'down', 'status'],
    },
  },
  async run({ options, positionals }, context) {
    const { io, json, config, log } = context
    const app = await openApp({ config, clock: io.clock, log, schema: 'none' })
    try {
      if (positionals.action === 'status') {
        const states = await migrationStates(app.db)
        if (json) printJson(io, { migrations: states })
        else
          printTable(io.stdout, {
            columns: [{ header: 'VERSION', align: 'right' }, { header: 'NAME' }, { header: 'APPLIED' }],
            rows: states.map(({ version, name, appliedAt }) => [version, name, appliedAt ?? 'not yet']),
          })
        return exitCodes.done
      }
      const isDown = positionals.action === 'down'
      const latest = (await migrationStates(app.db)).filter(({ appliedAt }) => appliedAt !== null).at(-1)
      const changed = isDown
        ? await migrateDown(app.db, options.to ?? Math.max(0, (latest?.version ?? 0) - 1))
        : await migrateUp(app.db, io.clock)
      if (json) printJson(io, { [isDown ? 'reverted' : 'applied']: changed })
      else if (changed.length === 0) printLine(io.stdout, 'Nothing to do: the schema is where it should be.')
      else printLine(io.stdout, `${isDown ? 'Taken back' : 'Applied'}: ${changed.join(', ')}.`)
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})
