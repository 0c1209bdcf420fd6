import { openApp } from '../app.ts'
import { consoleActor } from '../auth/model.ts'
import { newKey } from '../lib/seal.ts'
import { resealSources, type SealedSource, type SealState, sealedSources } from '../sources/sealed.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** `tallyman secrets`. */
export const secrets = defineCommand({
  name: 'secrets',
  summary: 'Make a key for the secrets of sources, seal them with a new one, or say which needs which',
  description:
    'Passwords, tokens and keys of sources are sealed in the database with TALLYMAN_SECRET_KEY, which every process\n' +
    'of an installation has to have. "key" prints a new one, and changes nothing.\n' +
    'To change the key while everything runs: put the new one into TALLYMAN_SECRET_KEYS_OLD and restart each process;\n' +
    'exchange the two and restart again; then "rotate" seals all secrets with the new one, and once "check" says that\n' +
    'no source needs the old one it can go. "rotate" may be ended and repeated at any time.',
  options: {},
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'key, rotate or check (default)',
      choices: ['key', 'rotate', 'check'],
    },
  },
  examples: [
    { line: 'echo "TALLYMAN_SECRET_KEY=$(tallyman secrets key)" >> .env', summary: 'a first key' },
    { line: 'tallyman secrets check', summary: 'whether every secret can be opened, and with which key' },
  ],
  async run({ positionals }, context) {
    const action = positionals.action ?? 'check'
    if (action === 'key') return printKey(context)
    const { config, log, io } = context
    const app = await openApp({
      config,
      clock: io.clock,
      log,
      schema: action === 'rotate' ? 'write' : 'read',
    })
    const { sealer } = app.parts
    try {
      if (action === 'check') return printSealed(context, await sealedSources(app.db, sealer), sealer.keyId)
      const { resealed, current, failed } = await resealSources(app.db, sealer, {
        signal: io.signal,
        actor: consoleActor,
        clock: io.clock,
      })
      if (context.json) printJson(io, { keyId: sealer.keyId, resealed, current, failed })
      else {
        for (const { message } of failed) printLine(io.stderr, `tallyman: ${message}`)
        printLine(
          io.stdout,
          resealed + current + failed.length === 0
            ? 'No source has secrets.'
            : `Sealed with key ${sealer.keyId}: ${resealed} now, ${current} before; ${failed.length} could not be opened.`,
        )
      }
      return failed.length === 0 ? exitCodes.done : exitCodes.partial
    } finally {
      await app.close()
    }
  },
})

/** Nothing but the key, so that it can go where it belongs without being seen. */
function printKey({ io, json }: Context): ExitCode {
  const key = newKey()
  if (json) printJson(io, { key })
  else printLine(io.stdout, key)
  return exitCodes.done
}

const stateTexts: Record<SealState, string> = {
  current: 'current key',
  older: 'older key; "tallyman secrets rotate" seals it anew',
  key_unknown: 'its key is not there',
  damaged: 'damaged; set the secrets anew',
}

function printSealed({ io, json }: Context, sources: SealedSource[], keyId: string | null): ExitCode {
  if (json) printJson(io, { keyId, sources })
  else if (sources.length === 0)
    printLine(
      io.stdout,
      `No source has secrets; ${keyId === null ? 'TALLYMAN_SECRET_KEY is not set' : `the key is ${keyId}`}.`,
    )
  else
    printTable(io.stdout, {
      columns: [
        { header: 'SOURCE', canShrink: true },
        { header: 'KEY' },
        { header: 'STATE' },
        { header: 'ID' },
      ],
      rows: sources.map(({ supplier, name, keyId: needed, state, id }) => [
        `${supplier}/${name}`,
        needed,
        stateTexts[state],
        id,
      ]),
    })
  const isFine = sources.every(({ state }) => state === 'current' || state === 'older')
  return isFine ? exitCodes.done : exitCodes.partial
}
