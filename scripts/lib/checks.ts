import { command, type Tally } from './tally.ts'

/** What reads the sources without running them: format, lint and types. The architecture is held by a test. */
export async function staticChecks(tally: Tally): Promise<void> {
  await tally.check('format', () => tool('@biomejs/biome/bin/biome', 'format'))
  await tally.check('lint', () =>
    tool('@biomejs/biome/bin/biome', 'check', '--formatter-enabled=false', '--error-on-warnings'),
  )
  await tally.check('types', () => tool('typescript/bin/tsc', '--noEmit'))
  // What runs in a browser knows other things than what runs in Bun.
  await tally.check('types of the admin page', () =>
    tool('typescript/bin/tsc', '--noEmit', '--project', 'src/admin'),
  )
}

/** The tools' launchers are written for Node; Bun runs them where there is no Node. */
function tool(launcher: string, ...args: string[]): Promise<void> {
  return command([process.execPath, `node_modules/${launcher}`, ...args])
}
