import { serviceActor } from '../auth/model.ts'
import { applySourcesFile, type Step } from '../sources/config-file/apply.ts'
import { loadSourcesFile } from '../sources/config-file/load.ts'
import type { Ground, RoleOptions } from './role.ts'

/**
 * Makes the sources what the file says that declares them, if there is one; each thing that was not so is logged.
 * @throws SourcesFileError when something is wrong with it; nothing is applied then
 */
export async function applyDeclaredSources(
  { config, clock, log, env, cwd }: Pick<RoleOptions, 'config' | 'clock' | 'log' | 'env' | 'cwd'>,
  { db, parts }: Pick<Ground, 'db' | 'parts'>,
): Promise<void> {
  const { fetchSettings, sealer } = parts
  const rules = { fetchSettings, sealer, timeZone: config.timeZone }
  const file = await loadSourcesFile({ path: config.sourcesFile, cwd, env, rules })
  if (file === null) return
  const own = log.child({ module: 'sources' })
  const steps = await applySourcesFile({ db, actor: serviceActor, clock, sealer }, file, { isDry: false })
  const count = (action: Step['action']) => steps.filter((step) => step.action === action).length
  for (const { supplier, name, sourceId, action, differences, takenFrom } of steps) {
    const about = { sourceId, supplier, source: name, file: file.path }
    const changed = differences.map(({ key }) => key)
    if (action === 'made') own.info('a source was made as its file says', about)
    if (action === 'paused') own.warn('a source is paused: its file no longer has it', about)
    if (takenFrom !== null)
      own.warn('a source is declared by this file from now on', {
        ...about,
        declaredBefore: takenFrom.file ?? 'people',
        changed,
      })
    else if (action === 'changed')
      own.warn('a source was set back to what its file says', { ...about, changed })
  }
  own.info('the file of sources was applied', {
    file: file.path,
    made: count('made'),
    changed: count('changed'),
    unchanged: count('unchanged'),
    paused: count('paused'),
  })
}
